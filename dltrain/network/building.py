"""From the `model` section to a Keras network of stock layers.

Nothing random depends on Keras' global state. Every source of random numbers has the seed

    SeedSequence(seed, spawn_key=(position, role))

with the position of the layer, counted from 0 and the output last, and the role 0 for the kernel, 1 for the bias,
2 for dropout and noise. So the same section and seed give the same bits, and no two sources share a seed.
"""

from functools import partial
from typing import Final, Literal, assert_never

import numpy as np

from dltrain.config.architecture import layer_names
from dltrain.config.sections.model import (
    ActivationLayer,
    BatchNormalization,
    Dense,
    Dropout,
    GaussianNoise,
    Layer,
    LayerNormalization,
    ModelSection,
    OutputSection,
)
from dltrain.network.backend import check_execution, keras
from dltrain.network.initializers import build_initializer, build_regularizer

Role = Literal["kernel", "bias", "noise"]
_ROLES: Final[dict[Role, int]] = {"kernel": 0, "bias": 1, "noise": 2}


def build_network(section: ModelSection, *, n_features: int, n_outputs: int, seed: int) -> keras.Sequential:
    """Builds the network in float32: inputs `(n, n_features)`, outputs `(n, n_outputs)`.

    Args:
        section: Resolved: the activation of the output is set.
        n_features: Width of the input.
        n_outputs: Width of the output.
        seed: Of the starting weights, dropout and noise; >= 0.

    Returns:
        A built network. The input is named "features", the layers as in `dltrain.config.architecture`.

    Raises:
        ConfigError: The caller has put TensorFlow into a state that nothing can be trained in.
    """
    check_execution()
    layers = [*section.layers, _output_layer(section.output, n_outputs)]
    names = [*layer_names(section), "output"]
    return keras.Sequential(
        [
            keras.Input(shape=(n_features,), dtype="float32", name="features"),
            *(
                _build_layer(layer, name=name, seed=seed, position=position)
                for position, (layer, name) in enumerate(zip(layers, names, strict=True))
            ),
        ],
        name="network",
    )


def derive_seed(seed: int, *, position: int, role: Role) -> int:
    """The seed of one source of random numbers, in [0, 2^31)."""
    sequence = np.random.SeedSequence(seed, spawn_key=(position, _ROLES[role]))
    return int(sequence.generate_state(1)[0] >> 1)


def _output_layer(section: OutputSection, n_outputs: int) -> Dense:
    """The last layer as the dense layer it is."""
    assert section.activation is not None  # noqa: S101 - the config is resolved
    return Dense(
        type="dense",
        units=n_outputs,
        activation=section.activation,
        use_bias=section.use_bias,
        kernel_initializer=section.kernel_initializer,
        bias_initializer=section.bias_initializer,
        kernel_regularizer=section.kernel_regularizer,
    )


def _build_layer(layer: Layer, *, name: str, seed: int, position: int) -> keras.layers.Layer:
    """Builds one layer; `dtype` is given so that no global policy decides it."""
    seed_of = partial(derive_seed, seed, position=position)
    common = {"name": name, "dtype": "float32"}
    match layer:
        case Dense():
            return keras.layers.Dense(
                units=layer.units,
                activation=layer.activation,
                use_bias=layer.use_bias,
                kernel_initializer=build_initializer(layer.kernel_initializer, seed=seed_of(role="kernel")),
                bias_initializer=build_initializer(layer.bias_initializer, seed=seed_of(role="bias")),
                kernel_regularizer=build_regularizer(layer.kernel_regularizer),
                bias_regularizer=build_regularizer(layer.bias_regularizer),
                **common,
            )
        case ActivationLayer():
            return keras.layers.Activation(layer.activation, **common)
        case Dropout():
            return keras.layers.Dropout(layer.rate, seed=seed_of(role="noise"), **common)
        case GaussianNoise():
            return keras.layers.GaussianNoise(layer.stddev, seed=seed_of(role="noise"), **common)
        case BatchNormalization():
            return keras.layers.BatchNormalization(**layer.model_dump(exclude={"type"}), **common)
        case LayerNormalization():
            return keras.layers.LayerNormalization(**layer.model_dump(exclude={"type"}), **common)
    assert_never(layer)
