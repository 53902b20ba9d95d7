"""What kind of column it is, judged by its cells."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.preprocessing import Kind
from dltrain.errors import DataError, escaped
from dltrain.table.bad_cells import bad_cells_error, is_missing_marker
from dltrain.table.number_text import has_codes, is_number_text, parse_numbers
from dltrain.table.numpy_arrow import numpy_from_arrow, text_array
from dltrain.table.table import Table

_NEARLY_ALL: Final = 0.9
_MANY_VALUES: Final = 10
_ROWS_AT_ONCE: Final = 65_536
_TRUTHS: Final = text_array(["true", "false"])


def infer_kind(table: Table, name: str) -> Kind:
    """Judges a column by all of its cells.

    boolean: every cell is true or false, in any case. numeric: every cell is a number, and none has a leading zero
    as codes do (007). categorical: everything else.

    Raises:
        DataError: There is no such column, it has no values, its type cannot be used, or nearly all of its many
            values are numbers: making categories of them would be silently wrong.
    """
    column = table.value_column(name)
    if column.null_count == len(column):
        raise DataError(
            f"{table.source}: column '{escaped(name)}': expected values, every cell is missing",
            hint=f"leave the column out: data.drop: [{escaped(name)}]",
        )
    if pat.is_boolean(column.type):
        return "boolean"
    if pat.is_float64(column.type):
        return "numeric"
    if is_boolean_text(column):
        return "boolean"
    if has_codes(column):
        return "categorical"
    if is_number_text(column):
        return "numeric"
    if _is_nearly_numeric(column):
        raise bad_cells_error(table, name, parse_numbers(column).is_bad, expected="a number")
    return "categorical"


def is_boolean_text(texts: pa.ChunkedArray) -> bool:
    """Whether every cell that is not missing says true or false, in any case."""
    # Bit by bit, because most columns show at once that they do not.
    return all(
        pc.all(pc.is_in(pc.utf8_lower(pc.ascii_trim_whitespace(part)), value_set=_TRUTHS), min_count=0).as_py()
        for part in (texts.slice(start, _ROWS_AT_ONCE).drop_null() for start in range(0, len(texts), _ROWS_AT_ONCE))
    )


def _is_nearly_numeric(texts: pa.ChunkedArray) -> bool:
    """Whether nearly all cells that mean something are numbers, and there are too many values for categories."""
    values, counts = texts.drop_null().value_counts().flatten()
    if len(values) <= _MANY_VALUES:
        return False
    is_bad = parse_numbers(pa.chunked_array([values])).is_bad
    is_marker = is_bad & numpy_from_arrow(is_missing_marker(values))
    n_cells = numpy_from_arrow(counts)
    n_numbers, n_others = n_cells[~is_bad].sum(), n_cells[is_bad & ~is_marker].sum()
    return bool(n_numbers >= _NEARLY_ALL * (n_numbers + n_others))
