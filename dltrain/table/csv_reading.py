"""CSV text → string columns, with Arrow for speed. What Arrow would read otherwise than meant is refused first."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

import pyarrow as pa
from pyarrow import csv as arrow_csv

from dltrain.table.csv_header import read_header
from dltrain.table.csv_pieces import read_pieces
from dltrain.table.csv_problems import check_rows, unnamed_cells_error
from dltrain.table.csv_text import CsvText
from dltrain.table.opening import CsvFile
from dltrain.table.padding import Padding, count_empty_rows, is_empty

PIECE_BYTES: Final = 2 << 20
"""Text that is read and parsed at a time: with less Arrow's start shows, with more the processor's cache is left."""

_POSSIBLY_BLANK_LINE: Final = re.compile(rb"\A[\r\n]|\n[\r\n]|\r\r")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class CsvRows(NamedTuple):
    """The rows of a CSV file, before they are parsed.

    Attributes:
        names: The names of the columns.
        texts: The text below the header, every part of it with at least one row.
        padding: What is left out around them; complete when all texts have been taken.
    """

    names: list[str]
    texts: Iterator[CsvText]
    padding: Padding


def read_csv_rows(file: CsvFile, *, source: str, piece_bytes: int = PIECE_BYTES) -> CsvRows:
    """Reads the header of CSV text at once, and its rows piece by piece.

    Args:
        file: The text.
        source: How messages name the text.
        piece_bytes: The text that is read at a time.

    Raises:
        DataError: The text is not CSV with a header.
    """
    pieces = read_pieces(file.read, delimiter=file.delimiter, source=source, piece_bytes=piece_bytes)
    names, rest, n_unnamed = read_header(next(pieces, CsvText(b"", file.delimiter, source)))
    padding = Padding(n_columns=n_unnamed)

    def texts() -> Iterator[CsvText]:
        for text in chain([rest], pieces):
            # Only what is below the last row, or between the header and the first one, comes without a row.
            if is_empty(text.data, text.delimiter):
                padding.n_rows += count_empty_rows(text.data)
            else:
                yield text

    return CsvRows(names, texts(), padding)


def parse_rows(text: CsvText, names: Sequence[str], *, missing_values: Sequence[str], n_unnamed: int = 0) -> pa.Table:
    """Parses rows: exactly the cells that Python's csv module finds in strict mode, or an error.

    Blank lines are skipped, except between the rows of a file of one column: there they are refused.

    Args:
        text: At least one row, without the header.
        names: The names of the columns.
        missing_values: Cell texts that mean "missing", besides the empty cell.
        n_unnamed: Columns behind them that have no name, and so must be empty.

    Returns:
        String columns with nulls for missing cells.

    Raises:
        DataError: The text is not exactly rows of the table.
    """
    n_columns = len(names) + n_unnamed
    may_be_blank = n_columns == 1 and _POSSIBLY_BLANK_LINE.search(text.data) is not None
    if b"\0" in text.data or not text.is_regular or may_be_blank:
        check_rows(text, n_columns=n_columns, later=None)
    try:
        columns = _parsed(text, [*names, *map(_unnamed, range(n_unnamed))], missing_values)
    except pa.ArrowInvalid:
        check_rows(text, n_columns=n_columns, later=None)
        raise
    if any(columns.column(_unnamed(number)).null_count < len(columns) for number in range(n_unnamed)):
        raise unnamed_cells_error(text, n_named=len(names), missing_values=missing_values)
    return columns.select(names) if n_unnamed else columns


def _unnamed(number: int) -> str:
    """What no column can be called: a name has no zero byte."""
    return f"\0{number}"


def _parsed(text: CsvText, names: Sequence[str], missing_values: Sequence[str]) -> pa.Table:
    # Arrow takes a mark that begins the text for one of the byte order, but here it is in a cell.
    data = b"\n" + text.data if text.data.startswith(_BYTE_ORDER_MARK) else text.data
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        # In one block: at the end of another Arrow would lose the \n of a \r\n in a quoted cell. In one thread: whoever
        # wants more of them parses several texts at a time.
        arrow_csv.ReadOptions(column_names=names, block_size=len(data), use_threads=False),
        arrow_csv.ParseOptions(delimiter=text.delimiter, newlines_in_values=b'"' in data),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=["", *missing_values],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
