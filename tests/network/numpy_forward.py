"""The forward pass of a network in float64 NumPy, from the formulas; of Keras it reads nothing but weights."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dltrain.config.sections.model import (
    Activation,
    ActivationLayer,
    BatchNormalization,
    Dense,
    Dropout,
    GaussianNoise,
    LayerNormalization,
    ModelSection,
)

Array = NDArray[np.float64]
Weights = dict[str, Array]


def softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def sigmoid(x: Array) -> Array:
    return np.exp(-softplus(-x))


def elu(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def softmax(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


ACTIVATIONS: dict[Activation, Callable[[Array], Array]] = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": elu,
    # Klambauer et al. 2017, equation 14.
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * elu(x)),
    "gelu": lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "hard_sigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "softplus": softplus,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "exponential": np.exp,
    "softmax": softmax,
}


def forward(section: ModelSection, weights: dict[str, Weights], inputs: np.ndarray) -> Array:
    """The outputs at inference.

    Args:
        section: Resolved.
        weights: Layer name → weight name → values.
        inputs: `(n, n_features)`.
    """
    x = inputs.astype(np.float64)
    counts: dict[str, int] = {}
    for layer in section.layers:
        counts[layer.type] = counts.get(layer.type, 0) + 1
        w = weights.get(f"{layer.type}_{counts[layer.type]}", {})
        match layer:
            case Dense():
                x = ACTIVATIONS[layer.activation](x @ w["kernel"] + w.get("bias", 0))
            case ActivationLayer():
                x = ACTIVATIONS[layer.activation](x)
            case BatchNormalization():
                x = (x - w["moving_mean"]) / np.sqrt(w["moving_variance"] + layer.epsilon)
                x = x * w.get("gamma", 1) + w.get("beta", 0)
            case LayerNormalization():
                centred = x - x.mean(axis=1, keepdims=True)
                x = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + layer.epsilon)
                x = x * w.get("gamma", 1) + w.get("beta", 0)
            case Dropout() | GaussianNoise():
                pass
    w = weights["output"]
    activation = section.output.activation
    assert activation is not None
    return ACTIVATIONS[activation](x @ w["kernel"] + w.get("bias", 0))
