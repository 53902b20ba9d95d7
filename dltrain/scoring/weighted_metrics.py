"""The metrics for many weightings of the same rows at once: `compute_metrics`, a row of weights at a time, but quick.

Most metrics are functions of sums over the rows, which one product of matrices gives for all weightings; those that
rank the rows sort them once.
"""

from typing import Final

import numpy as np

from dltrain.config.metrics import MetricName
from dltrain.scoring.metrics import is_in_top_k, predicted_codes

_ROW_MEANS: Final = frozenset({"rmse", "mae", "mape", "accuracy", "log_loss", "brier_score", "top_k"})
_OF_HITS: Final = frozenset({"f1", "precision", "recall", "balanced_accuracy", "f1_macro"})


def weighted_metric(name: MetricName, truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """One metric for every weighting.

    Args:
        name: Fits the task.
        truth: `n` rows, as `compute_metrics` takes them.
        predicted: Their predictions, likewise.
        weights: float64 `(n_weightings, n)`, >= 0, each with a positive sum.

    Returns:
        float64 `(n_weightings,)`, NaN where a weighting leaves the metric undefined.
    """
    if not np.isfinite(predicted).all():
        return np.full(len(weights), np.nan)
    with np.errstate(all="ignore"):
        if name in _ROW_MEANS:
            means = weights @ _row_values(name, truth, predicted) / weights.sum(axis=1)
            return np.asarray(np.sqrt(means) if name == "rmse" else means)
        if name in _OF_HITS:
            return _of_hits(name, truth, predicted_codes(predicted), predicted.shape[1], weights)
        match name:
            case "r2":
                return _r2(truth, predicted, weights)
            case "median_absolute_error":
                return _median(np.abs(truth - predicted), weights)
            case "roc_auc":
                return _roc_auc(truth, predicted, weights)
            case "average_precision":
                return _average_precision(truth == 1, predicted[:, 1], weights)
    raise AssertionError(name)


def _row_values(name: MetricName, truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """The metric of every row alone, `(n,)`; its square for rmse."""
    match name:
        case "rmse":
            return np.asarray((truth - predicted) ** 2)
        case "mae":
            return np.asarray(np.abs(truth - predicted))
        case "mape":
            return np.asarray(np.abs(truth - predicted) / np.maximum(np.abs(truth), np.finfo(np.float64).eps))
        case "accuracy":
            return np.asarray(predicted_codes(predicted) == truth, np.float64)
        case "log_loss":
            smallest = np.finfo(np.float64).eps
            return np.asarray(-np.log(np.clip(predicted[np.arange(len(truth)), truth], smallest, 1 - smallest)))
        case "brier_score":
            if predicted.shape[1] == 2:
                return np.asarray((predicted[:, 1] - truth) ** 2)
            return np.asarray(np.sum((predicted - np.eye(predicted.shape[1])[truth]) ** 2, axis=1))
        case _:
            return is_in_top_k(truth, predicted).astype(np.float64)


def _of_hits(name: MetricName, truth: np.ndarray, codes: np.ndarray, n_classes: int, weights: np.ndarray) -> np.ndarray:
    """Metrics of the weight of rows rightly predicted as a class, predicted as it, and truly of it."""
    classes = np.eye(n_classes)
    is_right = (truth == codes)[:, np.newaxis]
    right = weights @ (classes[truth] * is_right)
    guessed, actual = weights @ classes[codes], weights @ classes[truth]
    match name:
        case "precision":
            return _ratio(right[:, 1], guessed[:, 1])
        case "recall":
            return _ratio(right[:, 1], actual[:, 1])
        case "f1":
            return _ratio(2 * right[:, 1], guessed[:, 1] + actual[:, 1])
        case "balanced_accuracy":
            return _mean_of_defined(right / actual)
        case _:
            return _mean_of_defined(2 * right / (guessed + actual))


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Their quotients, 0 where nothing was counted."""
    return np.asarray(np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0))


def _r2(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """NaN where only one row counts; a constant target is right everywhere or not."""
    # Centred first: the sums of squares of large numbers would cancel out.
    centred = truth - truth.mean()
    sums = weights @ np.stack([centred, centred**2, (truth - predicted) ** 2], axis=1)
    total = weights.sum(axis=1)
    spread = sums[:, 1] - sums[:, 0] ** 2 / total
    is_constant = spread <= total * np.max(centred**2) * np.finfo(np.float64).eps
    values = np.where(is_constant, (sums[:, 2] == 0).astype(np.float64), 1 - sums[:, 2] / spread)
    return np.where(np.count_nonzero(weights, axis=1) < 2, np.nan, values)


def _median(errors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The error with half of the weight on either side; between two errors, their mean."""
    order = np.argsort(errors)
    errors, cumulated = errors[order], np.cumsum(weights[:, order], axis=1)
    half = cumulated[:, -1:] / 2
    tolerance = half * 1e-12
    lower, upper = (np.argmax(cumulated >= bound, axis=1) for bound in (half - tolerance, half + tolerance))
    return np.asarray((errors[lower] + errors[upper]) / 2)


def _cumulated(is_positive: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight of positive and negative rows with at least each distinct score, from the highest score down."""
    order = np.argsort(scores)[::-1]
    last_of_equal = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    ordered, is_positive = weights[:, order], is_positive[order]
    positive, negative = (np.cumsum(ordered * part, axis=1) for part in (is_positive, ~is_positive))
    return positive[:, last_of_equal], negative[:, last_of_equal]


def _roc_auc(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Several classes: each one against the rest, the mean of those that occur."""
    areas = []
    for code in [1] if predicted.shape[1] == 2 else range(predicted.shape[1]):
        positive, negative = _cumulated(truth == code, predicted[:, code], weights)
        middle = positive - np.diff(positive, prepend=0.0) / 2
        area = np.sum(middle * np.diff(negative, prepend=0.0), axis=1)
        areas.append(area / (positive[:, -1] * negative[:, -1]))
    return _mean_of_defined(np.stack(areas, axis=1))


def _average_precision(is_positive: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Precision at each distinct score, weighted by the gain in recall; nothing was found where nothing counts yet."""
    positive, negative = _cumulated(is_positive, scores, weights)
    precision = _ratio(positive, positive + negative)
    return np.asarray(np.sum(np.diff(positive, prepend=0.0) * precision, axis=1) / positive[:, -1])


def _mean_of_defined(values: np.ndarray) -> np.ndarray:
    """The mean of each row's numbers; NaN where it has none."""
    is_defined = np.isfinite(values)
    return np.asarray(np.sum(np.where(is_defined, values, 0.0), axis=1) / np.count_nonzero(is_defined, axis=1))
