"""Missing cells: where they are no option, where a training row has to have a value, and the number that says so."""

from typing import Final

import numpy as np

from dltrain.errors import DataError, escaped
from dltrain.table import Table, row_places

NEVER_FILLED: Final = ("error", "drop")
"""The values of `impute` with which nothing replaces a missing value."""

_SHOWN: Final = 5


def indicator_names(name: str, has_indicator: bool) -> tuple[str, ...]:
    """The name of the number that says whether a cell is missing, if there is one."""
    return (f"{name}=(missing)",) if has_indicator else ()


def with_indicator(numbers: np.ndarray, is_missing: np.ndarray | None, has_indicator: bool) -> np.ndarray:
    """Puts the number that says whether a cell is missing below those of a column, if there is one.

    Args:
        numbers: float32 `(n_rows,)` or `(n_numbers, n_rows)`.
        is_missing: bool `(n_rows,)`; None when no cell is.
        has_indicator: Whether there is one.
    """
    if not has_indicator:
        return numbers
    indicator = np.zeros(numbers.shape[-1], np.float32) if is_missing is None else is_missing.astype(np.float32)
    return np.vstack([numbers, indicator])


def check_complete(table: Table, name: str, is_missing: np.ndarray | None, *, impute: str) -> None:
    """Refuses missing cells of a column for which nothing says what they mean.

    Args:
        table: The table.
        name: The column.
        is_missing: bool `(n_rows,)`; None when no cell is.
        impute: error or drop; nothing is refused otherwise. A fit with drop has left such rows out before.

    Raises:
        DataError: Some cells are missing; the message names the first five.
    """
    if is_missing is None or impute not in NEVER_FILLED:
        return
    rows = np.flatnonzero(is_missing)
    why = "" if impute == "error" else ", the run was fitted without such rows"
    lines = [
        f"{place}: column '{escaped(name)}': expected a value (impute: {impute}), got an empty cell{why}"
        for place in row_places(table, rows[:_SHOWN].tolist())
    ]
    if rows.size > _SHOWN:
        lines.append(f"and {rows.size - _SHOWN:,} more of {table.extent('cells')}")
    raise DataError("\n".join(lines), hint="fill the cell in" if rows.size == 1 else "fill the cells in")


def no_values_error(table: Table, name: str, impute: str) -> DataError:
    """The error for a column without a single value in the training rows."""
    return DataError(
        f"{table.source}: column '{name}': impute: {impute} needs a value in a training row, all are missing",
        hint=f"leave the column out: data.drop: [{name}]",
    )
