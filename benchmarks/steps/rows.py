"""The table that all programs train on: the same numbers in every environment."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from benchmarks.steps.nets import N_ROWS, Net


class Rows(NamedTuple):
    """Features, float32 `(n_rows, n_features)`, and answers, float32 `(n_rows, 1)`, 0 or 1."""

    features: np.ndarray
    answers: np.ndarray


def make_rows(net: Net) -> Rows:
    """Normal features; the answer is the sign of a random network of 16 units, with noise."""
    rng = np.random.default_rng(net.n_features)
    features = rng.standard_normal((N_ROWS, net.n_features), dtype=np.float32)
    hidden = np.tanh(features @ rng.standard_normal((net.n_features, 16), dtype=np.float32))
    score = hidden @ rng.standard_normal((16, 1), dtype=np.float32) + rng.standard_normal((N_ROWS, 1), dtype=np.float32)
    return Rows(features, (score > 0).astype(np.float32))


def starting_kernels(net: Net) -> list[np.ndarray]:
    """Glorot-uniform kernels of the hidden layers and the output, as Keras starts: float32 `(n_in, n_out)` each."""
    rng = np.random.default_rng(0)
    widths = [net.n_features, net.units, net.units, net.units, 1]
    return [
        rng.uniform(-1, 1, (n_in, n_out)).astype(np.float32) * np.float32(np.sqrt(6 / (n_in + n_out)))
        for n_in, n_out in pairwise(widths)
    ]
