"""CSV text → string columns, with Arrow for speed. What Arrow would read otherwise than meant is refused first."""

import codecs
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.table.csv_header import read_header
from dltrain.table.csv_pieces import read_pieces
from dltrain.table.csv_problems import check_rows
from dltrain.table.csv_text import FEWEST_REPEATED, CsvText, n_named
from dltrain.table.headerless import read_given_header
from dltrain.table.numpy_arrow import text_array
from dltrain.table.opening import CsvFile

PIECE_BYTES: Final = 2 << 20
"""Text that is read and parsed at a time: with less Arrow's start shows, with more the processor's cache is left."""

_CELL_TEXT: Final = re.compile(rb"[^\r\n]")
_POSSIBLY_BLANK_LINE: Final = re.compile(rb"\A[\r\n]|\n[\r\n]|\r\r")


class CsvRows(NamedTuple):
    """The rows of a CSV file, before they are parsed.

    Attributes:
        names: The names of the columns, as those of a `Header`.
        texts: The text below the header, every part of it with at least one row.
    """

    names: list[str]
    texts: Iterator[CsvText]


def read_csv_rows(
    file: CsvFile, *, source: str, texts: TextFormat = PLAIN_TEXTS, piece_bytes: int = PIECE_BYTES
) -> CsvRows:
    """Reads the header of CSV text at once, and its rows piece by piece.

    Args:
        file: The text.
        source: How messages name the text.
        texts: The names of its columns, where it may have no header.
        piece_bytes: The text that is read at a time.

    Raises:
        DataError: The text is not CSV with a header, or with as many cells as there are names.
    """
    pieces = read_pieces(file.read, delimiter=file.delimiter, source=source, piece_bytes=piece_bytes)
    beginning = next(pieces, CsvText(b"", file.delimiter, source))
    names, rest = read_given_header(beginning, texts) if texts.headers else read_header(beginning)
    if texts.trims_spaces:
        names = [name.strip(" \t") for name in names]
    # Only the line ends below the last row, or right below the header, come without a row.
    return CsvRows(names, (text for text in chain([rest], pieces) if _CELL_TEXT.search(text.data)))


def parse_rows(text: CsvText, names: Sequence[str], *, missing_values: Sequence[str]) -> pa.Table:
    """Parses rows: exactly the cells that Python's csv module finds in strict mode, or an error.

    Blank lines are skipped, except between the rows of a file of one column: there they are refused.

    Args:
        text: At least one row, without the header.
        names: The names of the columns, as those of a `Header`.
        missing_values: Cell texts that mean "missing", besides the empty cell.

    Returns:
        String columns with nulls for missing cells; of the columns with a name.

    Raises:
        DataError: The text is not exactly rows of the table.
    """
    check = partial(check_rows, text, names=names, missing_values=missing_values, later=None)
    may_be_blank = len(names) == 1 and _POSSIBLY_BLANK_LINE.search(text.data) is not None
    if b"\0" in text.data or not text.is_regular or may_be_blank:
        check()
    n_columns = n_named(names)
    try:
        table = _parsed(text, [*names[:n_columns], *map("\0{}".format, range(n_columns, len(names)))], missing_values)
    except pa.ArrowInvalid:
        check()
        raise
    if _may_have_header(table, names, missing_values) or _has_text(table, n_columns):
        check()
    return table.select(range(n_columns))


def _may_have_header(table: pa.Table, names: Sequence[str], missing_values: Sequence[str]) -> bool:
    """Whether a row has every name that can be looked for; `is_header` knows better."""
    if n_named(names) < FEWEST_REPEATED:
        return False
    # What stands before the first name differs; a name that means missing is a null.
    sought = [at for at, name in enumerate(names) if at and name and name not in missing_values]
    is_header = None
    for at in sought:
        is_name = pc.equal(table.column(at), *text_array([names[at]]))
        is_header = is_name if is_header is None else pc.and_(is_header, is_name)
        if not pc.any(is_header).as_py():
            return False
    return True


def _has_text(table: pa.Table, first: int) -> bool:
    """Whether a cell from the given column on is not missing."""
    return any(column.null_count < table.num_rows for column in table.columns[first:])


def _parsed(text: CsvText, names: Sequence[str], missing_values: Sequence[str]) -> pa.Table:
    # Arrow takes a mark that begins the text for one of the byte order, but here it is in a cell.
    data = b"\n" + text.data if text.data.startswith(codecs.BOM_UTF8) else text.data
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
