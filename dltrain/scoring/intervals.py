"""How sure a metric is: 95 % intervals over the choice of the test rows.

The bootstrap, percentile method (Efron and Tibshirani 1993, chapter 13): rows are drawn again with replacement, and the
middle 95 % of the metrics of such draws are the interval. Where all draws look alike, they do not tell how sure a
metric is. Shares of rows have an interval of their own: see `shares`.

The bootstrap knows of no errors that are larger than those that it saw: where a few rows of hundreds hold most of the
error, the upper bounds are too low. Few groups tell little of how different groups are: their intervals are as much
wider as Student's distribution is than the normal one, and one group alone has none.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from dltrain.background import map_ahead
from dltrain.config.sections.metrics import MetricName, higher_is_better
from dltrain.machine import available_cores
from dltrain.scoring.bounds import Interval, rounded_bound
from dltrain.scoring.draws import SEED, Draws, choose_draws
from dltrain.scoring.few_groups import group_widening
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.reweighted import reweighted_metric
from dltrain.scoring.row_values import predicted_codes
from dltrain.scoring.shares import difference_interval, share_hits, share_interval

N_RESAMPLES: Final = 1_000
LEVEL: Final = 0.95
_CELLS_AT_ONCE: Final = 2**18
"""Weights, of some resamples, that fit into the processor's cache."""

Threshold = float | np.ndarray | None
"""As in `predicted_codes`."""


_OF_LABELS: Final = ("precision", "f1", "f1_macro", "balanced_accuracy")
"""Metrics that look at labels alone."""


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
    group: np.ndarray | None = None,
) -> MetricIntervals:
    """The 95 % intervals of metrics.

    Args:
        names: Metrics that fit the task.
        y_true: As for `compute_metrics`.
        y_pred: Likewise.
        other: Another prediction of the same rows, to compare with; None leaves `differences` empty.
        sample_weight: As for `compute_metrics`.
        thresholds: Of `y_pred` and of `other`, as in `predicted_codes`.
        group: int `(n,)`; rows of one number belong together, as those of one customer do. None: every row is alone.
    """
    weight = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    predictions = [np.asarray(values, np.float64) for values in (y_pred, other) if values is not None]
    is_counted = weight > 0
    if not is_counted.all():
        predictions = [values[is_counted] for values in predictions]
        thresholds = _of_rows(thresholds[0], is_counted), _of_rows(thresholds[1], is_counted)
        y_true, weight = y_true[is_counted], weight[is_counted]
        group = None if group is None else group[is_counted]
    y_true = np.asarray(y_true, np.float64 if predictions[0].ndim == 1 else np.int64)
    if not len(y_true) or not all(np.isfinite(values).all() for values in predictions):
        return MetricIntervals(dict.fromkeys(names), {} if other is None else dict.fromkeys(names))
    group, n_groups = _renumbered(group)
    if n_groups == 1:
        # Of one customer alone, nothing is known of others.
        return MetricIntervals(dict.fromkeys(names), {} if other is None else dict.fromkeys(names))
    widening = 1.0 if n_groups is None else group_widening(n_groups)
    measured = [
        compute_metrics(names, y_true, predicted, sample_weight=weight, threshold=threshold)
        for predicted, threshold in zip(predictions, thresholds, strict=False)
    ]
    draws = choose_draws(y_true, predictions, weight, group)
    values = _resampled(names, y_true, predictions, draws, thresholds, measured)
    metrics: dict[MetricName, Interval | None] = {}
    shares = _shares(names, y_true, predictions[0], thresholds[0], weight, group)
    for row, name in enumerate(names):
        found = _percentiles(values[0, row], measured[0][name], widening)
        metrics[name] = shares[name] if name in shares else _possible(found, name)
    if other is None:
        return MetricIntervals(metrics, {})
    with np.errstate(invalid="ignore"):
        gains = values[0] - values[1]
    differences: dict[MetricName, Interval | None] = {
        name: _percentiles(gains[row], measured[0][name] - measured[1][name], widening)
        for row, name in enumerate(names)
    }
    is_same = np.array_equal(predictions[0], predictions[1])
    if is_same and _have_same_codes(predictions, thresholds):
        return MetricIntervals(metrics, differences)
    # They are alike on these rows, and need not be on others.
    alike = [name for name, found in differences.items() if found is not None and found.low == found.high]
    differences |= dict.fromkeys(name for name in alike if not is_same or name in _OF_LABELS)
    return MetricIntervals(
        metrics, differences | _share_differences(names, y_true, predictions, thresholds, weight, group)
    )


def _have_same_codes(predictions: Sequence[np.ndarray], thresholds: Sequence[Threshold]) -> bool:
    """Whether two predictions, if they are of classes, have the same labels."""
    if predictions[0].ndim == 1:
        return True
    ours, theirs = (predicted_codes(values, limit) for values, limit in zip(predictions, thresholds, strict=True))
    return np.array_equal(ours, theirs)


def _shares(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    y_pred: np.ndarray,
    threshold: Threshold,
    weight: np.ndarray,
    group: np.ndarray | None,
) -> dict[MetricName, Interval | None]:
    """The intervals of those metrics that are shares of rows."""
    hits = _hits(names, y_true, y_pred, threshold, group)
    return {name: share_interval(of_name, weight, group) for name, of_name in hits.items()}


def _share_differences(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    predictions: Sequence[np.ndarray],
    thresholds: Sequence[Threshold],
    weight: np.ndarray,
    group: np.ndarray | None,
) -> dict[MetricName, Interval | None]:
    """The intervals of the differences of those metrics that are shares of the same rows, whatever is predicted."""
    ours, theirs = (
        _hits([name for name in names if name != "precision"], y_true, values, threshold, group)
        for values, threshold in zip(predictions, thresholds, strict=True)
    )
    return {name: difference_interval(hits, theirs[name], weight, group) for name, hits in ours.items()}


def _hits(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    y_pred: np.ndarray,
    threshold: Threshold,
    group: np.ndarray | None,
) -> dict[MetricName, list[np.ndarray]]:
    """`share_hits` of those metrics that are shares of rows."""
    if y_pred.ndim == 1:
        return {}
    asked = predicted_codes(y_pred, threshold)
    found = {name: share_hits(name, y_true, y_pred, asked) for name in names}
    # The shares of several classes are alike within a group, which their mean does not see.
    return {name: hits for name, hits in found.items() if hits is not None and (group is None or len(hits) == 1)}


def _renumbered(group: np.ndarray | None) -> tuple[np.ndarray | None, int | None]:
    """The groups numbered from 0, and how many there are; None twice where every row is one."""
    if group is None:
        return None, None
    found, codes = np.unique(group, return_inverse=True)
    return (None, None) if found.size == codes.size else (codes, int(found.size))


def _resampled(
    names: Sequence[MetricName],
    y_true: np.ndarray,
    predictions: Sequence[np.ndarray],
    draws: Draws,
    thresholds: Sequence[Threshold],
    measured: Sequence[Mapping[str, float]],
) -> np.ndarray:
    """The metrics of every draw, float64 `(n_predictions, n_names, N_RESAMPLES)`; `measured` are those of all rows."""
    rows = draws.rows
    statistics = [
        [reweighted_metric(name, y_true[rows], predicted[rows], threshold=_of_rows(threshold, rows)) for name in names]
        for predicted, threshold in zip(predictions, thresholds, strict=False)
    ]
    values = np.empty((len(predictions), len(names), N_RESAMPLES))
    n_at_once = max(1, _CELLS_AT_ONCE // len(rows))

    def measure(weights: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.stack([[statistic(weights) for statistic in of_prediction] for of_prediction in statistics])

    def draw(start: int) -> None:
        stop = min(start + n_at_once, N_RESAMPLES)
        # Each block has random numbers of its own, whichever thread takes it.
        values[:, :, start:stop] = measure(draws.draw(stop - start, [SEED, start]))

    with map_ahead(draw, range(0, N_RESAMPLES, n_at_once), threads=available_cores()) as drawn:
        for _ in drawn:
            pass
    if "r2" in names and np.ptp(y_true) == 0:
        # It is 0 or 1 by definition, and says nothing.
        values[:, list(names).index("r2")] = np.nan
    if draws.stands_for is not None:
        drawn_from = measure(draws.expected())[:, :, 0]
        for at, row in np.ndindex(drawn_from.shape):
            name = names[row]
            values[at, row] = _as_of_all(name, values[at, row], float(drawn_from[at, row]), measured[at][name])
    return values


def _as_of_all(name: MetricName, values: np.ndarray, drawn_from: float, of_all: float) -> np.ndarray:
    """The metric of draws from a part of the rows, moved by what the part is away from all of them."""
    if higher_is_better(name) and name != "r2":
        return np.asarray(values + of_all - drawn_from)
    missed, missed_by_all = (1 - drawn_from, 1 - of_all) if name == "r2" else (drawn_from, of_all)
    if missed == 0:
        return values  # without an error there is nothing to correct
    ratio = missed_by_all / missed
    return np.asarray(1 - (1 - values) * ratio if name == "r2" else values * ratio)


def _of_rows(threshold: Threshold, rows: np.ndarray) -> Threshold:
    return threshold[rows] if isinstance(threshold, np.ndarray) else threshold


def _percentiles(values: np.ndarray, measured: float, widening: float) -> Interval | None:
    """The middle 95 %, as much wider as few groups demand; None when it is undefined for all rows, or many draws."""
    values = values[np.isfinite(values)]
    if len(values) < N_RESAMPLES / 2 or not np.isfinite(measured):
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if widening != 1:
        low, high = measured + (low - measured) * widening, measured + (high - measured) * widening
    return Interval(rounded_bound(low), rounded_bound(high))


def _possible(interval: Interval | None, name: MetricName) -> Interval | None:
    """An interval within the values that the metric can have; None where all draws look alike."""
    if interval is None or interval.low == interval.high:
        return None
    low = interval.low if name == "r2" else max(0.0, interval.low)
    return Interval(low, min(1.0, interval.high) if higher_is_better(name) else interval.high)
