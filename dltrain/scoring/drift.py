"""How far predicted rows have drifted from those of training: the population stability index of every column.

PSI = Σ (a - e) · ln(a / e) over the bins of a column, where e is the share of the training rows in a bin and a that of
the rows to predict (N. Siddiqi, Credit Risk Scorecards, 2006). Below 0.1 it usually counts as little change, above
0.25 as a large one. But few rows differ from training by chance: without any drift the index of n rows and m training
rows is about (1/n + 1/m) times as large as there are bins (B. Yurdakul and J. Naranjo, Statistical properties of the
population stability index, 2020). So a column counts as drifted when its index is at least 0.1 and a test of
homogeneity says that this is no chance either, which it wrongly does for about one table in a thousand. The test is
chi-square over bins that let expect enough rows, and Fisher's exact one for rarer bins: 20 rows of 20 in a class of 2%
are no chance.

Categories of a single training row count as unseen on both sides: their share is about that of the unseen ones among
new rows (I. J. Good, The population frequencies of species and the estimation of population parameters, 1953), so a
column in which every value is new, as in training, has not drifted. In the same way categories of up to n training
rows, with the unseen ones, have about as many new rows as those of up to n + 1 rows have training rows.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from dltrain.features import Bins, Distribution
from dltrain.features.normal import normal_quantile

SMALL_CHANGE: Final = 0.1
LARGE_CHANGE: Final = 0.25

_FALSE_ALARMS: Final = 0.001
"""Share of the tables from the distribution of training in which some column is said to have drifted."""

_SMALLEST_SHARE: Final = 1e-4
_FEWEST_EXPECTED: Final = 10
"""Rows that each bin of the chi-square test lets expect; rarer bins are one there, and tested exactly. Twice the usual
number, since the test looks at what is rarer than usual."""


@dataclass(frozen=True, eq=False)
class PartDrift:
    """One number that a column becomes, or its one-hot block.

    Attributes:
        bins: Of training.
        expected: float64 `(n_bins + 1,)`, shares of the training rows; the last is that of missing cells.
        actual: Likewise, of the rows to predict.
        smallest: The share that stands for an empty bin: of training, of the rows to predict.
    """

    bins: Bins
    expected: np.ndarray
    actual: np.ndarray
    smallest: tuple[float, float]

    @cached_property
    def terms(self) -> np.ndarray:
        """float64 `(n_bins + 1,)`, >= 0: what each bin adds to the index.

        An empty bin counts as the greater of 0.0001 and half a row, but never as more than its bin of the other side:
        a rare category that does not occur among a few rows is no sign of anything.
        """
        in_training, here = self.smallest
        expected = np.maximum(self.expected, np.minimum(self.actual, in_training))
        actual = np.maximum(self.actual, np.minimum(self.expected, here))
        terms = np.zeros(len(expected))
        is_used = expected > 0
        terms[is_used] = (actual - expected)[is_used] * np.log(actual[is_used] / expected[is_used])
        return terms

    @property
    def psi(self) -> float:
        """The population stability index, >= 0."""
        return float(self.terms.sum())

    def is_no_chance(self, n_rows: int, n_training: int, *, false_alarms: float) -> bool:
        """Whether only a share of the tables of the same distribution differ so much: half of it for either test."""
        both = (n_rows * self.actual + n_training * self.expected) / (n_rows + n_training)
        here, there = (self.actual * n_rows).round(), (self.expected * n_training).round()
        expected = both * min(n_rows, n_training)
        is_first = np.zeros(len(both), np.bool_)
        if self.bins.edges is None:
            # Which of the rarest categories are unseen is a matter of chance: all are in the first bin of the test.
            is_first = both * n_training < _FEWEST_EXPECTED
            is_first[0] = True
        order = np.argsort(~is_first, kind="stable")
        starts = _bin_starts(expected[order], n_first=max(1, int(is_first.sum())))
        differences = np.add.reduceat((self.actual - self.expected)[order], starts)
        statistic = np.sum(differences**2 / np.add.reduceat(both[order], starts)) / (1 / n_rows + 1 / n_training)
        if statistic > chi_square_quantile(1 - false_alarms / 2, degrees=len(starts) - 1):
            return True
        is_rare = (both > 0) & (expected < _FEWEST_EXPECTED)
        if self.bins.edges is None:
            # Of categories that training has by chance only, it has a few of many.
            false_alarms /= 1 + float(here[0]) / max(1, int(np.count_nonzero(is_rare)))
            here, there = _rare_categories(here, there, is_rare, false_alarms=false_alarms / 2)
        else:
            here, there = here[is_rare], there[is_rare]
        return _has_unlikely_bin(here, there, n_rows, n_training, false_alarms=false_alarms / 2)


def _rare_categories(
    here: np.ndarray, there: np.ndarray, is_rare: np.ndarray, *, false_alarms: float
) -> tuple[np.ndarray, np.ndarray]:
    """Each rare category alone, and with the unseen ones and all others of at most as many training rows.

    Of those united, about as many new rows are to be expected as training has of them and of those with one row more
    (Good, as above), or, where training has none of these, of the next larger ones that chance may have made smaller.
    The variance of that number is added: (r + 1) · r for each category of r rows among the larger ones.

    Args:
        here: float64 `(n_bins,)`, rows to predict in each bin, the unseen first.
        there: Likewise, training rows.
        is_rare: bool `(n_bins,)`.
        false_alarms: Share of the tables of the same distribution that may be said to differ.

    Returns:
        float64 `(n,)`: rows to predict in each of these bins; training rows, of the united ones the number that fits
        best among those that chance allows.
    """
    is_alone = np.append(False, is_rare[1:])
    sizes = np.append(1, there[1:])
    order = np.argsort(sizes, kind="stable")
    largest = np.unique(np.append(1, there[is_alone]))
    ends, n_here, n_there = _up_to(largest, sizes[order], here[order], there[order])
    z = float(normal_quantile(np.array([1 - false_alarms / (2 * len(largest))]))[0])
    larger = sizes[order][np.minimum(ends, len(sizes) - 1)]
    larger = np.where(larger <= largest + 1 + z * np.sqrt(largest + 1), larger, largest)
    larger_ends, _, most = _up_to(larger, sizes[order], here[order], there[order])
    most += z * np.sqrt((larger + 1) * larger * (larger_ends - ends))
    fitting = np.clip(n_here * there.sum() / here.sum(), n_there, np.minimum(most, there.sum()))
    return np.append(here[is_alone], n_here), np.append(there[is_alone], fitting.round())


def _up_to(largest: np.ndarray, sizes: np.ndarray, here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, ...]:
    """How many categories have up to so many training rows, and the rows of both tables in them; sizes ascend."""
    ends = np.searchsorted(sizes, largest, side="right")
    return ends, here.cumsum()[ends - 1], there.cumsum()[ends - 1]


def _has_unlikely_bin(
    here: np.ndarray, there: np.ndarray, n_rows: int, n_training: int, *, false_alarms: float
) -> bool:
    """Fisher's exact test for n bins, of two tails each. Only the one with the largest deviance is computed.

    Args:
        here: float64 `(n,)`, rows to predict in each bin; the bins may overlap.
        there: Likewise, training rows.
        n_rows: All rows to predict.
        n_training: All training rows.
        false_alarms: Share of the tables of the same distribution that may be said to differ.
    """
    if here.size == 0:
        return False
    sides = _log_likelihood(here, n_rows) + _log_likelihood(there, n_training)
    number = int(np.argmax(sides - _log_likelihood(here + there, n_rows + n_training)))
    chance = tail_probability(int(here[number]), int(here[number] + there[number]), n_rows, n_training)
    return bool(chance < false_alarms / (2 * here.size))


def _log_likelihood(counts: np.ndarray, n_rows: int) -> np.ndarray:
    """float64 `(n,)`: of each count among some rows, at the share it has there."""
    others = n_rows - counts
    of_both: np.ndarray = counts * np.log(np.maximum(counts, 1) / n_rows) + others * np.log(
        np.maximum(others, 1) / n_rows
    )
    return of_both


def tail_probability(n_here: int, n_both: int, n_rows: int, n_training: int) -> float:
    """How probable so many or so few of the rows of a bin are in one of two tables: the smaller hypergeometric tail.

    Args:
        n_here: Rows of the bin in the one table.
        n_both: In both.
        n_rows: All rows of the one table.
        n_training: Of the other.

    >>> tail_probability(3, 3, 5, 5)  # 3 of 5 and 0 of 5: 5·4·3 of 10·9·8
    0.08333333333333333
    """
    n = np.arange(max(0, n_both - n_training), min(n_both, n_rows) + 1, dtype=np.float64)
    before, after = n[:-1], n[1:]
    growth = (n_both - before) * (n_rows - before) / (after * (n_training - n_both + after))
    logs = np.append(0.0, np.log(growth).cumsum())
    weights = np.exp(logs - logs.max())
    return float(min(weights[n <= n_here].sum(), weights[n >= n_here].sum()) / weights.sum())


def _bin_starts(expected: np.ndarray, *, n_first: int) -> np.ndarray:
    """Where the bins of the test begin: each unites as many neighbours as let expect enough rows.

    Args:
        expected: float64 `(n_bins,)`: the rows that each bin lets expect.
        n_first: At least 1: bins that are in the first one in any case.

    Returns:
        int64 `(n,)`, n >= 1, from 0 on.
    """
    until = np.append(0.0, expected.cumsum())
    starts = [0]
    for place in range(n_first, len(expected)):
        before = until[place] - until[starts[-1]]
        if before >= _FEWEST_EXPECTED and until[-1] - until[place] >= _FEWEST_EXPECTED:
            starts.append(place)
    return np.array(starts)


@dataclass(frozen=True)
class ColumnDrift:
    """How far a column has drifted.

    Attributes:
        psi: The population stability index; of a column that becomes several numbers, the largest.
        is_drifted: Whether it is at least 0.1, and no chance, of a part that is judged.
        training_missing: Share of the training rows without a value.
        part: What has drifted most.
        number: Which of the parts of the column that is, counted from 0.
    """

    psi: float
    is_drifted: bool
    training_missing: float
    part: PartDrift
    number: int


def column_drifts(
    distribution: Distribution, counts: np.ndarray, judged: Mapping[int, Collection[int]] | None = None
) -> list[ColumnDrift]:
    """Compares rows with those of training.

    Args:
        distribution: Of the training rows.
        counts: int64 `(n,)`, what `Distribution.count` gives for the rows, at least one.
        judged: Position of a column → those of its parts that may have drifted; all of columns that are not in it.

    Returns:
        The drift of every column, in the order of the features.
    """
    columns = distribution.divided(counts)
    n_rows = int(columns[0][0].sum())
    smallest = max(_SMALLEST_SHARE, 0.5 / distribution.rows), max(_SMALLEST_SHARE, 0.5 / n_rows)
    false_alarms = _FALSE_ALARMS / sum(len(parts) for parts in columns)
    drifts = []
    for position, (column, parts) in enumerate(zip(distribution.columns, columns, strict=True)):
        found = [
            _part_drift(bins, column.missing, of_part / n_rows, smallest, n_training=distribution.rows)
            for bins, of_part in zip(column.parts, parts, strict=True)
        ]
        may_drift = (judged or {}).get(position, range(len(found)))
        number = max(may_drift or range(len(found)), key=lambda number: found[number].psi)
        part = found[number]
        is_drifted = (
            number in may_drift
            and part.psi >= SMALL_CHANGE
            and part.is_no_chance(n_rows, distribution.rows, false_alarms=false_alarms)
        )
        drifts.append(ColumnDrift(part.psi, is_drifted, column.missing, part, number))
    return drifts


def _part_drift(
    bins: Bins, missing: float, actual: np.ndarray, smallest: tuple[float, float], *, n_training: int
) -> PartDrift:
    """Puts both sides beside each other; in a one-hot block, categories of one training row join the unseen ones."""
    expected = np.array([*bins.shares, missing])
    if bins.edges is None:
        is_single = (expected * n_training).round() == 1
        # Bin 0 is that of the unseen; missing cells are no category.
        is_single[[0, -1]] = False
        expected, actual = (_with_united(shares, is_single) for shares in (expected, actual))
    return PartDrift(bins, expected, actual, smallest)


def _with_united(shares: np.ndarray, is_united: np.ndarray) -> np.ndarray:
    united = np.where(is_united, 0.0, shares)
    united[0] += shares[is_united].sum()
    return united


def chi_square_quantile(probability: float, *, degrees: int) -> float:
    """A quantile of the chi-square distribution (E. B. Wilson and M. M. Hilferty, 1931), on the high side far out.

    Args:
        probability: Between 0.5 and 1.
        degrees: Degrees of freedom; 0 gives infinity, since nothing can vary.

    >>> round(chi_square_quantile(0.999, degrees=10), 1)
    29.8
    """
    if degrees < 1:
        return math.inf
    variance = 2 / (9 * degrees)
    normal = float(normal_quantile(np.array([probability]))[0])
    return degrees * (1.0 - variance + normal * math.sqrt(variance)) ** 3
