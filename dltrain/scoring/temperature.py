"""One number that makes probabilities softer or sharper, fitted on the validation rows.

It is the temperature of C. Guo et al., On calibration of modern neural networks (2017): logits are divided by it. A
network only shows their probabilities, but these tell the logits up to a constant that does not matter: log p for
several classes, log p - log(1 - p) for two.
"""

import math
from typing import Final

import numpy as np

from dltrain.run.decision import LARGEST_TEMPERATURE, SMALLEST_TEMPERATURE

_SMALLEST: Final = 2.0**-149
"""The smallest positive float32: a probability of 0 counts as this."""

_SMALLEST_REST: Final = 2.0**-25
"""Half of what float32 can be below 1: a sigmoid of 1 counts as this much less."""

_BISECTIONS: Final = 50
"""Of a factor of 400: more change nothing in a float64."""


def tempered(probabilities: np.ndarray, temperature: float | None) -> np.ndarray:
    """Probabilities of logits that are divided by a temperature.

    Equal probabilities stay equal, and no order is reversed, neither of rows nor of the classes of a row.

    Args:
        probabilities: float64 `(n, n_classes)`, of a float32 network.
        temperature: > 0; 1 and None leave them as they are.

    Returns:
        float64 `(n, n_classes)`. Binary: [1 - p, p].

    >>> tempered(np.array([[0.1, 0.9]]), 2.0).round(4).tolist()
    [[0.25, 0.75]]
    """
    if temperature is None or temperature == 1:
        return probabilities
    return _softmax(_logits(probabilities) / temperature)


def fit_temperature(probabilities: np.ndarray, codes: np.ndarray, weight: np.ndarray | None = None) -> float:
    """The temperature with the smallest log loss, in [0.05, 20].

    The loss is convex in the inverse of the temperature, so that bisecting its slope finds the only minimum.

    Args:
        probabilities: float64 `(n, n_classes)`, finite.
        codes: int `(n,)`, the true classes.
        weight: float64 `(n,)`, >= 0 with a positive sum; None weighs all rows alike.
    """
    logits = _logits(probabilities)
    true = np.take_along_axis(logits, codes[:, np.newaxis], axis=1)[:, 0]

    def slope(log_inverse: float) -> float:
        """Of the log loss, by the inverse temperature."""
        expected = np.sum(_softmax(logits * math.exp(log_inverse)) * logits, axis=1)
        return float(np.average(expected - true, weights=weight))

    low, high = -math.log(LARGEST_TEMPERATURE), -math.log(SMALLEST_TEMPERATURE)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return min(max(math.exp(-(low + high) / 2), SMALLEST_TEMPERATURE), LARGEST_TEMPERATURE)


def _logits(probabilities: np.ndarray) -> np.ndarray:
    """Logits of every class, float64 `(n, n_classes)`; those of class 0 of two are 0."""
    if probabilities.shape[1] != 2:
        several: np.ndarray = np.log(np.maximum(probabilities, _SMALLEST))
        return several
    positive = probabilities[:, 1]
    logit = np.log(np.maximum(positive, _SMALLEST)) - np.log(np.maximum(1 - positive, _SMALLEST_REST))
    return np.stack([np.zeros_like(logit), logit], axis=1)


def _softmax(logits: np.ndarray) -> np.ndarray:
    if logits.shape[1] == 2:
        # exp never overflows on the side that it is taken of.
        ratio = np.exp(-np.abs(logits[:, 1] - logits[:, 0]))
        smaller, larger = ratio / (1 + ratio), 1 / (1 + ratio)
        positive = np.where(logits[:, 1] > logits[:, 0], larger, smaller)
        return np.stack([1 - positive, positive], axis=1)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares
