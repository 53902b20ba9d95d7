"""Metrics for many weightings of the same rows at once: what resampling needs.

Sorting, counting and comparing happen once, when the statistic is made. For every weighting there is left what a
matrix product or a cumulative sum can do.
"""

from collections.abc import Callable

import numpy as np

from dltrain.config.sections.metrics import MetricName
from dltrain.scoring.metrics import descending
from dltrain.scoring.row_values import ROW_VALUES, absolute_errors, hits, predicted_codes, squared_errors

Statistic = Callable[[np.ndarray], np.ndarray]
"""From weights, float64 `(n_weightings, n_rows)` >= 0, to the metric for each of them, float64 `(n_weightings,)`; not
finite where it is undefined."""


def reweighted_metric(
    name: MetricName, y_true: np.ndarray, y_pred: np.ndarray, *, threshold: float | np.ndarray | None = None
) -> Statistic:
    """A metric of `compute_metrics` as a function of the weights.

    Args:
        name: A metric that fits the task.
        y_true: As for `compute_metrics`.
        y_pred: Likewise, float64 and finite.
        threshold: As in `predicted_codes`.
    """
    if name in ROW_VALUES:
        return _mean_of(ROW_VALUES[name](y_true, y_pred))
    match name:
        case "rmse":
            mean = _mean_of(squared_errors(y_true, y_pred))
            return lambda weights: np.sqrt(mean(weights))
        case "r2":
            return _r2(y_true, y_pred)
        case "median_absolute_error":
            return _median_of(absolute_errors(y_true, y_pred))
        case "roc_auc":
            return _roc_auc(y_true, y_pred)
        case "average_precision":
            return _average_precision(y_true == 1, y_pred[:, 1])
        case "accuracy":
            return _mean_of(hits(y_true, predicted_codes(y_pred, threshold)))
        case _:
            return _of_hits(name, y_true, predicted_codes(y_pred, threshold), n_classes=y_pred.shape[1])


def _mean_of(values: np.ndarray) -> Statistic:
    return lambda weights: weights @ values / weights.sum(axis=1)


def _r2(y_true: np.ndarray, y_pred: np.ndarray) -> Statistic:
    # Centred, so that the difference of the sums below loses no digits.
    centred, residual = y_true - np.mean(y_true), squared_errors(y_true, y_pred)
    smallest = np.max(centred**2) * np.finfo(np.float64).eps

    def statistic(weights: np.ndarray) -> np.ndarray:
        total, missed = weights.sum(axis=1), weights @ residual
        spread = weights @ centred**2 - (weights @ centred) ** 2 / total
        # A constant target is predicted everywhere or not; one row alone says nothing.
        values = np.where(spread <= total * smallest, (missed == 0).astype(np.float64), 1 - missed / spread)
        return np.where(np.count_nonzero(weights, axis=1) < 2, np.nan, values)

    return statistic


def _median_of(values: np.ndarray) -> Statistic:
    order = np.argsort(values)
    ascending = values[order]

    def statistic(weights: np.ndarray) -> np.ndarray:
        cumulated = np.cumsum(weights[:, order], axis=1)
        half = cumulated[:, -1:] / 2
        lower = np.argmax(cumulated >= half * (1 - 1e-12), axis=1)
        upper = np.argmax(cumulated >= half * (1 + 1e-12), axis=1)
        return np.asarray((ascending[lower] + ascending[upper]) / 2)

    return statistic


def _roc_auc(codes: np.ndarray, probabilities: np.ndarray) -> Statistic:
    classes = [1] if probabilities.shape[1] == 2 else np.unique(codes).tolist()
    areas = [_area_under_roc(codes == code, probabilities[:, code]) for code in classes]

    def statistic(weights: np.ndarray) -> np.ndarray:
        values = np.stack([area(weights) for area in areas])
        # Weights that leave a class without rows say nothing of it, as in `compute_metrics`.
        is_known = np.isfinite(values)
        return np.asarray(np.sum(np.where(is_known, values, 0.0), axis=0) / np.sum(is_known, axis=0))

    return statistic


def _area_under_roc(is_positive: np.ndarray, scores: np.ndarray) -> Statistic:
    """The share of pairs of a positive and a negative row that are in order; equal scores count half.

    The weights of the larger class are summed up from the lowest score on; a row of the smaller one looks up its sum.
    """
    order = np.argsort(scores)
    positive, negative = order[is_positive[order]], order[~is_positive[order]]
    few, many = sorted((positive, negative), key=len)
    below, up_to = (np.searchsorted(scores[many], scores[few], side) for side in ("left", "right"))
    has_ties = not np.array_equal(below, up_to)

    def statistic(weights: np.ndarray) -> np.ndarray:
        of_few = np.take(weights, few, axis=1)
        cumulated = np.zeros((len(weights), len(many) + 1))
        np.cumsum(np.take(weights, many, axis=1), axis=1, out=cumulated[:, 1:])
        lower = np.einsum("dr,dr->d", of_few, np.take(cumulated, below, axis=1))
        if has_ties:
            lower = (lower + np.einsum("dr,dr->d", of_few, np.take(cumulated, up_to, axis=1))) / 2
        share = lower / (of_few.sum(axis=1) * cumulated[:, -1])
        return np.asarray(share if few is positive else 1 - share)

    return statistic


def _average_precision(is_positive: np.ndarray, scores: np.ndarray) -> Statistic:
    cumulated = _cumulated_hits(is_positive, scores)

    def statistic(weights: np.ndarray) -> np.ndarray:
        positive, negative = cumulated(weights)
        gain = np.diff(positive, prepend=0.0, axis=1)
        # Where nothing is counted yet there is nothing gained either.
        precision = positive / np.maximum(positive + negative, np.finfo(np.float64).tiny)
        return np.asarray(np.sum(gain * precision, axis=1) / positive[:, -1])

    return statistic


def _cumulated_hits(
    is_positive: np.ndarray, scores: np.ndarray
) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """`cumulated_hits` of `dltrain.scoring.metrics` for many weightings."""
    order, last_of_equal = descending(scores)
    is_positive = is_positive[order]

    def cumulated(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ordered = weights[:, order]
        positive = np.cumsum(np.where(is_positive, ordered, 0.0), axis=1)[:, last_of_equal]
        negative = np.cumsum(np.where(is_positive, 0.0, ordered), axis=1)[:, last_of_equal]
        return positive, negative

    return cumulated


def _of_hits(name: MetricName, codes: np.ndarray, predicted: np.ndarray, *, n_classes: int) -> Statistic:
    """Metrics of three sums for every class: rows rightly predicted as it, predicted as it, and truly of it."""
    cells, cell_of_row = np.unique(codes * n_classes + predicted, return_inverse=True)
    order = np.argsort(cell_of_row, kind="stable")
    starts = np.searchsorted(cell_of_row[order], np.arange(len(cells)))
    is_class = np.arange(n_classes)
    is_actual = (cells[:, np.newaxis] // n_classes == is_class).astype(np.float64)
    is_predicted = (cells[:, np.newaxis] % n_classes == is_class).astype(np.float64)

    def statistic(weights: np.ndarray) -> np.ndarray:
        by_cell = np.add.reduceat(weights[:, order], starts, axis=1)
        right = by_cell @ (is_actual * is_predicted)
        return _from_hits(name, right, by_cell @ is_predicted, by_cell @ is_actual)

    return statistic


def _from_hits(name: MetricName, right: np.ndarray, predicted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    match name:
        case "precision":
            return _ratio(right[:, 1], predicted[:, 1])
        case "recall":
            return _ratio(right[:, 1], actual[:, 1])
        case "f1":
            return _ratio(2 * right[:, 1], predicted[:, 1] + actual[:, 1])
        case "f1_macro":
            return _mean_where(predicted + actual > 0, 2 * right, predicted + actual)
        case "balanced_accuracy":
            return _mean_where(actual > 0, right, actual)
        case _:
            raise ValueError(f"expected a metric of hits, got '{name}'")


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Their quotient, 0 where nothing was counted."""
    quotient: np.ndarray = np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)
    return quotient


def _mean_where(occurs: np.ndarray, numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """The mean quotient of the classes that occur."""
    return np.asarray(np.sum(_ratio(numerator, denominator) * occurs, axis=1) / np.sum(occurs, axis=1))
