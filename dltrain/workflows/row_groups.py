"""Rows divided by what a column says of them: its values, or quarters of its numbers."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.preprocessing import Kind
from dltrain.errors import DataError
from dltrain.features import Preprocessing
from dltrain.table import Table, categorical_values, infer_kind, integers_from_arrow, numeric_values

_MOST_NUMBERS: Final = 12
"""More different numbers than this are divided into quarters; twelve months are not."""


@dataclass(frozen=True)
class RowGroup:
    """Rows that belong together.

    Attributes:
        name: The value that they share, or the range of their numbers; None where the value is missing.
        rows: int64, positions among the rows that were divided.
    """

    name: str | None
    rows: np.ndarray


def group_rows(table: Table, rows: np.ndarray, column: str, preprocessing: Preprocessing) -> list[RowGroup]:
    """Divides rows of a table by a column.

    Args:
        table: The table.
        rows: int64 `(n,)`, positions in the table.
        column: Its column, a feature or not.
        preprocessing: Says which features are categories.

    Returns:
        Groups of equal values, the largest first; numbers of many different values in four groups of about as many
        rows, in their order. Rows without a value are a group, the last one among equals.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    is_temporal = pat.is_temporal(table.column(column).type)
    table = table.take(rows, [column])
    if is_temporal:
        table = replace(table, columns=pa.table({column: table.column(column).cast(pa.string())}))
    kinds = {feature.name: feature.kind for feature in preprocessing.features}
    if _kind(table, column, kinds.get(column)) == "numeric":
        values = numeric_values(table, column)
        if np.unique(values[~np.isnan(values)]).size > _MOST_NUMBERS:
            return _quarters(values)
    return _values(table, column)


def _kind(table: Table, column: str, fitted: Kind | None) -> Kind:
    """Whether cells are numbers, whatever the kind of a feature is called."""
    if fitted == "categorical":
        return "categorical"
    # Not infer_kind alone: it complains about columns that nobody wants to compute with.
    table.value_column(column)
    try:
        return infer_kind(table, column)
    except DataError:
        return "categorical"


def _values(table: Table, column: str) -> list[RowGroup]:
    cells = categorical_values(table, column)
    names: list[str | None] = [*cells.dictionary.to_pylist(), None]
    codes = integers_from_arrow(cells.indices, missing=len(names) - 1)
    groups = _by_code(codes, names)
    return sorted(groups, key=lambda group: (-group.rows.size, group.name is None, group.name or ""))


def _quarters(values: np.ndarray) -> list[RowGroup]:
    """Numbers between their quartiles; fewer groups where many are equal."""
    is_known = ~np.isnan(values)
    edges = np.unique(np.quantile(values[is_known], [0.25, 0.5, 0.75], method="inverted_cdf"))
    codes = np.where(is_known, np.searchsorted(edges, values), edges.size + 1)
    names: list[str | None] = []
    for code in range(edges.size + 1):
        inside = values[codes == code]
        names.append(_range(float(inside.min()), float(inside.max())) if inside.size else "")
    return _by_code(codes, [*names, None])


def _range(least: float, most: float) -> str:
    """The smallest and the largest number of a group, in digits that tell it from its neighbours.

    >>> _range(17.0, 28.0), _range(0.0, 0.0), _range(48123.456, 1e6)
    ('17 to 28', '0', '48123.456 to 1000000')
    """
    shown = [f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value!r}" for value in (least, most)]
    return shown[0] if least == most else " to ".join(shown)


def _by_code(codes: np.ndarray, names: list[str | None]) -> list[RowGroup]:
    """The rows of every code that occurs, int64 and ascending."""
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(codes, minlength=len(names)))[:-1])
    return [RowGroup(name, rows) for name, rows in zip(names, parts, strict=True) if rows.size]
