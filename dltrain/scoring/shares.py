"""How sure a share of rows is, such as accuracy or recall: Wilson's score interval (1927).

It is right near 0 and 1 too, where all draws of a bootstrap may look alike. With weights or groups of rows it is that
of as many rows as would make the share as sure (Korn and Graubard 1998). That of balanced accuracy, a mean of shares,
follows from theirs (MOVER; Zou and Donner 2008). That of a difference of two predictions' shares is Bonett and Price's
(2012): a row more for each of them, in which it alone is right, stands for what too few rows have not shown.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from dltrain.config.sections.metrics import MetricName
from dltrain.scoring.bounds import Interval, rounded_bound
from dltrain.scoring.few_groups import Z, group_widening
from dltrain.scoring.row_values import top_hits

_IntervalOf = Callable[[np.ndarray, np.ndarray, np.ndarray | None], tuple[float, Interval]]
"""Values of rows, their weights and their groups → their mean, and its interval."""


def share_hits(name: MetricName, y_true: np.ndarray, y_pred: np.ndarray, asked: np.ndarray) -> list[np.ndarray] | None:
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


def share_interval(hits: Sequence[np.ndarray], weight: np.ndarray, group: np.ndarray | None) -> Interval | None:
    """The 95 % interval of a share of rows, or of the mean of several.

    Args:
        hits: Of every share, float64 `(n,)`: 1 for a hit, 0 for another row, NaN for one that is not asked for.
        weight: float64 `(n,)`, > 0.
        group: int64 `(n,)` from 0; rows of one number belong together. None: every row is alone.

    Returns:
        None where a share has no rows.
    """
    return _of_mean(hits, weight, group, _wilson)


def difference_interval(
    hits: Sequence[np.ndarray], others: Sequence[np.ndarray], weight: np.ndarray, group: np.ndarray | None
) -> Interval | None:
    """The 95 % interval of a share, or of the mean of several, less that of another prediction of the same rows.

    Args:
        hits: As for `share_interval`.
        others: Likewise, of the other prediction; NaN for the same rows.
        weight: As for `share_interval`.
        group: As for `share_interval`.

    Returns:
        None where a share has no rows.
    """
    gains = [ours - theirs for ours, theirs in zip(hits, others, strict=True)]
    return _of_mean(gains, weight, group, _bonett_price)


def _of_mean(
    values: Sequence[np.ndarray], weight: np.ndarray, group: np.ndarray | None, interval_of: _IntervalOf
) -> Interval | None:
    """The interval of a mean of rows, or of the mean of several such means; None where one has no rows."""
    known = [~np.isnan(of_share) for of_share in values]
    if not all(is_known.any() for is_known in known):
        return None
    found = [
        interval_of(of_share[is_known], weight[is_known], None if group is None else group[is_known])
        for of_share, is_known in zip(values, known, strict=True)
    ]
    if len(found) == 1:
        return Interval(rounded_bound(found[0][1].low), rounded_bound(found[0][1].high))
    mean = float(np.mean([share for share, _ in found]))
    below = float(np.sqrt(np.sum([(share - bounds.low) ** 2 for share, bounds in found]))) / len(found)
    above = float(np.sqrt(np.sum([(bounds.high - share) ** 2 for share, bounds in found]))) / len(found)
    return Interval(rounded_bound(mean - below), rounded_bound(mean + above))


def _wilson(hits: np.ndarray, weight: np.ndarray, group: np.ndarray | None) -> tuple[float, Interval]:
    """A share of hits, and Wilson's score interval of as many rows as would make it as sure."""
    share = float(np.average(hits, weights=weight))
    n_rows = _effective_rows(hits - share, share * (1 - share), weight, group)
    middle = (share + Z**2 / (2 * n_rows)) / (1 + Z**2 / n_rows)
    half = Z / (1 + Z**2 / n_rows) * np.sqrt(share * (1 - share) / n_rows + Z**2 / (4 * n_rows**2))
    return share, Interval(max(0.0, middle - half), min(1.0, middle + half))


def _bonett_price(gains: np.ndarray, weight: np.ndarray, group: np.ndarray | None) -> tuple[float, Interval]:
    """The mean of gains, 1, 0 or -1, and its interval of as many rows as would make it as sure, and two more."""
    gain, changed = (float(np.average(values, weights=weight)) for values in (gains, np.abs(gains)))
    # Rows that weigh much may have no gain by chance, so that those that weigh little seem to tell it.
    n_rows = min(_effective_rows(gains - gain, changed - gain**2, weight, group), _rows_by_weight(weight, None))
    middle = gain * n_rows / (n_rows + 2)
    half = Z * np.sqrt(((changed * n_rows + 2) / (n_rows + 2) - middle**2) / (n_rows + 2))
    return gain, Interval(max(-1.0, middle - half), min(1.0, middle + half))


def _effective_rows(residuals: np.ndarray, variance: float, weight: np.ndarray, group: np.ndarray | None) -> float:
    """How many rows of equal weight, each alone, would tell a mean as surely.

    From its linearised variance; where all rows are alike, from the weights alone.

    Args:
        residuals: float64 `(n,)`, of the values from their mean.
        variance: Of the values, by their weights.
        weight: As for `share_interval`.
        group: As for `share_interval`.
    """
    if variance <= 0 or not residuals.any():
        return _rows_by_weight(weight, group)
    residuals = weight * residuals
    if group is not None:
        residuals = np.bincount(group, residuals)
    squares = float(np.sum(residuals**2))
    n_rows = variance * float(np.sum(weight)) ** 2 / squares if squares > 0 else math.inf
    if group is None:
        return n_rows
    n_groups = int(np.unique(group).size)
    if n_groups < 2:
        return 1.0
    n_rows /= group_widening(n_groups) ** 2
    # Groups may be alike by chance; no rows tell more than all of them alone.
    return min(max(1.0, n_rows), float(np.sum(weight) ** 2 / np.sum(weight**2)))


def _rows_by_weight(weight: np.ndarray, group: np.ndarray | None) -> float:
    """How many rows of equal weight would make a mean as sure, if its values do not go with the weights (Kish 1965)."""
    sums: np.ndarray = weight if group is None else np.bincount(group, weight)
    return float(np.sum(sums) ** 2 / np.sum(sums**2))
