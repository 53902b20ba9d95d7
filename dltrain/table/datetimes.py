"""The instants of a column, whatever kind of file they come from."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.sections.data import NumberFormat
from dltrain.table.bad_cells import bad_cells_error, bad_dates_error
from dltrain.table.date_text import (
    ParsedDates,
    has_dates,
    have_offset,
    have_time,
    instants,
    parse_formatted_dates,
    parse_iso_dates,
)
from dltrain.table.numpy_arrow import integers_from_arrow, numpy_from_arrow
from dltrain.table.table import Table
from dltrain.table.values import category_texts, text_cells

_FIRST_DAY: Final = np.datetime64("0001-01-01", "D")
_LAST_DAY: Final = np.datetime64("9999-12-31", "D")


def datetime_values(table: Table, name: str, *, date_format: str | None = None) -> np.ndarray:
    """The instants of a column: Arrow dates and timestamps, ISO texts, or texts of a declared format.

    Args:
        table: Holds the column.
        name: The column.
        date_format: What texts look like, as in `datetime.strptime`; None for ISO dates.

    Returns:
        datetime64[us] `(n_rows,)` in UTC; NaT where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are no dates of the years 1 to 9999.
    """
    column = table.column(name)
    found = _stored(column) if has_dates(column.type) else _read(table, name, date_format)
    days = found.astype("datetime64[D]")
    is_beyond = (days < _FIRST_DAY) | (days > _LAST_DAY)
    if is_beyond.any():
        expected, hint = "a date of the years 1 to 9999", "times with an offset are moved to UTC"
        raise bad_cells_error(table, name, is_beyond, expected=expected, hint=hint)
    return found.astype("datetime64[us]")


def are_dates(table: Table, name: str, *, date_format: str | None = None) -> np.ndarray:
    """Which cells of a column of texts or numbers are dates, bool `(n_rows,)`; missing ones are none.

    Args:
        table: Holds the column.
        name: The column.
        date_format: What texts look like; None for ISO dates.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    is_date: np.ndarray = ~np.isnat(_parsed(table, name, date_format).values)
    return is_date


def have_offsets(
    table: Table, name: str, *, date_format: str | None = None, expected: bool | None = None
) -> bool | None:
    """Whether the times of a column say how far they are from UTC: those that do are moved there, others stay.

    Args:
        table: Holds the column.
        name: The column.
        date_format: What texts look like; None for ISO dates.
        expected: What it should be; None for either.

    Returns:
        None where no cell is known.

    Raises:
        DataError: Some cells are not as expected, or not as most others are.
    """
    column = table.column(name)
    if column.null_count == len(column):
        return None
    is_stored = pat.is_timestamp(column.type) and column.type.tz is not None
    are = _which(table, name, date_format, is_stored=is_stored, codes=("%z",), of_iso=have_offset)
    is_known = numpy_from_arrow(column.is_valid())
    n_known, n_with = int(is_known.sum()), int(are[is_known].sum())
    first = bool(are[np.argmax(is_known)])
    most = first if 2 * n_with == n_known else 2 * n_with > n_known
    wanted = most if expected is None else expected
    is_bad = is_known & (are != wanted)
    if is_bad.any():
        text = "a time with an offset such as +01:00" if wanted else "a time without an offset from UTC"
        n_others = n_known - int(is_bad.sum())
        others = "all others" if n_others == n_known - 1 else f"{n_others:,} of {n_known:,} cells"
        as_others = f"as {others} have" if expected is None else "as in training"
        hint = "offsets move times to UTC, so both in one column would not mean the same"
        raise bad_cells_error(table, name, is_bad, expected=f"{text}, {as_others}", hint=hint)
    return wanted


def have_times(table: Table, name: str, *, date_format: str | None = None, expected: bool = False) -> bool:
    """Whether all dates of a column have a time of day.

    Args:
        table: Holds the column.
        name: The column.
        date_format: What texts look like; None for ISO dates.
        expected: Whether they have to.

    Returns:
        False where no cell is known.

    Raises:
        DataError: Some cells are not as expected.
    """
    column = table.column(name)
    is_stored = pat.is_timestamp(column.type)
    are = _which(table, name, date_format, is_stored=is_stored, codes=("%H", "%I"), of_iso=have_time)
    is_known = numpy_from_arrow(column.is_valid())
    is_bad = is_known & ~are
    if expected and is_bad.any():
        hint = "a date alone would be taken for midnight"
        raise bad_cells_error(table, name, is_bad, expected="a date with a time of day, as in training", hint=hint)
    return bool(is_known.any() and not is_bad.any())


def _which(
    table: Table,
    name: str,
    date_format: str | None,
    *,
    is_stored: bool,
    codes: Sequence[str],
    of_iso: Callable[[pa.Array], np.ndarray],
) -> np.ndarray:
    """Which dates say something that dates need not say, bool `(n,)`; those that are missing do not.

    Args:
        table: Holds the column.
        name: The column.
        date_format: What texts look like; None for ISO dates.
        is_stored: Whether a column of dates, as Parquet files have them, says it.
        codes: Of a format that says it, one of them.
        of_iso: Which ISO dates say it.
    """
    column = table.column(name)
    if has_dates(column.type):
        return np.full(len(column), is_stored)
    if date_format is not None:
        return np.full(len(column), any(code in date_format for code in codes))
    cells = text_cells(table, name)
    of_cells: np.ndarray = np.append(of_iso(cells.dictionary), False)[integers_from_arrow(cells.indices, missing=-1)]
    return of_cells


def _stored(column: pa.ChunkedArray) -> np.ndarray:
    """Arrow dates and timestamps as datetime64 of their own unit: microseconds cannot count all years of some."""
    times = column.cast(pa.timestamp("s")) if pat.is_date32(column.type) else column
    unit = times.type.unit if pat.is_timestamp(times.type) else "ms"
    return instants(times.cast(pa.int64()).combine_chunks()).view(f"datetime64[{unit}]")


def _read(table: Table, name: str, date_format: str | None) -> np.ndarray:
    """The instants that the texts of a column mean."""
    parsed = _parsed(table, name, date_format)
    if parsed.is_bad.any():
        raise bad_dates_error(table, name, parsed.is_bad, date_format=date_format)
    return parsed.values


def _parsed(table: Table, name: str, date_format: str | None) -> ParsedDates:
    """The instants of all cells of a column, as far as they are some."""
    cells = text_cells(table, name)
    texts = cells.dictionary
    parsed = parse_iso_dates(texts) if date_format is None else _formatted(texts, date_format, table.texts.numbers)
    places = integers_from_arrow(cells.indices, missing=len(texts))
    return ParsedDates(np.append(parsed.values, np.datetime64("NaT"))[places], np.append(parsed.is_bad, False)[places])


def _formatted(texts: pa.Array, date_format: str, numbers: NumberFormat) -> ParsedDates:
    """Reads dates of a format; 20240131.0 is 20240131 to one that has no place for the fraction."""
    found = parse_formatted_dates(texts, date_format)
    shorter = category_texts(texts, numbers) if found.is_bad.any() else texts
    if shorter is texts:
        return found
    others = parse_formatted_dates(shorter, date_format)
    return ParsedDates(np.where(found.is_bad, others.values, found.values), found.is_bad & others.is_bad)
