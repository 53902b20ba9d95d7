"""Units that no row wakes: their gradient is zero, so they learn nothing more."""

from collections.abc import Mapping

import keras
import numpy as np

_SILENT = {"relu", "relu6"}


def dead_units(network: keras.Sequential, inputs: np.ndarray) -> Mapping[str, float]:
    """Share of the ReLU units that are 0 for all rows, by the layer that applies the function.

    Args:
        network: Trained.
        inputs: float32 `(n, n_features)`.

    Returns:
        Name of a hidden layer → share, in [0, 1]; empty for a network without ReLU.
    """
    shares = {}
    values = inputs
    for layer in network.layers[:-1]:
        values = layer(values, training=False)
        if getattr(getattr(layer, "activation", None), "__name__", "") in _SILENT:
            is_dead = ~(np.asarray(values) > 0).any(axis=0)
            shares[layer.name] = float(is_dead.mean())
    return shares
