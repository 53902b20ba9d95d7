"""Rows divided by what a column says of them: its values, or quarters of its numbers and dates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.sections.date_formats import is_time_of_day
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import DataError
from dltrain.features import Feature, Preprocessing
from dltrain.features.datetimes import DatetimeFeature
from dltrain.table import (
    Table,
    categorical_values,
    datetime_values,
    have_offsets,
    infer_kind,
    integers_from_arrow,
    numeric_values,
)
from dltrain.table.date_text import has_dates

_MOST_NUMBERS: Final = 12
"""More different numbers than this are divided into quarters; twelve months are not."""

_TIME_UNITS: Final = ("m", "s")
_DATE_UNITS: Final = ("D", *_TIME_UNITS)


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
        Groups of equal values, the largest first; many different numbers or dates in four groups of about as many
        rows, in their order; dates with an offset are named in UTC. Rows without a value are a group, the last one
        among equals.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    cells = table.column(column)
    table = table.take(rows, [column])
    if pat.is_temporal(cells.type) and not has_dates(cells.type):
        table = replace(table, columns=pa.table({column: table.column(column).cast(pa.string())}))
    fitted = {feature.name: feature for feature in preprocessing.features}.get(column)
    kind: Kind = "datetime" if has_dates(cells.type) else _kind(table, column, fitted)
    if kind == "datetime":
        date_format = fitted.format if isinstance(fitted, DatetimeFeature) else None
        times = datetime_values(table, column, date_format=date_format)
        if is_time_of_day(date_format):
            times = _shortest(times, _TIME_UNITS)
            return _quarters(times, _time_range) if _is_many(times) else _equal(times, _time_range)
        times, zone = _shortest(times, _DATE_UNITS), " UTC" if _are_moved(table, column, date_format) else ""
        if not _is_many(times):
            return _equal(times, partial(_date_range, zone=zone))
        return _quarters(times, partial(_date_range, zone=zone, unit=_dividing_unit(times)))
    if kind == "numeric":
        values = numeric_values(table, column)
        if _is_many(values):
            return _quarters(values, _range)
    return _values(table, column)


def _shortest(times: np.ndarray, units: Iterable[str]) -> np.ndarray:
    """Instants in the first unit that says them: days, where no row has a time of day."""
    known = times[~np.isnat(times)]
    for unit in units:
        coarse = times.astype(f"datetime64[{unit}]")
        if (coarse[~np.isnat(times)] == known).all():
            return coarse
    return times


def _are_moved(table: Table, column: str, date_format: str | None) -> bool:
    """Whether all instants were given with an offset, so that what is shown is the time in UTC."""
    try:
        return bool(have_offsets(table, column, date_format=date_format))
    except DataError:
        # Some have one and some have not: nothing true can be said of all.
        return False


def _dividing_unit(times: np.ndarray) -> str:
    """The first unit in which each quarter ends before the next one begins."""
    ordered, edges = np.sort(times[~np.isnat(times)]), _edges(times)
    edges = edges[edges < ordered[-1]]
    following = ordered[np.searchsorted(ordered, edges, side="right")]
    for unit in _DATE_UNITS:
        if (edges.astype(f"datetime64[{unit}]") < following.astype(f"datetime64[{unit}]")).all():
            return unit
    return np.datetime_data(times.dtype)[0]


def _is_many(values: np.ndarray) -> bool:
    return np.unique(values[~np.isnan(values)]).size > _MOST_NUMBERS


def _kind(table: Table, column: str, fitted: Feature | None) -> Kind:
    """Whether cells are numbers or dates, whatever the kind of a feature is called."""
    if fitted is not None and fitted.kind in ("categorical", "datetime"):
        return fitted.kind
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
    return _largest_first(_by_code(codes, names))


def _equal(times: np.ndarray, name: Callable[[Any, Any], str]) -> list[RowGroup]:
    """Equal dates."""
    known, codes = np.unique(times, return_inverse=True)
    names = [None if np.isnat(time) else name(time, time) for time in known]
    return _largest_first(_by_code(codes, names))


def _largest_first(groups: list[RowGroup]) -> list[RowGroup]:
    return sorted(groups, key=lambda group: (-group.rows.size, group.name is None, group.name or ""))


def _quarters(values: np.ndarray, name: Callable[[Any, Any], str]) -> list[RowGroup]:
    """Numbers or dates between their quartiles; fewer groups where many are equal."""
    is_known, edges = ~np.isnan(values), _edges(values)
    codes = np.where(is_known, np.searchsorted(edges, values), edges.size + 1)
    names: list[str | None] = []
    for code in range(edges.size + 1):
        inside = values[codes == code]
        names.append(name(inside.min(), inside.max()) if inside.size else "")
    return _by_code(codes, [*names, None])


def _edges(values: np.ndarray) -> np.ndarray:
    """The last value of each quarter but the last one; fewer where many are equal."""
    ordered = np.sort(values[~np.isnan(values)])
    return np.unique(ordered[-(-np.arange(1, 4) * ordered.size // 4) - 1])


def _date_range(first: np.datetime64, last: np.datetime64, *, zone: str, unit: str | None = None) -> str:
    """The first and the last date of a group.

    Args:
        first: The first one.
        last: The last one.
        zone: What stands behind them.
        unit: The finest that is shown; None for that of the dates.

    >>> _date_range(np.datetime64("2024-01-31T08:30"), np.datetime64("2024-03-01T12:00"), zone=" UTC", unit="D")
    '2024-01-31 to 2024-03-01 UTC'
    """
    dates = [str(date if unit is None else date.astype(f"datetime64[{unit}]")) for date in (first, last)]
    return " to ".join(dict.fromkeys(dates)) + zone


def _time_range(first: np.datetime64, last: np.datetime64) -> str:
    """The same for times of day.

    >>> _time_range(np.datetime64("1900-01-01T08:30"), np.datetime64("1900-01-01T12:00"))
    '08:30 to 12:00'
    """
    times = [str(instant).partition("T")[2] for instant in (first, last)]
    return times[0] if first == last else " to ".join(times)


def _range(least: float, most: float) -> str:
    """The smallest and the largest number of a group, in digits that tell it from its neighbours.

    >>> _range(17.0, 28.0), _range(0.0, 0.0), _range(48123.456, 1e6)
    ('17 to 28', '0', '48123.456 to 1000000')
    """
    numbers = (float(least), float(most))
    shown = [f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value!r}" for value in numbers]
    return shown[0] if least == most else " to ".join(shown)


def _by_code(codes: np.ndarray, names: list[str | None]) -> list[RowGroup]:
    """The rows of every code that occurs, int64 and ascending."""
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(codes, minlength=len(names)))[:-1])
    return [RowGroup(name, rows) for name, rows in zip(names, parts, strict=True) if rows.size]
