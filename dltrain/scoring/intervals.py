"""How sure a metric is: 95 % intervals over the choice of the test rows.

The bootstrap, percentile method (Efron and Tibshirani 1993, chapter 13): rows are drawn again with replacement, and the
middle 95 % of the metrics of such draws are the interval. Shares of rows, such as accuracy and recall, have Wilson's
interval, which is right near 0 and 1 too, where all draws may look alike; where those of another metric do, they do not
tell how sure it is. With weights or groups of rows, Wilson's interval is that of as many rows as would make the share
as sure (Korn and Graubard 1998), and that of balanced accuracy, a mean of shares, follows from theirs (MOVER; Zou and
Donner 2008).

The bootstrap knows of no errors that are larger than those that it saw: where a few rows of hundreds hold most of the
error, the upper bounds are too low. Few groups tell little of how different groups are: their intervals are as much
wider as Student's distribution is than the normal one, and one group alone has none.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from dltrain.background import map_ahead
from dltrain.config.sections.metrics import MetricName, higher_is_better
from dltrain.machine import available_cores
from dltrain.scoring.draws import SEED, Draws, choose_draws
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.reweighted import reweighted_metric
from dltrain.scoring.row_values import predicted_codes, top_hits

N_RESAMPLES: Final = 1_000
LEVEL: Final = 0.95
_Z: Final = 1.959963984540054
"""Of the normal distribution, 95 % lies between -z and z."""
_CELLS_AT_ONCE: Final = 2**18
"""Weights, of some resamples, that fit into the processor's cache."""
_DIGITS: Final = 6
"""Significant digits of a bound; the draws decide on the third one already."""

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
    widening = 1.0 if n_groups is None else student_quantile(n_groups - 1) / _Z * math.sqrt(n_groups / (n_groups - 1))
    draws = choose_draws(y_true, predictions, weight, group)
    measured = [
        compute_metrics(names, y_true, predicted, sample_weight=weight, threshold=threshold)
        for predicted, threshold in zip(predictions, thresholds, strict=False)
    ]
    values = _resampled(names, y_true, predictions, draws, thresholds, measured)
    if "r2" in names and np.ptp(y_true) == 0:
        # It is 0 or 1 by definition, and says nothing.
        values[:, list(names).index("r2")] = np.nan
    asked = predicted_codes(predictions[0], thresholds[0]) if predictions[0].ndim == 2 else None
    metrics: dict[MetricName, Interval | None] = {}
    for row, name in enumerate(names):
        hits = None if asked is None else _hits(name, y_true, predictions[0], asked)
        # Those of several classes are alike within a group.
        if hits is not None and (group is None or len(hits) == 1):
            metrics[name] = _of_shares(hits, weight, group)
        else:
            found = _percentiles(values[0, row], measured[0][name], widening)
            metrics[name] = None if found is None or found.low == found.high else _possible(found, name)
    if other is None:
        return MetricIntervals(metrics, {})
    with np.errstate(invalid="ignore"):
        gains = values[0] - values[1]
    differences = {
        name: _percentiles(gains[row], measured[0][name] - measured[1][name], widening)
        for row, name in enumerate(names)
    }
    return MetricIntervals(metrics, differences)


def _renumbered(group: np.ndarray | None) -> tuple[np.ndarray | None, int | None]:
    """The groups numbered from 0, and how many there are; None twice where every row is one."""
    if group is None:
        return None, None
    found, codes = np.unique(group, return_inverse=True)
    return (None, None) if found.size == codes.size else (codes, int(found.size))


def student_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's distribution, to 0.3 %: the expansion of Fisher and Cornish (1960).

    Args:
        freedom: Degrees of freedom, >= 1.

    >>> [round(student_quantile(freedom), 2) for freedom in (1, 2, 4, 9, 30)]
    [12.71, 4.3, 2.77, 2.26, 2.04]
    """
    if freedom <= 2:
        return 12.706204736 if freedom == 1 else 4.302652730
    first = (_Z**3 + _Z) / 4
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96
    third = (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / 384
    return _Z + first / freedom + second / freedom**2 + third / freedom**3


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


def _hits(name: MetricName, y_true: np.ndarray, y_pred: np.ndarray, asked: np.ndarray) -> list[np.ndarray] | None:
    """Rows whose share of hits is the metric, float64 `(n,)`, NaN elsewhere; several of them where it is their mean.

    Args:
        name: A metric.
        y_true: Codes of classes.
        y_pred: Probabilities.
        asked: The codes that they are taken for.

    Returns:
        None for another kind of metric.
    """
    is_right = (y_true == asked).astype(np.float64)
    match name:
        case "accuracy":
            return [is_right]
        case "top_k":
            return [top_hits(y_true, y_pred)]
        case "recall":
            return [np.where(y_true == 1, is_right, np.nan)]
        case "precision":
            return [np.where(asked == 1, is_right, np.nan)]
        case "balanced_accuracy":
            return [np.where(y_true == code, is_right, np.nan) for code in np.unique(y_true)]
        case _:
            return None


def _percentiles(values: np.ndarray, measured: float, widening: float) -> Interval | None:
    """The middle 95 %, as much wider as few groups demand; None when it is undefined for all rows, or many draws."""
    values = values[np.isfinite(values)]
    if len(values) < N_RESAMPLES / 2 or not np.isfinite(measured):
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if widening != 1:
        low, high = measured + (low - measured) * widening, measured + (high - measured) * widening
    return Interval(_rounded(low), _rounded(high))


def _possible(interval: Interval, name: MetricName) -> Interval:
    """An interval within the values that the metric can have."""
    low = interval.low if name == "r2" else max(0.0, interval.low)
    return Interval(low, min(1.0, interval.high) if higher_is_better(name) else interval.high)


def _of_shares(hits: Sequence[np.ndarray], weight: np.ndarray, group: np.ndarray | None) -> Interval | None:
    """The interval of a share of rows, or of the mean of several; None where one of them has no rows."""
    known = [~np.isnan(of_share) for of_share in hits]
    if not all(is_known.any() for is_known in known):
        return None
    found = [
        _wilson(of_share[is_known], weight[is_known], None if group is None else group[is_known])
        for of_share, is_known in zip(hits, known, strict=True)
    ]
    if len(found) == 1:
        return Interval(_rounded(found[0][1].low), _rounded(found[0][1].high))
    mean = float(np.mean([share for share, _ in found]))
    below = float(np.sqrt(np.sum([(share - bounds.low) ** 2 for share, bounds in found]))) / len(found)
    above = float(np.sqrt(np.sum([(bounds.high - share) ** 2 for share, bounds in found]))) / len(found)
    return Interval(_rounded(max(0.0, mean - below)), _rounded(min(1.0, mean + above)))


def _wilson(hits: np.ndarray, weight: np.ndarray, group: np.ndarray | None) -> tuple[float, Interval]:
    """A share of hits, and Wilson's score interval of as many rows as would make it as sure."""
    share = float(np.average(hits, weights=weight))
    n_rows = _effective_rows(hits, share, weight, group)
    middle = (share + _Z**2 / (2 * n_rows)) / (1 + _Z**2 / n_rows)
    half = _Z / (1 + _Z**2 / n_rows) * np.sqrt(share * (1 - share) / n_rows + _Z**2 / (4 * n_rows**2))
    return share, Interval(max(0.0, middle - half), min(1.0, middle + half))


def _effective_rows(hits: np.ndarray, share: float, weight: np.ndarray, group: np.ndarray | None) -> float:
    """How many rows of equal weight, each alone, would tell a share as surely.

    From its linearised variance; where all rows are hits, or none is, from the weights alone (Kish 1965).
    """
    sums: np.ndarray = weight if group is None else np.bincount(group, weight)
    of_weights = float(np.sum(sums) ** 2 / np.sum(sums**2))
    if not 0 < share < 1:
        return of_weights
    residuals: np.ndarray = weight * (hits - share)
    if group is not None:
        residuals = np.bincount(group, residuals)
    squares = float(np.sum(residuals**2))
    n_rows = share * (1 - share) * float(np.sum(weight)) ** 2 / squares if squares > 0 else math.inf
    if group is None:
        return n_rows
    n_groups = int(np.count_nonzero(sums))
    if n_groups < 2:
        return 1.0
    n_rows *= (n_groups - 1) / n_groups / (student_quantile(n_groups - 1) / _Z) ** 2
    # Groups may be alike by chance; no rows tell more than all of them alone.
    return min(max(1.0, n_rows), float(np.sum(weight) ** 2 / np.sum(weight**2)))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
