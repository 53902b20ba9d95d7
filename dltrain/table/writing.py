"""Writes CSV."""

from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.table.formulas import without_formulas
from dltrain.table.numpy_arrow import arrow_from_numpy, null_of, text_array, text_bytes

_ROWS_AT_ONCE: Final = 65_536
_EXACT_INTEGERS: Final = arrow_from_numpy(np.array([2.0**53]))[0]
_LINE_END, _QUOTE, _NOTHING = text_array(["\n", '"', ""])


class Destination(Protocol):
    """Takes bytes; they may be a buffer of Arrow's."""

    def write(self, data: Any, /) -> object:
        """Writes them."""


class CsvWriter:
    r"""Writes a header and rows as UTF-8, \n after every line.

    Only cells that need quotes get them. Missing cells and NaN are empty; empty text is `""`, and so is a missing
    cell of a table of one column, where an empty line would be no row. Floats have the fewest digits that read back
    as the same float, whole ones none after the point or the comma.

    Args:
        destination: Open for writing bytes; stays open.
        has_formulas: False: texts and names of columns that a spreadsheet could take for formulas get a ' in front, as
            `without_formulas` describes; columns of numbers stay. True: every text is written as it is.
        separator: The character between the cells.
        decimal: The character before the fraction of numbers.
    """

    def __init__(
        self,
        destination: Destination,
        *,
        has_formulas: bool = True,
        separator: str = ",",
        decimal: str = ".",
    ) -> None:
        self._destination = destination
        self._has_formulas = has_formulas
        self._separator = separator
        self._decimal = decimal
        # Where spaces divide cells, tabs do, too.
        self._special = r'["\s]|^$' if separator == " " else rf'["{separator}\r\n]|^$'
        self._has_header = False

    def write(self, columns: pa.Table) -> None:
        """Writes rows, the first time below a header.

        Args:
            columns: Columns of text, dictionaries of text, numbers, booleans, dates or times; the same every time.
        """
        if not self._has_header:
            self._write(pa.table({name: text_array([name]) for name in columns.column_names}))
            self._has_header = True
        self._write(columns)

    def _write(self, columns: pa.Table) -> None:
        missing = '""' if columns.num_columns == 1 or self._separator == " " else ""
        for batch in columns.to_batches(max_chunksize=_ROWS_AT_ONCE):
            *cells, last = [self._texts(column) for column in batch.columns]
            ends = _joined(last, _LINE_END, separator=_NOTHING, missing=missing)
            lines = _joined(*cells, ends, separator=text_array([self._separator])[0], missing=missing)
            self._destination.write(lines.buffers()[2])

    def _texts(self, column: pa.Array) -> pa.Array:
        """The cells as they stand in the file."""
        if pat.is_dictionary(column.type):
            return self._texts(column.dictionary).take(column.indices)
        if pat.is_floating(column.type):
            return self._texts_of_numbers(column)
        texts = column.cast(pa.string())
        if _is_text(column.type) and not self._has_formulas:
            texts = without_formulas(texts)
        return self._with_quotes(texts)

    def _texts_of_numbers(self, column: pa.Array) -> pa.Array:
        texts = _number_texts(column.cast(pa.float64()) if pat.is_float16(column.type) else column)
        if self._decimal == ".":
            return texts
        return self._with_quotes(pc.replace_substring(texts, ".", self._decimal))

    def _with_quotes(self, texts: pa.Array) -> pa.Array:
        may_need_quotes = self._separator == " " or _may_need_quotes(texts, self._separator)
        return _quoted(texts, self._special) if may_need_quotes else texts


def _joined(*cells: pa.Array | pa.Scalar, separator: pa.Scalar, missing: str) -> pa.Array:
    return pc.binary_join_element_wise(*cells, separator, null_handling="replace", null_replacement=missing)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pat.is_string(kind) or pat.is_large_string(kind) or pat.is_string_view(kind))


def _may_need_quotes(texts: pa.Array, separator: str) -> bool:
    """Whether some cell is empty or holds a special character; faster than asking each."""
    data = text_bytes(texts)
    return any(character in data for character in (b'"', separator.encode(), b"\r", b"\n")) or (
        pc.min(pc.binary_length(texts)).as_py() == 0
    )


def _quoted(texts: pa.Array, special: str) -> pa.Array:
    """Texts in quotes where they match a pattern."""
    quoted = pc.binary_join_element_wise(_QUOTE, pc.replace_substring(texts, '"', '""'), _QUOTE, _NOTHING)
    return pc.if_else(pc.match_substring_regex(texts, special), quoted, texts)


def _number_texts(numbers: pa.Array) -> pa.Array:
    missing = null_of(numbers.type)
    numbers = pc.if_else(pc.is_nan(numbers), missing, numbers)
    is_whole = pc.and_(pc.equal(pc.trunc(numbers), numbers), pc.less(pc.abs(numbers), _EXACT_INTEGERS))
    if not pc.any(is_whole).as_py():
        return numbers.cast(pa.string())
    # Arrow would write 1e5 and the like: right, but no good for ids.
    whole = pc.if_else(is_whole, numbers, missing).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(whole, pc.if_else(is_whole, missing, numbers).cast(pa.string()))
