"""Which rows a bootstrap draws from, and how often.

How often a unit is drawn is a Poisson number, which is what drawing all of them again with replacement comes to (Hanley
and MacGibbon 2006). A unit is a row, or a group of rows that belong together: those are drawn together (the cluster
bootstrap; Davison and Hinkley 1997, section 3.8).

Of very many rows, a part stands for all: those that a metric may hang on, which are the largest errors and the rows of
rare classes, stand for themselves, and of the others every chosen unit stands for k, as if each of those were drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from dltrain.scoring.row_values import absolute_errors, log_losses, relative_errors

MAX_ROWS: Final = 4_000
"""Of more rows, about so many are drawn from, besides those with the largest errors."""
_MOST_GROUPED_ROWS: Final = 4 * MAX_ROWS
_N_LARGEST: Final = 500
"""Units with the largest errors of a kind, which stand for themselves."""
SEED: Final = 20_240_229
_LEVELS: Final = (np.arange(2**16) + 0.5) / 2**16
"""The middle of every 65,536th part of [0, 1]."""


@dataclass(frozen=True)
class Draws:
    """What is drawn from.

    Attributes:
        rows: int64 `(n,)`, positions of the rows that are drawn from.
        weight: float64 `(n,)`, theirs.
        unit: int64 `(n,)`, from 0: rows of one unit are drawn together; None when every row is one.
        stands_for: float64 `(n_units,)`, for how many units each one stands; None when for itself alone.
    """

    rows: np.ndarray
    weight: np.ndarray
    unit: np.ndarray | None
    stands_for: np.ndarray | None

    @property
    def n_units(self) -> int:
        """How many units there are."""
        if self.stands_for is not None:
            return len(self.stands_for)
        return len(self.rows) if self.unit is None else int(self.unit.max()) + 1

    def expected(self) -> np.ndarray:
        """The weights of all draws on average, float64 `(1, n)`."""
        return self._weights(np.ones((1, self.n_units)) if self.stands_for is None else self.stands_for[np.newaxis])

    def draw(self, n_draws: int, seed: Sequence[int]) -> np.ndarray:
        """The weights of some draws, float64 `(n_draws, n)`."""
        levels = np.random.default_rng(seed).integers(0, 2**16, (n_draws, self.n_units), np.uint16)
        if self.stands_for is None:
            return self._weights(_OF_MEAN_1[levels])
        counts = np.empty(levels.shape)
        for mean, numbers in self._numbers.items():
            is_drawn = self.stands_for == mean
            counts[:, is_drawn] = numbers[levels[:, is_drawn]]
        return self._weights(counts)

    @cached_property
    def _numbers(self) -> dict[float, np.ndarray]:
        """Poisson numbers for every mean there is."""
        assert self.stands_for is not None  # noqa: S101 - asked for where there is one
        return {mean: poisson_numbers(mean) for mean in np.unique(self.stands_for).tolist()}

    def _weights(self, counts: np.ndarray) -> np.ndarray:
        weights: np.ndarray = (counts if self.unit is None else counts[:, self.unit]) * self.weight
        return weights


def poisson_numbers(mean: float) -> np.ndarray:
    """Poisson numbers for equally probable 16 bits, float64 `(65_536,)`.

    Args:
        mean: At least 1.
    """
    reach = 12 * np.sqrt(mean)
    least, most = max(0, int(mean - reach)), int(mean + reach) + 1
    log_factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])
    numbers = np.arange(least, most + 1)
    probabilities = np.exp(numbers * np.log(mean) - mean - log_factorials[numbers])
    return np.asarray(least + np.searchsorted(np.cumsum(probabilities), _LEVELS), np.float64)


_OF_MEAN_1: Final = poisson_numbers(1.0)


def choose_draws(
    y_true: np.ndarray, predictions: Sequence[np.ndarray], weight: np.ndarray, group: np.ndarray | None = None
) -> Draws:
    """What a bootstrap of metrics draws from.

    Args:
        y_true: `(n,)`: float64 numbers, or int64 codes of classes.
        predictions: Of these rows, float64 `(n,)` or `(n, n_classes)` each.
        weight: float64 `(n,)`, > 0.
        group: int64 `(n,)` from 0, every number below the largest there too: rows of one group are one unit.
    """
    n_rows = len(y_true)
    if n_rows <= MAX_ROWS:
        return Draws(np.arange(n_rows), weight, group, None)
    unit = np.arange(n_rows) if group is None else group
    n_units = int(unit.max()) + 1
    stands_for = np.zeros(n_units)
    stands_for[_with_largest_errors(y_true, predictions, weight, unit, n_units)] = 1.0
    others = np.flatnonzero(stands_for == 0)
    if not others.size:
        return Draws(np.arange(n_rows), weight, group, None)
    rng = np.random.default_rng(SEED)
    strata = [others]
    if group is None and predictions[0].ndim == 2:
        strata = [others[y_true[others] == code] for code in np.unique(y_true[others])]
    # Groups have several rows; of each class, enough to know it by.
    n_wanted = MAX_ROWS * n_units / n_rows
    for stratum in strata:
        n_chosen = min(len(stratum), int(max(n_wanted * len(stratum) / len(others), n_wanted / (2 * len(strata)))) + 1)
        chosen = rng.choice(stratum, n_chosen, replace=False, shuffle=False)
        stands_for[chosen] = len(stratum) / max(1, n_chosen)
    rows = np.flatnonzero(stands_for[unit] > 0)
    kept = np.unique(unit[rows])
    if group is None:
        return Draws(rows, weight[rows], None, stands_for[kept])
    rows, weight = _some_rows(rows, weight[rows], _errors(y_true[rows], [part[rows] for part in predictions]), rng)
    return Draws(rows, weight, np.searchsorted(kept, unit[rows]), stands_for[kept])


def _some_rows(
    rows: np.ndarray, weight: np.ndarray, errors: Sequence[np.ndarray], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A part of the rows of large groups, and their weights: the chosen ones of the others weigh as much as all."""
    if len(rows) <= _MOST_GROUPED_ROWS:
        return rows, weight
    is_chosen = np.zeros(len(rows), bool)
    for size in errors:
        is_chosen[np.argpartition(-weight * size, _N_LARGEST)[:_N_LARGEST]] = True
    others = np.flatnonzero(~is_chosen)
    n_chosen = _MOST_GROUPED_ROWS - int(is_chosen.sum())
    chosen = rng.choice(others, n_chosen, replace=False, shuffle=False)
    weight = weight.copy()
    weight[chosen] *= np.sum(weight[others]) / np.sum(weight[chosen])
    is_chosen[chosen] = True
    return rows[is_chosen], weight[is_chosen]


def _with_largest_errors(
    y_true: np.ndarray, predictions: Sequence[np.ndarray], weight: np.ndarray, unit: np.ndarray, n_units: int
) -> np.ndarray:
    """The units that means of errors hang on, int64."""
    sizes = _errors(y_true, predictions)
    n_largest = min(_N_LARGEST, max(1, n_units // 8))
    sums = [np.bincount(unit, weight * size, n_units) for size in sizes]
    return np.unique(np.concatenate([np.argpartition(-of_unit, n_largest - 1)[:n_largest] for of_unit in sums]))


def _errors(y_true: np.ndarray, predictions: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What a row contributes to metrics that are means of errors, one array of each kind."""
    if predictions[0].ndim == 2:
        return [log_losses(y_true, predicted) for predicted in predictions]
    sizes = [np.abs(y_true - np.median(y_true))]
    for predicted in predictions:
        sizes += [absolute_errors(y_true, predicted), relative_errors(y_true, predicted)]
    return sizes
