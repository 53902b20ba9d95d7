"""What single rows contribute to the metrics that are means over rows, and how wrong each prediction is."""

from collections.abc import Callable
from typing import Final

import numpy as np

from dltrain.config.sections.metrics import MetricName

RowValues = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From truth and prediction, as `compute_metrics` takes them in float64, to float64 `(n,)`."""


def squared_errors(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Squared errors of a regression."""
    squared: np.ndarray = (y_true - y_pred) ** 2
    return squared


def absolute_errors(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Absolute errors of a regression."""
    errors: np.ndarray = np.abs(y_true - y_pred)
    return errors


def relative_errors(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """As fractions of the true values; a true value of 0 counts as the smallest step of a float64."""
    size = np.maximum(np.abs(y_true), np.finfo(np.float64).eps)
    return np.asarray(np.abs(y_true - y_pred) / size)


def hits(codes: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """1 where the predicted class is the true one, else 0."""
    return np.where(predicted == codes, 1.0, 0.0)


def log_losses(codes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Probabilities are kept a float64's smallest step away from 0 and 1."""
    smallest = np.finfo(np.float64).eps
    chosen = probabilities[np.arange(len(codes)), codes]
    return np.asarray(-np.log(np.clip(chosen, smallest, 1 - smallest)))


def brier_scores(codes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Binary: of the positive class alone, in [0, 1]; several classes: summed over them, in [0, 2]."""
    if probabilities.shape[1] == 2:
        return np.asarray((probabilities[:, 1] - codes) ** 2)
    difference = probabilities.copy()
    difference[np.arange(len(codes)), codes] -= 1
    return np.asarray(np.sum(difference**2, axis=1))


def top_hits(codes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """1 where the true class is among the 5 most probable (2 of fewer than 6 classes), else 0.

    Of equally probable classes the first rank higher, as in `predicted_codes`; scikit-learn takes the last.
    """
    n_classes = probabilities.shape[1]
    k = 5 if n_classes > 5 else 2
    chosen = np.take_along_axis(probabilities, codes[:, np.newaxis], axis=1)
    is_before = np.arange(n_classes) < codes[:, np.newaxis]
    rank: np.ndarray = np.sum((probabilities > chosen) | ((probabilities == chosen) & is_before), axis=1)
    return np.where(rank < k, 1.0, 0.0)


def predicted_codes(probabilities: np.ndarray, threshold: float | np.ndarray | None = None) -> np.ndarray:
    """The predicted class of every row.

    Args:
        probabilities: `(n, n_classes)`.
        threshold: Of a binary task: class 1 is predicted where its probability is greater; one for all rows, or
            `(n,)`. None: the most probable class; of equal ones the first, so a binary 0.5 is class 0.

    Returns:
        int64 `(n,)`.
    """
    if threshold is not None:
        return (probabilities[:, 1] > threshold).astype(np.int64)
    codes: np.ndarray = np.argmax(probabilities, axis=1)
    return codes


ROW_VALUES: Final[dict[MetricName, RowValues]] = {
    "mae": absolute_errors,
    "mape": relative_errors,
    "log_loss": log_losses,
    "brier_score": brier_scores,
    "top_k": top_hits,
}
"""The metrics that are nothing but weighted means over rows, whatever labels the rows get."""
