"""Pairs of columns whose sum or difference is the target."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from dltrain.config import Config
from dltrain.errors import quoted_list
from dltrain.profiling import changes
from dltrain.profiling.finding import Finding

_MOST_COLUMNS: Final = 300
_MOST_ROWS: Final = 500
_LEAST_ROWS: Final = 30
_NEARLY_ALL: Final = 0.99
_ROUNDING: Final = 1e-6
"""Of the largest target: what sums of rounded numbers may differ by."""


class _Pair(NamedTuple):
    """Two columns that give the target: the first and the second together, or the first less the second."""

    first: str
    second: str
    is_sum: bool


def sum_findings(columns: Mapping[str, np.ndarray], y: np.ndarray, target: str, config: Config) -> list[Finding]:
    """What is known of the target when two columns are.

    Args:
        columns: Name → float64 `(n,)`, NaN where missing; none of them gives the target away alone.
        y: float64 `(n,)`, the target.
        target: Its name.
        config: What the changes are for.
    """
    n_rows = min(_MOST_ROWS, y.size)
    if n_rows < _LEAST_ROWS or not 2 <= len(columns) <= _MOST_COLUMNS:
        return []
    # Sums of huge numbers are infinite, and near to nothing.
    with np.errstate(over="ignore", invalid="ignore"):
        pairs = _pairs({name: values[:n_rows] for name, values in columns.items()}, y[:n_rows])
    return [
        Finding(
            "warning",
            "leak",
            name,
            f"{_words(pair, name, target)}: are both known before '{target}' is?",
            changes.drop(config, [name]),
        )
        for pair in pairs
        for name in (pair.first, pair.second)
    ]


def _pairs(columns: Mapping[str, np.ndarray], y: np.ndarray) -> list[_Pair]:
    """The pairs that give the target in nearly all rows; a column is in one of them at most."""
    names, matrix = list(columns), np.column_stack(list(columns.values()))
    allowed = _ROUNDING * max(1e-300, float(np.abs(y).max()))
    # A column of nearly nothing but zeros adds nothing.
    is_useful = np.mean(np.abs(matrix) <= allowed, axis=0) < 1 - _NEARLY_ALL / 2
    found: list[_Pair] = []
    taken: set[int] = set()
    for first in np.flatnonzero(is_useful).tolist():
        for is_sum, needed in ((True, y - matrix[:, first]), (False, matrix[:, first] - y)):
            share = np.mean(np.abs(matrix - needed[:, np.newaxis]) <= allowed, axis=0)
            fitting = [place for place in np.flatnonzero((share >= _NEARLY_ALL) & is_useful).tolist() if place != first]
            if fitting and not {first, fitting[0]} & taken:
                found.append(_Pair(names[first], names[fitting[0]], is_sum))
                taken |= {first, fitting[0]}
    return found


def _words(pair: _Pair, name: str, target: str) -> str:
    if pair.is_sum:
        return f"it and {quoted_list([pair.second if name == pair.first else pair.first])} add up to '{target}'"
    if name == pair.first:
        return f"it less {quoted_list([pair.second])} is '{target}'"
    return f"{quoted_list([pair.first])} less it is '{target}'"
