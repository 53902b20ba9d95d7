"""What kind of column it is, judged by its cells."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.preprocessing import Kind
from dltrain.errors import DataError
from dltrain.table.bad_cells import bad_cells_error, is_missing_marker
from dltrain.table.number_text import has_codes, parse_numbers
from dltrain.table.numpy_arrow import arrow_from_numpy, text_array
from dltrain.table.table import Table

_NEARLY_ALL: Final = 0.9
_MANY_VALUES: Final = 10
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
            f"{table.source}: column '{name}': expected values, every cell is missing",
            hint=f"leave the column out: data.drop: [{name}]",
        )
    if pat.is_boolean(column.type):
        return "boolean"
    if pat.is_float64(column.type):
        return "numeric"
    if is_boolean_text(column):
        return "boolean"
    is_bad = parse_numbers(column).is_bad
    if has_codes(column):
        return "categorical"
    if not is_bad.any():
        return "numeric"
    if _is_nearly_numeric(column, is_bad):
        raise bad_cells_error(table, name, is_bad, expected="a number")
    return "categorical"


def is_boolean_text(texts: pa.ChunkedArray) -> bool:
    """Whether every cell that is not missing says true or false, in any case."""
    lowered = pc.utf8_lower(pc.ascii_trim_whitespace(texts.drop_null()))
    return bool(pc.all(pc.is_in(lowered, value_set=_TRUTHS)).as_py())


def _is_nearly_numeric(texts: pa.ChunkedArray, is_bad: np.ndarray) -> bool:
    """Whether nearly all cells that mean something are numbers, and there are too many values for categories."""
    bad_texts = texts.take(arrow_from_numpy(np.flatnonzero(is_bad)))
    n_numbers = len(texts) - texts.null_count - len(bad_texts)
    n_markers = pc.sum(is_missing_marker(bad_texts)).as_py()
    if n_numbers < _NEARLY_ALL * (n_numbers + len(bad_texts) - n_markers):
        return False
    return bool(pc.count_distinct(texts).as_py() > _MANY_VALUES)
