"""How sure a metric is: 95 % intervals over the choice of the test rows.

The bootstrap, percentile method (Efron and Tibshirani 1993, chapter 13): rows are drawn again with replacement, and the
middle 95 % of the metrics of such draws are the interval. How often a row is drawn is a Poisson number, which is what
drawing all of them comes to (Hanley and MacGibbon 2006), times its weight. Shares of rows, such as accuracy and recall,
have Wilson's interval, which is right near 0 and 1 too, where all draws may look alike; where those of another metric
do, they do not tell how sure it is.

The bootstrap knows of no errors that are larger than those that it saw: where a few rows of hundreds hold most of the
error, the upper bounds are too low.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from dltrain.background import map_ahead
from dltrain.config.sections.metrics import MetricName
from dltrain.machine import available_cores
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.reweighted import reweighted_metric
from dltrain.scoring.row_values import predicted_codes

N_RESAMPLES: Final = 1_000
MAX_ROWS: Final = 4_000
"""Of more rows, so many are drawn from, and the interval is made narrower by the root of their share: with so many rows
that is what it does."""
LEVEL: Final = 0.95
_Z: Final = 1.959963984540054
"""Of the normal distribution, 95 % lies between -z and z."""
_CELLS_AT_ONCE: Final = 2**18
"""Weights, of some resamples, that fit into the processor's cache."""
_DIGITS: Final = 6
"""Significant digits of a bound; the draws decide on the third one already."""

_SEED: Final = 20_240_229
_TAIL: Final = np.exp(-1.0) * np.cumsum([1.0, 1.0, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720])
_POISSON: Final = np.searchsorted(_TAIL, (np.arange(2**16) + 0.5) / 2**16).astype(np.float64)
"""Poisson numbers of mean 1 for equally probable 16 bits."""


Threshold = float | np.ndarray | None
"""As in `predicted_codes`."""


class Interval(NamedTuple):
    """Where the metric of endlessly many rows of this sort would lie, in 95 of 100 such tests."""

    low: float
    high: float


class MetricIntervals(NamedTuple):
    """The intervals of the metrics of two predictions of the same rows.

    Attributes:
        metrics: Name → interval of the first one's; None where it is undefined, or the draws do not tell it.
        differences: Name → interval of the first one's less the second one's, on the same draws of rows.
    """

    metrics: Mapping[MetricName, Interval | None]
    differences: Mapping[MetricName, Interval | None]


def metric_intervals(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    y_pred: np.ndarray,
    *,
    other: np.ndarray | None = None,
    sample_weight: np.ndarray | None = None,
    thresholds: tuple[Threshold, Threshold] = (None, None),
) -> MetricIntervals:
    """The 95 % intervals of metrics.

    Args:
        names: Metrics that fit the task.
        y_true: As for `compute_metrics`.
        y_pred: Likewise.
        other: Another prediction of the same rows, to compare with; None leaves `differences` empty.
        sample_weight: As for `compute_metrics`.
        thresholds: Of `y_pred` and of `other`, as in `predicted_codes`.
    """
    weight = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    predictions = [np.asarray(values, np.float64) for values in (y_pred, other) if values is not None]
    is_counted = weight > 0
    if not is_counted.all():
        predictions = [values[is_counted] for values in predictions]
        thresholds = _of_rows(thresholds[0], is_counted), _of_rows(thresholds[1], is_counted)
        y_true, weight = y_true[is_counted], weight[is_counted]
    y_true = np.asarray(y_true, np.float64 if predictions[0].ndim == 1 else np.int64)
    if not len(y_true) or not all(np.isfinite(values).all() for values in predictions):
        return MetricIntervals(dict.fromkeys(names), {} if other is None else dict.fromkeys(names))
    values = _resampled(names, y_true, predictions, weight, thresholds)
    if "r2" in names and np.ptp(y_true) == 0:
        # It is 0 or 1 by definition, and says nothing.
        values[:, list(names).index("r2")] = np.nan
    measured = [
        compute_metrics(names, y_true, predicted, sample_weight=weight, threshold=threshold)
        for predicted, threshold in zip(predictions, thresholds, strict=False)
    ]
    metrics: dict[MetricName, Interval | None] = {}
    for row, name in enumerate(names):
        is_asked = _rows_of_share(name, y_true, predictions[0], thresholds[0])
        if is_asked is not None:
            metrics[name] = _wilson(measured[0][name], weight[is_asked])
        else:
            found = _percentiles(values[0, row], measured[0][name], len(y_true))
            metrics[name] = None if found is None or found.low == found.high else found
    if other is None:
        return MetricIntervals(metrics, {})
    with np.errstate(invalid="ignore"):
        gains = values[0] - values[1]
    differences = {
        name: _percentiles(gains[row], measured[0][name] - measured[1][name], len(y_true))
        for row, name in enumerate(names)
    }
    return MetricIntervals(metrics, differences)


def _resampled(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    predictions: Sequence[np.ndarray],
    weight: np.ndarray,
    thresholds: Sequence[Threshold],
) -> np.ndarray:
    """The metrics of every draw: float64 `(n_predictions, n_names, N_RESAMPLES)`."""
    if len(y_true) > MAX_ROWS:
        chosen = np.random.default_rng(_SEED).choice(len(y_true), MAX_ROWS, replace=False, shuffle=False)
        y_true, weight = y_true[chosen], weight[chosen]
        predictions = [predicted[chosen] for predicted in predictions]
        thresholds = [_of_rows(threshold, chosen) for threshold in thresholds]
    statistics = [
        [reweighted_metric(name, y_true, predicted, threshold=threshold) for name in names]
        for predicted, threshold in zip(predictions, thresholds, strict=False)
    ]
    values = np.empty((len(predictions), len(names), N_RESAMPLES))
    n_at_once = max(1, _CELLS_AT_ONCE // len(y_true))

    def draw(start: int) -> None:
        draws = slice(start, min(start + n_at_once, N_RESAMPLES))
        # Each block has random numbers of its own, whichever thread takes it.
        rng = np.random.default_rng([_SEED, start])
        weights = _POISSON[rng.integers(0, 2**16, (draws.stop - start, len(y_true)), np.uint16)] * weight
        with np.errstate(all="ignore"):
            for row, of_prediction in enumerate(statistics):
                for column, statistic in enumerate(of_prediction):
                    values[row, column, draws] = statistic(weights)

    with map_ahead(draw, range(0, N_RESAMPLES, n_at_once), threads=available_cores()) as drawn:
        for _ in drawn:
            pass
    return values


def _of_rows(threshold: Threshold, rows: np.ndarray) -> Threshold:
    return threshold[rows] if isinstance(threshold, np.ndarray) else threshold


def _rows_of_share(name: MetricName, y_true: np.ndarray, y_pred: np.ndarray, threshold: Threshold) -> np.ndarray | None:
    """The rows of which the metric is the share of the right ones, bool `(n,)`; None for another kind of metric."""
    match name:
        case "accuracy" | "top_k":
            return np.ones(len(y_true), bool)
        case "recall":
            return np.asarray(y_true == 1)
        case "precision":
            return np.asarray(predicted_codes(y_pred, threshold) == 1)
        case _:
            return None


def _percentiles(values: np.ndarray, measured: float, n_rows: int) -> Interval | None:
    """The middle 95 %, as wide as that of all rows would be; None when it is undefined for many draws."""
    values = values[np.isfinite(values)]
    if len(values) < N_RESAMPLES / 2 or not np.isfinite(measured):
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if n_rows > MAX_ROWS:
        middle, share = np.mean(values), np.sqrt(MAX_ROWS / n_rows)
        low, high = measured + (low - middle) * share, measured + (high - middle) * share
    return Interval(_rounded(low), _rounded(high))


def _wilson(share: float, weight: np.ndarray) -> Interval | None:
    """Wilson's score interval of a share, for as many rows as unequal weights are worth (Kish 1965); None of none."""
    if not len(weight):
        return None
    n_rows = np.sum(weight) ** 2 / np.sum(weight**2)
    middle = (share + _Z**2 / (2 * n_rows)) / (1 + _Z**2 / n_rows)
    half = _Z / (1 + _Z**2 / n_rows) * np.sqrt(share * (1 - share) / n_rows + _Z**2 / (4 * n_rows**2))
    return Interval(_rounded(max(0.0, middle - half)), _rounded(min(1.0, middle + half)))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
