"""The network that a `model` section describes, in numbers, without Keras."""

from collections import Counter
from dataclasses import dataclass
from typing import assert_never

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


@dataclass(frozen=True)
class LayerSummary:
    """One line of the table of layers.

    Attributes:
        name: Unique; the name of the Keras layer.
        kind: The layer's `type` in the config, or "input".
        activation: None for layers that apply none.
        units: Width of the layer's output.
        parameters: Numbers the layer keeps: weights and moving averages.
        trainable_parameters: Those that training changes by gradients.
    """

    name: str
    kind: str
    activation: Activation | None
    units: int
    parameters: int
    trainable_parameters: int


def describe_network(section: ModelSection, *, n_features: int, n_outputs: int) -> tuple[LayerSummary, ...]:
    """Lists the layers in order: the input, the layers of the section, the output.

    Args:
        section: Resolved or not; an activation of the output that is not set yet is None.
        n_features: Width of the input.
        n_outputs: Width of the output.
    """
    summaries = [LayerSummary("features", "input", None, n_features, 0, 0)]
    for name, layer in zip(layer_names(section), section.layers, strict=True):
        n_inputs = summaries[-1].units
        units = layer.units if isinstance(layer, Dense) else n_inputs
        activation = layer.activation if isinstance(layer, Dense | ActivationLayer) else None
        parameters, trainable = _count_parameters(layer, n_inputs)
        summaries.append(LayerSummary(name, layer.type, activation, units, parameters, trainable))
    n_weights = _count_dense(summaries[-1].units, n_outputs, use_bias=section.output.use_bias)
    output = LayerSummary("output", "dense", section.output.activation, n_outputs, n_weights, n_weights)
    return (*summaries, output)


def layer_names(section: ModelSection) -> tuple[str, ...]:
    """Names the layers by kind and number, without input and output: "dense_1", "dropout_1", "dense_2"."""
    seen: Counter[str] = Counter()
    names = []
    for layer in section.layers:
        seen[layer.type] += 1
        names.append(f"{layer.type}_{seen[layer.type]}")
    return tuple(names)


def _count_parameters(layer: Layer, n_inputs: int) -> tuple[int, int]:
    """The numbers a layer keeps, and how many of them are trainable."""
    match layer:
        case Dense():
            n_weights = _count_dense(n_inputs, layer.units, use_bias=layer.use_bias)
            return n_weights, n_weights
        case BatchNormalization():
            n_weights = n_inputs * (layer.center + layer.scale)
            return n_weights + 2 * n_inputs, n_weights
        case LayerNormalization():
            n_weights = n_inputs * (layer.center + layer.scale)
            return n_weights, n_weights
        case ActivationLayer() | Dropout() | GaussianNoise():
            return 0, 0
    assert_never(layer)


def repeats_output(section: ModelSection, n_outputs: int) -> bool:
    """Whether the last layer is what the output is, which comes behind it: one unit, or the classes' probabilities.

    Args:
        section: The network.
        n_outputs: Width of the output.
    """
    last = section.layers[-1] if section.layers else None
    if not isinstance(last, Dense) or last.units != n_outputs:
        return False
    return n_outputs == 1 or last.activation in ("sigmoid", "softmax")


def linear_layers(section: ModelSection) -> list[int]:
    """Positions of dense layers that make one linear layer with the next one, or with the output.

    One unit at the end is no such layer: it is the output, said twice.

    >>> from dltrain.config.sections.model import Dense, Dropout
    >>> layers = (Dense(type="dense", units=8), Dropout(type="dropout", rate=0.5), Dense(type="dense", units=4))
    >>> linear_layers(ModelSection(layers=layers))
    [0, 2]
    """
    found, open_ones = list[int](), list[int]()
    last = section.layers[-1] if section.layers else None
    for position, layer in enumerate(section.layers):
        if isinstance(layer, Dense):
            found += open_ones
            open_ones = [position] if layer.activation == "linear" else []
        elif isinstance(layer, LayerNormalization) or (
            isinstance(layer, ActivationLayer) and layer.activation != "linear"
        ):
            open_ones = []
    return found if isinstance(last, Dense) and last.units == 1 else found + open_ones


def _count_dense(n_inputs: int, units: int, *, use_bias: bool) -> int:
    return (n_inputs + use_bias) * units
