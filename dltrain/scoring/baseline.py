"""The trivial prediction that a network has to beat."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from dltrain.config.sections.section import Section

_DIGITS: Final = 14
"""Significant ones of a share: rounding errors are in those behind."""


class Baseline(Section):
    """The same prediction for every row, learned from the training targets alone."""

    prediction: float | tuple[float, ...]
    """Regression: the mean target, in the target's units. Classes: the share of each one, in label order."""

    def predict(self, n_rows: int) -> np.ndarray:
        """The prediction of `n_rows` rows, as `compute_metrics` takes it.

        Returns:
            float64: regression `(n_rows,)`; classes `(n_rows, n_classes)`.
        """
        shape = (n_rows, len(self.prediction)) if isinstance(self.prediction, tuple) else (n_rows,)
        return np.broadcast_to(np.array(self.prediction), shape)

    def without_class_weights(self, weights: Mapping[str, float]) -> "Baseline | None":
        """What it would be if every class counted alike.

        Args:
            weights: Label → weight that the shares were computed with, in label order.

        Returns:
            None where that is not known: a class of weight 0 has the share 0, however many rows it has.

        >>> Baseline(prediction=(0.5, 0.5)).without_class_weights({"no": 0.75, "yes": 1.5})
        Baseline(prediction=(0.66666666666667, 0.33333333333333))
        """
        if not isinstance(self.prediction, tuple) or len(weights) != len(self.prediction):
            return None
        with np.errstate(all="ignore"):
            counts = np.array(self.prediction) / np.array(list(weights.values()))
            shares = _shares(counts)
        return Baseline(prediction=shares) if np.isfinite(shares).all() else None


def fit_baseline(y: np.ndarray, *, n_classes: int | None = None, sample_weight: np.ndarray | None = None) -> Baseline:
    """Learns the mean target, or the share of each class.

    Args:
        y: Training targets `(n,)`: values in the target's units, or class codes in `[0, n_classes)`.
        n_classes: None for regression.
        sample_weight: `(n,)`, >= 0 with a positive sum; None weighs all rows alike.
    """
    if n_classes is None:
        return Baseline(prediction=float(np.average(y.astype(np.float64), weights=sample_weight)))
    weights = np.bincount(y, sample_weight, n_classes)
    return Baseline(prediction=_shares(weights))


def _shares(weights: np.ndarray) -> tuple[float, ...]:
    """Shares of the sum, float64; those that differ by rounding alone are equal, or it would choose between classes."""
    return tuple(float(f"{share:.{_DIGITS}g}") for share in (weights / weights.sum()).tolist())
