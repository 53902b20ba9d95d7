"""What kind of column it is, judged by its cells."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.sections.data import NumberFormat
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import DataError, escaped
from dltrain.table.bad_cells import bad_cells_error, bad_dates_error, is_missing_marker
from dltrain.table.date_text import are_iso_dates, has_dates, parse_iso_dates
from dltrain.table.number_text import has_codes, is_number_text, parse_numbers
from dltrain.table.numpy_arrow import arrow_from_numpy, numpy_from_arrow, text_array
from dltrain.table.table import Table

_NEARLY_ALL: Final = 0.9
_MANY_VALUES: Final = 10
_ROWS_AT_ONCE: Final = 65_536
_LOOKED_AT: Final = 1_000
_TRUTHS: Final = text_array(["true", "false"])


def infer_kind(table: Table, name: str) -> Kind:
    """Judges a column by all of its cells.

    boolean: every cell is true or false, in any case. numeric: every cell is a number, and none has a leading zero
    as codes do (007). datetime: every cell is an ISO date with month and day. categorical: everything else.

    Raises:
        DataError: There is no such column, it has no values, its type cannot be used, or nearly all of its many
            values are numbers or dates: making categories of them would be silently wrong.
    """
    column = table.column(name)
    if not has_dates(column.type):
        column = table.value_column(name)
    if column.null_count == len(column):
        raise DataError(
            f"{table.source}: column '{escaped(name)}': expected values, every cell is missing",
            hint=f"leave the column out: data.drop: [{escaped(name)}]",
        )
    if has_dates(column.type):
        return "datetime"
    if pat.is_boolean(column.type):
        return "boolean"
    if pat.is_float64(column.type):
        return "numeric"
    if is_boolean_text(column):
        return "boolean"
    if has_codes(column):
        return "categorical"
    if is_number_text(column, table.texts.numbers):
        return "numeric"
    if _is_nearly_numeric(column, table.texts.numbers):
        raise bad_cells_error(table, name, parse_numbers(column, table.texts.numbers).is_bad, expected="a number")
    return "datetime" if _holds_dates(table, name, column) else "categorical"


def is_boolean_text(texts: pa.ChunkedArray) -> bool:
    """Whether every cell that is not missing says true or false, in any case."""
    # Bit by bit, because most columns show at once that they do not.
    return all(
        pc.all(pc.is_in(pc.utf8_lower(pc.ascii_trim_whitespace(part)), value_set=_TRUTHS), min_count=0).as_py()
        for part in (texts.slice(start, _ROWS_AT_ONCE).drop_null() for start in range(0, len(texts), _ROWS_AT_ONCE))
    )


def _holds_dates(table: Table, name: str, texts: pa.ChunkedArray) -> bool:
    """Whether all cells are ISO dates.

    Raises:
        DataError: Nearly all of many values are.
    """
    # Most columns of text show at once that they hold no dates. Rows in order of time may begin without any.
    some = texts.take(arrow_from_numpy(np.linspace(0, len(texts) - 1, min(len(texts), _LOOKED_AT)).astype(np.int64)))
    if not pc.any(are_iso_dates(some)).as_py() and some.null_count < len(some):
        return False
    values, counts = texts.drop_null().value_counts().flatten()
    is_bad = parse_iso_dates(values).is_bad
    if not is_bad.any():
        return True
    if not _are_nearly_all(values, numpy_from_arrow(counts), is_bad):
        return False
    bad_texts = values.take(arrow_from_numpy(np.flatnonzero(is_bad)))
    raise bad_dates_error(table, name, numpy_from_arrow(pc.is_in(texts, value_set=bad_texts)), date_format=None)


def _is_nearly_numeric(texts: pa.ChunkedArray, numbers: NumberFormat) -> bool:
    """Whether nearly all cells that mean something are numbers, and there are too many values for categories."""
    values, counts = texts.drop_null().value_counts().flatten()
    is_bad = parse_numbers(pa.chunked_array([values]), numbers).is_bad
    return _are_nearly_all(values, numpy_from_arrow(counts), is_bad)


def _are_nearly_all(values: pa.Array, n_cells: np.ndarray, is_bad: np.ndarray) -> bool:
    """Whether nearly all cells that mean something are good, and there are too many values for categories.

    Args:
        values: Different texts.
        n_cells: int `(n,)`, the cells of each.
        is_bad: bool `(n,)`, the texts that are not good.
    """
    if len(values) <= _MANY_VALUES:
        return False
    is_marker = is_bad & numpy_from_arrow(is_missing_marker(values))
    n_good, n_others = n_cells[~is_bad].sum(), n_cells[is_bad & ~is_marker].sum()
    return bool(n_good >= _NEARLY_ALL * (n_good + n_others))
