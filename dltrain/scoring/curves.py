"""Curves and counts that show more of a classification than one number: scikit-learn's, weighted, in NumPy alone."""

from typing import Final, NamedTuple

import numpy as np

from dltrain.scoring.metrics import cumulated_hits

N_BINS: Final = 10
"""Bins of equal width for the calibration: the usual number of a reliability diagram."""


class Curve(NamedTuple):
    """Points to be joined by straight lines: float64 `(n,)` each."""

    x: np.ndarray
    y: np.ndarray

    def thinned(self, n_points: int) -> "Curve":
        """About `n_points` of the points, both ends among them, evenly spaced along the curve."""
        if len(self.x) <= n_points:
            return self
        steps = np.hypot(np.diff(self.x, prepend=self.x[0]), np.diff(self.y, prepend=self.y[0]))
        length = np.cumsum(steps)
        wanted = np.linspace(0, length[-1], n_points)
        chosen = np.unique(np.searchsorted(length, wanted).clip(0, len(length) - 1))
        chosen = np.unique(np.concatenate([[0], chosen, [len(length) - 1]]))
        return Curve(self.x[chosen], self.y[chosen])


class Calibration(NamedTuple):
    """Rows grouped by their predicted probability: float64 `(n_bins,)` each, for the bins that have rows.

    Attributes:
        predicted: Weighted mean of the predicted probabilities.
        observed: Weighted share of positive rows.
        rows: Number of rows.
    """

    predicted: np.ndarray
    observed: np.ndarray
    rows: np.ndarray


def roc_curve(is_positive: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> Curve:
    """The false (x) and the true (y) positive rate at every threshold, from (0, 0) to (1, 1).

    Args:
        is_positive: bool `(n,)`, both values in rows with a weight.
        scores: `(n,)`, higher for what is rather positive.
        weight: `(n,)`, >= 0.
    """
    positive, negative = cumulated_hits(is_positive, scores, weight)
    return Curve(np.append(0.0, negative / negative[-1]), np.append(0.0, positive / positive[-1]))


def precision_recall_curve(is_positive: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> Curve:
    """Recall (x) and precision (y) at every threshold, from recall 0 and precision 1 on; arguments as `roc_curve`."""
    positive, negative = cumulated_hits(is_positive, scores, weight)
    is_counted = positive + negative > 0
    positive, negative = positive[is_counted], negative[is_counted]
    return Curve(np.append(0.0, positive / positive[-1]), np.append(1.0, positive / (positive + negative)))


def calibration(is_positive: np.ndarray, probability: np.ndarray, weight: np.ndarray) -> Calibration:
    """How often rows are positive, beside how often they were predicted to be.

    Args:
        is_positive: bool `(n,)`.
        probability: `(n,)`, in [0, 1].
        weight: `(n,)`, >= 0.
    """
    edges = np.linspace(0.0, 1.0, N_BINS + 1)
    bins = np.searchsorted(edges[1:-1], probability)
    total = np.bincount(bins, weight, N_BINS)
    has_rows = total > 0
    predicted = np.bincount(bins, weight * probability, N_BINS)[has_rows] / total[has_rows]
    observed = np.bincount(bins, weight * is_positive, N_BINS)[has_rows] / total[has_rows]
    return Calibration(predicted, observed, np.bincount(bins, weight > 0, N_BINS)[has_rows])


def confusion_matrix(codes: np.ndarray, predicted: np.ndarray, *, n_classes: int) -> np.ndarray:
    """Rows of every true class (first axis) that were predicted as every class: int64 `(n_classes, n_classes)`."""
    cells = np.bincount(codes.astype(np.int64) * n_classes + predicted, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes)
