"""The metrics of `dltrain.config.sections.metrics`, exact and weighted, in NumPy alone.

Definitions are scikit-learn's; where scikit-learn warns or raises because a metric is undefined, the value is
NaN. The few deliberate differences are named in the docstrings.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from dltrain.config.sections.metrics import MetricName
from dltrain.scoring.row_values import ROW_VALUES, hits, predicted_codes, squared_errors


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
        threshold = threshold[is_counted] if isinstance(threshold, np.ndarray) else threshold
    y_pred = np.asarray(y_pred, np.float64)
    if not len(y_true) or not np.isfinite(y_pred).all():
        return dict.fromkeys(names, float("nan"))
    with np.errstate(all="ignore"):
        y_true = np.asarray(y_true, np.float64 if y_pred.ndim == 1 else np.int64)
        return {name: _compute(name, y_true, y_pred, weight, threshold) for name in names}


def _compute(
    name: MetricName,
    y_true: np.ndarray,
    y_pred: np.ndarray,
    weight: np.ndarray,
    threshold: float | np.ndarray | None,
) -> float:
    if name in ROW_VALUES:
        return float(np.average(ROW_VALUES[name](y_true, y_pred), weights=weight))
    if y_pred.ndim == 1:
        return float(_REGRESSION[name](y_true, y_pred, weight))
    return float(_CLASSES[name](_Rows(y_true, y_pred, predicted_codes(y_pred, threshold), weight)))


def _rmse(y_true: np.ndarray, y_pred: np.ndarray, weight: np.ndarray) -> float:
    return float(np.sqrt(np.average(squared_errors(y_true, y_pred), weights=weight)))


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
    return float(np.average(hits(rows.codes, rows.predicted), weights=rows.weight))


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


def descending(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The order from the highest score down, and in it the position of the last row of every distinct score.

    Args:
        scores: float64 `(n,)`, n >= 1.

    Returns:
        int64 `(n,)`, positions of the rows; int64 `(n_distinct,)`, ascending positions in that order.
    """
    order = np.argsort(scores)[::-1]
    return order, np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)


def cumulated_hits(is_positive: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight of positive and negative rows with at least each distinct score, from the highest score down.

    Args:
        is_positive: bool `(n,)`.
        scores: float64 `(n,)`, n >= 1.
        weight: float64 `(n,)`.

    Returns:
        float64 `(n_distinct,)` each.
    """
    order, last_of_equal = descending(scores)
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
    "r2": _r2,
    "median_absolute_error": _median_absolute_error,
}

_CLASSES: Final[dict[MetricName, Callable[[_Rows], float]]] = {
    "accuracy": _accuracy,
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
    "f1": _f1,
    "precision": _precision,
    "recall": _recall,
    "balanced_accuracy": _balanced_accuracy,
    "f1_macro": _f1_macro,
}
