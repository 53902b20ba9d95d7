"""The instants of a column, whatever kind of file they come from."""

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.data import NumberFormat
from dltrain.table.bad_cells import bad_dates_error
from dltrain.table.date_text import ParsedDates, has_dates, instants, parse_formatted_dates, parse_iso_dates
from dltrain.table.numpy_arrow import integers_from_arrow
from dltrain.table.table import Table
from dltrain.table.values import category_texts, text_cells


def datetime_values(table: Table, name: str, *, date_format: str | None = None) -> np.ndarray:
    """The instants of a column: Arrow dates and timestamps, ISO texts, or texts of a declared format.

    Args:
        table: Holds the column.
        name: The column.
        date_format: What texts look like, as in `datetime.strptime`; None for ISO dates.

    Returns:
        datetime64[us] `(n_rows,)` in UTC; NaT where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are no dates.
    """
    column = table.column(name)
    if has_dates(column.type):
        zone = column.type.tz if pat.is_timestamp(column.type) else None
        microseconds = column.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64())
        return instants(microseconds.combine_chunks())
    cells = text_cells(table, name)
    texts = cells.dictionary
    parsed = parse_iso_dates(texts) if date_format is None else _formatted(texts, date_format, table.texts.numbers)
    places = integers_from_arrow(cells.indices, missing=len(texts))
    if parsed.is_bad.any():
        raise bad_dates_error(table, name, np.append(parsed.is_bad, False)[places], date_format=date_format)
    values: np.ndarray = np.append(parsed.values, np.datetime64("NaT"))[places]
    return values


def _formatted(texts: pa.Array, date_format: str, numbers: NumberFormat) -> ParsedDates:
    """Reads dates of a format; 20240131.0 is 20240131 to one that has no place for the fraction."""
    found = parse_formatted_dates(texts, date_format)
    shorter = category_texts(texts, numbers) if found.is_bad.any() else texts
    if shorter is texts:
        return found
    others = parse_formatted_dates(shorter, date_format)
    return ParsedDates(np.where(found.is_bad, others.values, found.values), found.is_bad & others.is_bad)
