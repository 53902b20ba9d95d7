"""What can be wrong with CSV text, and in which line."""

import re
from typing import Final

import numpy as np

from dltrain.errors import DataError
from dltrain.table.csv_text import BYTE_ORDER_MARK, CsvText, count_line_ends

_FOREIGN_FORMATS: Final = {
    b"\x1f\x8b": ("gzip data", "the file name must end in .gz; for standard input: gunzip -c FILE"),
    b"PAR1": ("Parquet data", "the file name must end in .parquet"),
    b"PK\x03\x04": ("a zip archive or an Excel sheet", "unpack it, or save the sheet as CSV"),
    b"\xff\xfe": ("UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE"),
    b"\xfe\xff": ("UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE"),
}
_POSSIBLY_BLANK_LINE: Final = re.compile(rb"\n\r?\n|\r\r")
_SCANNED_BYTES: Final = 4 << 20
_SHOWN_ROWS: Final = 5


def check_format(text: CsvText) -> None:
    """Refuses files of other formats and encodings, as far as their bytes give them away."""
    for start, (found, hint) in _FOREIGN_FORMATS.items():
        if text.data.startswith(start):
            raise DataError(f"{text.source}: expected UTF-8 text, got {found}", hint=hint)
    zero = text.data.find(b"\0")
    if zero >= 0:
        raise DataError(
            f"{text.source}:{text.line_of_byte(zero)}: expected UTF-8 text, got a zero byte",
            hint="if the text is UTF-16: iconv -f UTF-16LE -t UTF-8 FILE > NEW_FILE",
        )


def check_quotes(text: CsvText, *, n_columns: int) -> None:
    """Refuses quoted cells that are not closed properly: readers guess differently where such cells end."""
    if b'"' in text.data and not _quotes_are_regular(text):
        check_rows(text, n_columns=n_columns)


def check_rows(text: CsvText, *, n_columns: int) -> None:
    """Refuses text that is not UTF-8, bad quotes, and rows with more or fewer cells than the header. Takes its time."""
    problems, hint = [], None
    for line, cells in text.records():
        if not cells or len(cells) == n_columns:
            continue
        cell_count = "1 cell" if n_columns == 1 else f"{n_columns} cells"
        problems.append(f"{text.source}:{line}: expected {cell_count} as in the header, got {len(cells)}")
        if any(map(count_line_ends, cells)):
            hint = hint or f"a quoted cell of line {line} runs over several lines: its closing quote may be missing"
        elif len(cells) > n_columns:
            hint = hint or "a cell with the delimiter in it must stand in double quotes"
    if len(problems) > _SHOWN_ROWS:
        problems[_SHOWN_ROWS:] = [f"and {len(problems) - _SHOWN_ROWS:,} more rows"]
    if problems:
        raise DataError("\n".join(problems), hint=hint)


def check_blank_lines(text: CsvText) -> None:
    """Refuses blank lines between the rows of a file of one column: they may be missing values, or nothing."""
    if not _POSSIBLY_BLANK_LINE.search(text.data):
        return
    lines = [(line, not cells) for line, cells in text.records()]
    while lines[-1][1]:
        lines.pop()
    below_header = lines[[is_blank for _, is_blank in lines].index(False) :]
    for line, is_blank in below_header:
        if is_blank:
            raise DataError(
                f"{text.source}:{line}: expected a cell, got a blank line",
                hint='in a file of one column a missing value is written as ""; otherwise remove the line',
            )


def _quotes_are_regular(text: CsvText) -> bool:
    """Whether every quote opens a cell at its beginning, closes it at its end, or stands doubled inside it.

    If they all do, they alternate between opening and closing (a doubled quote closes and opens again). So it is
    enough to look at the byte before every opening quote and after every closing one.
    """
    skipped = len(BYTE_ORDER_MARK) if text.data.startswith(BYTE_ORDER_MARK) else 0
    characters = np.frombuffer(text.data, dtype=np.uint8, offset=skipped)
    is_edge = np.zeros(256, dtype=np.bool_)
    is_edge[list(f'{text.delimiter}\r\n"'.encode())] = True
    n_quotes = 0
    for start in range(0, characters.size, _SCANNED_BYTES):
        quotes = np.flatnonzero(characters[start : start + _SCANNED_BYTES] == ord('"')) + start
        opening, closing = quotes[n_quotes % 2 :: 2], quotes[1 - n_quotes % 2 :: 2]
        # At either end of the text a quote sees itself, which counts as an edge.
        before = characters[np.maximum(opening - 1, 0)]
        after = characters[np.minimum(closing + 1, characters.size - 1)]
        if not (is_edge[before].all() and is_edge[after].all()):
            return False
        n_quotes += quotes.size
    return n_quotes % 2 == 0
