"""Writes CSV."""

from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.table.numpy_arrow import arrow_from_numpy, null_of, text_array

_ROWS_AT_ONCE: Final = 65_536
_NEEDS_QUOTES: Final = '[",\r\n]|^$'
_EXACT_INTEGERS: Final = arrow_from_numpy(np.array([2.0**53]))[0]
_COMMA, _LINE_END, _QUOTE, _NOTHING = text_array([",", "\n", '"', ""])


def write_csv(columns: pa.Table, destination: BinaryIO) -> None:
    r"""Writes a header and rows as UTF-8, commas between the cells, \n after every line.

    Only cells that need quotes get them. Missing cells and NaN are empty; empty text is `""`, and so is a missing
    cell of a table of one column, where an empty line would be no row. Floats have the fewest digits that read back
    as the same float, whole ones none after the point.

    Args:
        columns: Columns of text, numbers, booleans, dates or times.
        destination: Open for writing bytes; stays open.
    """
    header = pa.table({name: text_array([name]) for name in columns.column_names})
    missing = '""' if columns.num_columns == 1 else ""
    for batch in (*header.to_batches(), *columns.to_batches(max_chunksize=_ROWS_AT_ONCE)):
        cells = [_texts(column) for column in batch.columns]
        rows = pc.binary_join_element_wise(*cells, _COMMA, null_handling="replace", null_replacement=missing)
        lines = pc.binary_join_element_wise(rows, _LINE_END, _NOTHING)
        destination.write(lines.buffers()[2])


def _texts(column: pa.Array) -> pa.Array:
    """The cells as they stand in the file."""
    if pat.is_floating(column.type):
        return _number_texts(column.cast(pa.float64()) if pat.is_float16(column.type) else column)
    texts = column.cast(pa.string())
    quoted = pc.binary_join_element_wise(_QUOTE, pc.replace_substring(texts, '"', '""'), _QUOTE, _NOTHING)
    return pc.if_else(pc.match_substring_regex(texts, _NEEDS_QUOTES), quoted, texts)


def _number_texts(numbers: pa.Array) -> pa.Array:
    numbers = pc.if_else(pc.is_nan(numbers), null_of(numbers.type), numbers)
    is_whole = pc.and_(pc.equal(pc.trunc(numbers), numbers), pc.less(pc.abs(numbers), _EXACT_INTEGERS))
    # Arrow would write 1e5 and the like: right, but no good for ids.
    whole = pc.if_else(is_whole, numbers, null_of(numbers.type)).cast(pa.int64())
    return pc.if_else(is_whole, whole.cast(pa.string()), numbers.cast(pa.string()))
