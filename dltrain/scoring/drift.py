"""How far predicted rows have drifted from those of training: the population stability index of every column.

PSI = Σ (a - e) · ln(a / e) over the bins of a column, where e is the share of the training rows in a bin and a that of
the rows to predict (N. Siddiqi, Credit Risk Scorecards, 2006). Below 0.1 it usually counts as little change, above
0.25 as a large one. Few rows differ from training by chance: without drift, PSI / (1/n + 1/m) of n rows and m training
rows is about chi-square distributed with one degree of freedom less than there are bins (B. Yurdakul and J. Naranjo,
Statistical properties of the population stability index, 2020). So a column counts as drifted when its PSI is at least
0.1, and also more than chance gives in one of a thousand tables.
"""

import math
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

    @property
    def n_used(self) -> int:
        """Bins that hold rows of either side."""
        return int(np.count_nonzero(self.expected + self.actual))


@dataclass(frozen=True)
class ColumnDrift:
    """How far a column has drifted.

    Attributes:
        psi: The population stability index; of a column that becomes several numbers, the largest.
        is_drifted: Whether it is large, and more than chance gives.
        training_missing: Share of the training rows without a value.
        part: What has drifted most.
        n_part: Its number among those of the column.
    """

    psi: float
    is_drifted: bool
    training_missing: float
    part: PartDrift
    n_part: int


def column_drifts(distribution: Distribution, counts: np.ndarray) -> list[ColumnDrift]:
    """Compares rows with those of training.

    Args:
        distribution: Of the training rows.
        counts: int64, what `Distribution.count` gives for the rows, at least one.

    Returns:
        The drift of every column, in the order of the features.
    """
    columns = distribution.divided(counts)
    n_rows = int(columns[0][0].sum())
    smallest = max(_SMALLEST_SHARE, 0.5 / distribution.rows), max(_SMALLEST_SHARE, 0.5 / n_rows)
    scale = 1 / n_rows + 1 / distribution.rows
    probability = 1 - _FALSE_ALARMS / sum(len(parts) for parts in columns)
    drifts = []
    for column, parts in zip(distribution.columns, columns, strict=True):
        found = [
            PartDrift(bins, np.array([*bins.shares, column.missing]), of_part / n_rows, smallest)
            for bins, of_part in zip(column.parts, parts, strict=True)
        ]
        largest = max(range(len(found)), key=lambda part: found[part].psi)
        part = found[largest]
        chance = scale * chi_square_quantile(probability, degrees=part.n_used - 1)
        is_drifted = part.psi >= SMALL_CHANGE and part.psi > chance
        drifts.append(ColumnDrift(part.psi, is_drifted, column.missing, part, largest))
    return drifts


def chi_square_quantile(probability: float, *, degrees: int) -> float:
    """A quantile of the chi-square distribution (E. B. Wilson and M. M. Hilferty, 1931), on the high side far out.

    Args:
        probability: Between 0.5 and 1.
        degrees: Degrees of freedom; 0 gives 0.

    >>> round(chi_square_quantile(0.999, degrees=10), 1)
    29.6
    """
    if degrees < 1:
        return 0.0
    variance = 2 / (9 * degrees)
    normal = float(normal_quantile(np.array([probability]))[0])
    return degrees * (1.0 - variance + normal * math.sqrt(variance)) ** 3
