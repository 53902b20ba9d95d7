"""The metrics of `dltrain.config.metrics`, exact and weighted, in NumPy alone.

Definitions are scikit-learn's; where scikit-learn warns or raises because a metric is undefined, the value is
NaN. The few deliberate differences are named in the docstrings.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from dltrain.config.metrics import MetricName


class _Rows(NamedTuple):
    """Rows of a classification task, all with a positive weight.

    Attributes:
        codes: int64 `(n,)`, the true classes.
        probabilities: float64 `(n, n_classes)`.
        predicted: int64 `(n,)`, the predicted classes.
        weight: float64 `(n,)`.
    """

    codes: np.ndarray
    probabilities: np.ndarray
    predicted: np.ndarray
    weight: np.ndarray


def compute_metrics(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    y_pred: np.ndarray,
    *,
    sample_weight: np.ndarray | None = None,
    threshold: float | np.ndarray | None = None,
) -> dict[str, float]:
    """Computes metrics, in the order of `names`.

    Rows of weight 0 count as absent. A metric is NaN, never an error or a warning, where it is undefined: without
    rows, with predictions that are not finite, `roc_auc` of one class, `average_precision` without positive rows,
    `r2` of fewer than two rows.

    Args:
        names: Metrics that fit the task.
        y_true: Regression: `(n,)` in the target's units. Binary and multiclass: class codes `(n,)`, integers in
            `[0, n_classes)`; code 1 is the positive class of a binary task.
        y_pred: Regression: `(n,)` in the target's units. Binary and multiclass: probabilities `(n, n_classes)`
            with a column for every class in label order, two of them in binary tasks.
        sample_weight: `(n,)`, finite and >= 0; None weighs all rows alike.
        threshold: As in `predicted_codes`.

    Returns:
        The value of every metric by name.

    >>> compute_metrics(["accuracy", "recall"], np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]]))
    {'accuracy': 0.6666666666666666, 'recall': 0.5}
    """
    weight = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    is_counted = weight > 0
    if not is_counted.all():
        y_true, y_pred, weight = y_true[is_counted], y_pred[is_counted], weight[is_counted]
    y_pred = np.asarray(y_pred, np.float64)
    if not len(y_true) or not np.isfinite(y_pred).all():
        return dict.fromkeys(names, float("nan"))
    with np.errstate(all="ignore"):
        if y_pred.ndim == 1:
            y_true = np.asarray(y_true, np.float64)
            return {name: float(_REGRESSION[name](y_true, y_pred, weight)) for name in names}
        if isinstance(threshold, np.ndarray):
            threshold = threshold[is_counted]
        rows = _Rows(np.asarray(y_true, np.int64), y_pred, predicted_codes(y_pred, threshold), weight)
        return {name: float(_CLASSES[name](rows)) for name in names}


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


def _rmse(y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray) -> float:
    return float(np.sqrt(np.average((y_true - y_pred) ** 2, weights=weight)))


def _mae(y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray) -> float:
    return float(np.average(np.abs(y_true - y_pred), weights=weight))


def _mape(y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray) -> float:
    """As a fraction; a true value of 0 counts as the smallest step of a float64."""
    size = np.maximum(np.abs(y_true), np.finfo(np.float64).eps)
    return float(np.average(np.abs(y_true - y_pred) / size, weights=weight))


def _r2(y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray) -> float:
    """1 or 0 for a constant target: right everywhere or not."""
    if len(y_true) < 2:
        return float("nan")
    residual = np.sum(weight * (y_true - y_pred) ** 2)
    # A constant is recognised by itself: the rounded mean of equal values need not be that value.
    if np.ptp(y_true) == 0:
        return float(residual == 0)
    return float(1 - residual / np.sum(weight * (y_true - np.average(y_true, weights=weight)) ** 2))


def _median_absolute_error(y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray) -> float:
    """The error with half of the weight on either side; between two errors, their mean."""
    errors = np.abs(y_true - y_pred)
    order = np.argsort(errors)
    cumulated = np.cumsum(weight[order])
    half = cumulated[-1] / 2
    # The tolerance lets weights such as 0.1, whose sums are rounded, meet the half exactly.
    tolerance = half * 1e-12
    lower = np.searchsorted(cumulated, half - tolerance)
    upper = np.searchsorted(cumulated, half + tolerance)
    return float((errors[order[lower]] + errors[order[upper]]) / 2)


def _accuracy(rows: _Rows) -> float:
    return float(np.average(rows.predicted == rows.codes, weights=rows.weight))


def _log_loss(rows: _Rows) -> float:
    """Probabilities are kept a float64's smallest step away from 0 and 1."""
    smallest = np.finfo(np.float64).eps
    chosen = rows.probabilities[np.arange(len(rows.codes)), rows.codes]
    return float(np.average(-np.log(np.clip(chosen, smallest, 1 - smallest)), weights=rows.weight))


def _brier_score(rows: _Rows) -> float:
    """Binary: of the positive class alone, in [0, 1]; several classes: summed over them, in [0, 2]."""
    if rows.probabilities.shape[1] == 2:
        return float(np.average((rows.probabilities[:, 1] - rows.codes) ** 2, weights=rows.weight))
    difference = rows.probabilities.copy()
    difference[np.arange(len(rows.codes)), rows.codes] -= 1
    return float(np.average(np.sum(difference**2, axis=1), weights=rows.weight))


def _top_k(rows: _Rows) -> float:
    """Of equally probable classes the first rank higher, as in `predicted_codes`; scikit-learn takes the last."""
    n_classes = rows.probabilities.shape[1]
    k = 5 if n_classes > 5 else 2
    chosen = np.take_along_axis(rows.probabilities, rows.codes[:, np.newaxis], axis=1)
    is_before = np.arange(n_classes) < rows.codes[:, np.newaxis]
    rank = np.sum((rows.probabilities > chosen) | ((rows.probabilities == chosen) & is_before), axis=1)
    return float(np.average(rank < k, weights=rows.weight))


def _hits(rows: _Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For every class: weight of rows rightly predicted as it, predicted as it, and truly of it."""
    n_classes = rows.probabilities.shape[1]
    is_right = rows.predicted == rows.codes
    right = np.bincount(rows.codes[is_right], rows.weight[is_right], n_classes)
    predicted = np.bincount(rows.predicted, rows.weight, n_classes)
    return right, predicted, np.bincount(rows.codes, rows.weight, n_classes)


def _ratio(numerator: float, denominator: float) -> float:
    """Their quotient, 0 when nothing was counted."""
    return float(numerator / denominator) if denominator else 0.0


def _precision(rows: _Rows) -> float:
    right, predicted, _ = _hits(rows)
    return _ratio(right[1], predicted[1])


def _recall(rows: _Rows) -> float:
    right, _, actual = _hits(rows)
    return _ratio(right[1], actual[1])


def _f1(rows: _Rows) -> float:
    right, predicted, actual = _hits(rows)
    return _ratio(2 * right[1], predicted[1] + actual[1])


def _f1_macro(rows: _Rows) -> float:
    """The mean of the classes that occur, as truth or as prediction."""
    right, predicted, actual = _hits(rows)
    occurs = predicted + actual > 0
    return float(np.mean(2 * right[occurs] / (predicted + actual)[occurs]))


def _balanced_accuracy(rows: _Rows) -> float:
    """The mean recall of the classes that occur."""
    right, _, actual = _hits(rows)
    return float(np.mean(right[actual > 0] / actual[actual > 0]))


def cumulated_hits(is_positive: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight of positive and negative rows with at least each distinct score, from the highest score down."""
    order = np.argsort(scores)[::-1]
    sorted_scores = scores[order]
    last_of_equal = np.append(np.flatnonzero(np.diff(sorted_scores)), len(scores) - 1)
    positive = np.where(is_positive, weight, 0.0)[order]
    negative = np.where(is_positive, 0.0, weight)[order]
    return np.cumsum(positive)[last_of_equal], np.cumsum(negative)[last_of_equal]


def _area_under_roc(is_positive: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
    """Share of pairs of a positive and a negative row that are in order; equal scores count half."""
    positive, negative = cumulated_hits(is_positive, scores, weight)
    mean_positive = positive - np.diff(positive, prepend=0.0) / 2
    return float(np.sum(mean_positive / positive[-1] * np.diff(negative, prepend=0.0)) / negative[-1])


def _roc_auc(rows: _Rows) -> float:
    """Several classes: each one against the rest, the mean of those that occur; scikit-learn wants all of them."""
    occurring = np.unique(rows.codes)
    if len(occurring) < 2:
        return float("nan")
    chosen = [1] if rows.probabilities.shape[1] == 2 else occurring
    return float(
        np.mean([_area_under_roc(rows.codes == code, rows.probabilities[:, code], rows.weight) for code in chosen])
    )


def _average_precision(rows: _Rows) -> float:
    """Precision at each distinct score, weighted by the gain in recall."""
    positive, negative = cumulated_hits(rows.codes == 1, rows.probabilities[:, 1], rows.weight)
    if positive[-1] == 0:
        return float("nan")
    gain = np.diff(positive, prepend=0.0) / positive[-1]
    return float(np.sum(gain * positive / (positive + negative)))


_REGRESSION: Final[dict[MetricName, Callable[[np.ndarray, np.ndarray, np.ndarray], float]]] = {
    "rmse": _rmse,
    "mae": _mae,
    "r2": _r2,
    "median_absolute_error": _median_absolute_error,
    "mape": _mape,
}

_CLASSES: Final[dict[MetricName, Callable[[_Rows], float]]] = {
    "accuracy": _accuracy,
    "roc_auc": _roc_auc,
    "log_loss": _log_loss,
    "average_precision": _average_precision,
    "f1": _f1,
    "precision": _precision,
    "recall": _recall,
    "balanced_accuracy": _balanced_accuracy,
    "brier_score": _brier_score,
    "f1_macro": _f1_macro,
    "top_k": _top_k,
}
