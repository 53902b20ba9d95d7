"""CSV text → string columns, with Arrow for speed. What Arrow would read otherwise than meant is refused first."""

import re
from collections.abc import Sequence
from typing import Final

import pyarrow as pa
from pyarrow import csv as arrow_csv

from dltrain.errors import DataError
from dltrain.table.csv_header import read_header
from dltrain.table.csv_problems import check_blank_lines, check_format, check_quotes, check_rows
from dltrain.table.csv_text import CsvText

BLOCK_BYTES: Final = 4 << 20
"""Arrow parses blocks of this size in parallel."""
LARGEST_BLOCK_BYTES: Final = 2**31 - 1
"""Arrow's limit, and so the longest row that can be read."""

_CELL_TEXT: Final = re.compile(rb"[^\r\n]")


def parse_csv(text: CsvText, *, missing_values: Sequence[str]) -> pa.Table:
    """Reads CSV text: exactly the cells that Python's csv module finds in strict mode, or an error.

    Blank lines are skipped, except between the rows of a file of one column: there they are refused.

    Args:
        text: The whole file.
        missing_values: Cell texts that mean "missing", besides the empty cell.

    Returns:
        String columns with nulls for missing cells, at least one row.

    Raises:
        DataError: The text is not exactly a table with a header.
    """
    check_format(text)
    names, end_of_header = read_header(text)
    if _CELL_TEXT.search(text.data, end_of_header) is None:
        raise DataError(f"{text.source}:1: expected rows below the header, got none")
    check_quotes(text, n_columns=len(names))
    if len(names) == 1:
        check_blank_lines(text)

    has_quotes = b'"' in text.data
    # From the end of the header's line on: at the very start Arrow would skip a byte order mark.
    start = end_of_header - 1
    rows = pa.py_buffer(text.data).slice(start)
    parse_options = arrow_csv.ParseOptions(delimiter=text.delimiter, newlines_in_values=has_quotes)
    convert_options = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=["", *missing_values],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )

    def read(block_bytes: int) -> pa.Table:
        read_options = arrow_csv.ReadOptions(column_names=names, block_size=block_bytes)
        return arrow_csv.read_csv(pa.BufferReader(rows), read_options, parse_options, convert_options)

    try:
        return read(_unsplit_block_bytes(text.data, start) if has_quotes and b"\r\n" in text.data else BLOCK_BYTES)
    except pa.ArrowInvalid:
        check_rows(text, n_columns=len(names))
        # The text is sound, so what remains is a row longer than a block.
        return read(_unsplit_block_bytes(text.data, start))


def _unsplit_block_bytes(data: bytes, start: int) -> int:
    r"""The largest block size at which no block ends between \r and \n: Arrow would lose that \n in a quoted cell."""
    size = LARGEST_BLOCK_BYTES
    while any(data.startswith(b"\r\n", end - 1) for end in range(start + size, len(data), size)):
        size -= 1
    return size
