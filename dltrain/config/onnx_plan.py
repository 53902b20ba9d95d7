"""The ONNX graph that belongs to a `model` section, without its weights and without the onnx package.

`dltrain.network` writes this graph with the weights in it, and a run is opened only if its network is this graph. So
runs that were saved with an older plan need a new run format, or must find their plan here.

Dropout and noise vanish; batch normalisation becomes one factor and one offset for every feature; every activation
is a short chain of operators, by the definitions of `keras.activations` with default arguments.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from dltrain.config.architecture import layer_names
from dltrain.config.sections.model import (
    Activation,
    ActivationLayer,
    BatchNormalization,
    Dense,
    Dropout,
    GaussianNoise,
    Layer,
    LayerNormalization,
    ModelSection,
)

OPSET: Final = 17
"""The first operator set with LayerNormalization; every ONNX Runtime since 1.12 (2022) reads it."""
IR_VERSION: Final = 8
"""The file format that belongs to it; onnx itself writes newer ones that runtimes do not read yet."""
PRODUCER: Final = "dltrain"


@dataclass(frozen=True)
class OnnxNode:
    """A node of the graph; its one result has its name.

    Attributes:
        kind: ONNX' name of the operator.
        inputs: Names of results or weights.
        name: Unique.
        attributes: In alphabetical order.
    """

    kind: str
    inputs: tuple[str, ...]
    name: str
    attributes: Mapping[str, float]


@dataclass(frozen=True)
class Weight:
    """Numbers in the graph, float32.

    Attributes:
        name: Unique.
        shape: Empty for a single number.
        value: Of a constant; None for what was trained.
    """

    name: str
    shape: tuple[int, ...]
    value: float | None = None

    @property
    def n_bytes(self) -> int:
        """Size in the file."""
        return 4 * math.prod(self.shape)


@dataclass
class OnnxPlan:
    """The graph, and its growing while it is planned.

    Attributes:
        n_features: Width of the input.
        n_outputs: Width of the output.
        nodes: In order.
        weights: In order.
    """

    n_features: int
    n_outputs: int
    nodes: list[OnnxNode] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)

    @property
    def weight_bytes(self) -> int:
        """Size of all weights."""
        return sum(weight.n_bytes for weight in self.weights)

    @property
    def max_bytes(self) -> int:
        """The largest size of the file: a node or weight is described in about 150 bytes."""
        return self.weight_bytes + 1024 * (4 + len(self.nodes) + len(self.weights))

    def add(self, kind: str, *inputs: str, **attributes: float) -> str:
        """Adds a node and returns the name of its result."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(OnnxNode(kind, inputs, name, attributes))
        return name

    def constant(self, value: float) -> str:
        """Adds a single number and returns its name."""
        name = f"constant_{len(self.weights)}"
        self.weights.append(Weight(name, (), value))
        return name

    def weight(self, name: str, *shape: int) -> str:
        """Adds trained numbers and returns their name."""
        self.weights.append(Weight(name, shape))
        return name


def plan_onnx(section: ModelSection, *, n_features: int, n_outputs: int) -> OnnxPlan:
    """Plans the graph of a resolved section."""
    plan = OnnxPlan(n_features, n_outputs)
    result, width = "features", n_features
    for name, layer in zip(layer_names(section), section.layers, strict=True):
        result = _add_layer(plan, layer, name, result, width)
        width = layer.units if isinstance(layer, Dense) else width
    assert section.output.activation is not None  # noqa: S101 - the section is resolved
    result = _add_dense(plan, "output", result, (width, n_outputs), use_bias=section.output.use_bias)
    result = ACTIVATIONS[section.output.activation](plan, result)
    plan.nodes.append(OnnxNode("Identity", (result,), "prediction", {}))
    return plan


def _add_layer(plan: OnnxPlan, layer: Layer, name: str, x: str, width: int) -> str:
    match layer:
        case Dense():
            result = _add_dense(plan, name, x, (width, layer.units), use_bias=layer.use_bias)
            return ACTIVATIONS[layer.activation](plan, result)
        case ActivationLayer():
            return ACTIVATIONS[layer.activation](plan, x)
        case BatchNormalization():
            scaled = plan.add("Mul", x, plan.weight(f"{name}.factor", width))
            return plan.add("Add", scaled, plan.weight(f"{name}.offset", width))
        case LayerNormalization():
            inputs = [x, plan.weight(f"{name}.gamma", width)]
            if layer.center:
                inputs.append(plan.weight(f"{name}.beta", width))
            return plan.add("LayerNormalization", *inputs, axis=-1, epsilon=layer.epsilon)
        case Dropout() | GaussianNoise():
            return x
    assert_never(layer)


def _add_dense(plan: OnnxPlan, name: str, x: str, shape: tuple[int, int], *, use_bias: bool) -> str:
    kernel = plan.weight(f"{name}.kernel", *shape)
    if not use_bias:
        return plan.add("MatMul", x, kernel)
    return plan.add("Gemm", x, kernel, plan.weight(f"{name}.bias", shape[1]))


Activate = Callable[[OnnxPlan, str], str]
"""Adds an activation of the named tensor and returns the name of the result."""


def _operator(kind: str, **attributes: float) -> Activate:
    return lambda plan, x: plan.add(kind, x, **attributes)


def _gelu(plan: OnnxPlan, x: str) -> str:
    """Adds x / 2 · (1 + erf(x / √2))."""
    erf = plan.add("Erf", plan.add("Mul", x, plan.constant(math.sqrt(0.5))))
    return plan.add("Mul", plan.add("Mul", x, plan.constant(0.5)), plan.add("Add", erf, plan.constant(1.0)))


def _silu(plan: OnnxPlan, x: str) -> str:
    """Adds x / (1 + exp(-x)): ONNX Runtime's sigmoid is a polynomial that is off by 1e-7, which x would multiply."""
    exponential = plan.add("Exp", plan.add("Neg", x))
    return plan.add("Div", x, plan.add("Add", exponential, plan.constant(1.0)))


ACTIVATIONS: Final[Mapping[Activation, Activate]] = {
    "linear": lambda _, x: x,
    "relu": _operator("Relu"),
    "relu6": lambda plan, x: plan.add("Clip", x, plan.constant(0.0), plan.constant(6.0)),
    "leaky_relu": _operator("LeakyRelu", alpha=0.2),
    "elu": _operator("Elu", alpha=1.0),
    "selu": _operator("Selu"),
    "gelu": _gelu,
    "silu": _silu,
    "swish": _silu,
    "mish": lambda plan, x: plan.add("Mul", x, plan.add("Tanh", plan.add("Softplus", x))),
    "tanh": _operator("Tanh"),
    "sigmoid": _operator("Sigmoid"),
    "hard_sigmoid": _operator("HardSigmoid", alpha=1 / 6, beta=0.5),
    "softplus": _operator("Softplus"),
    "softsign": _operator("Softsign"),
    "exponential": _operator("Exp"),
    "softmax": _operator("Softmax", axis=-1),
}
