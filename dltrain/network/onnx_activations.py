"""Keras' activations as ONNX operators.

Each one is a short chain of operators; the definitions are those of `keras.activations` with default arguments.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

from dltrain.network.onnx_builder import GraphBuilder

Activate = Callable[[GraphBuilder, str], str]
"""Adds an activation of the named tensor to a graph and returns the name of the result."""


def _operator(kind: str, **attributes: float) -> Activate:
    return lambda graph, x: graph.add(kind, x, **attributes)


def _relu6(graph: GraphBuilder, x: str) -> str:
    return graph.add("Clip", x, graph.constant(0.0), graph.constant(6.0))


def _gelu(graph: GraphBuilder, x: str) -> str:
    """Adds x / 2 · (1 + erf(x / √2))."""
    erf = graph.add("Erf", graph.add("Mul", x, graph.constant(math.sqrt(0.5))))
    return graph.add("Mul", graph.add("Mul", x, graph.constant(0.5)), graph.add("Add", erf, graph.constant(1.0)))


def _silu(graph: GraphBuilder, x: str) -> str:
    """Adds x / (1 + exp(-x)): ONNX Runtime's sigmoid is a polynomial that is off by 1e-7, which x would multiply."""
    exponential = graph.add("Exp", graph.add("Neg", x))
    return graph.add("Div", x, graph.add("Add", exponential, graph.constant(1.0)))


def _mish(graph: GraphBuilder, x: str) -> str:
    """Adds x · tanh(softplus(x))."""
    return graph.add("Mul", x, graph.add("Tanh", graph.add("Softplus", x)))


ACTIVATIONS: Final[Mapping[str, Activate]] = {
    "linear": lambda _, x: x,
    "relu": _operator("Relu"),
    "relu6": _relu6,
    "leaky_relu": _operator("LeakyRelu", alpha=0.2),
    "elu": _operator("Elu", alpha=1.0),
    "selu": _operator("Selu"),
    "gelu": _gelu,
    "silu": _silu,
    "mish": _mish,
    "tanh": _operator("Tanh"),
    "sigmoid": _operator("Sigmoid"),
    "hard_sigmoid": _operator("HardSigmoid", alpha=1 / 6, beta=0.5),
    "softplus": _operator("Softplus"),
    "softsign": _operator("Softsign"),
    "exponential": _operator("Exp"),
    "softmax": _operator("Softmax", axis=-1),
}
"""By Keras' own name, which for "swish" is "silu"."""
