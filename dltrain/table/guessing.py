"""What a file shows of how its text is written, where nobody has said so."""

import codecs
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from dltrain.config.data import Encoding, TextFormat
from dltrain.errors import DataError
from dltrain.table.csv_header import DELIMITER_NAMES, are_names
from dltrain.table.csv_pieces import read_pieces
from dltrain.table.csv_text import CsvText
from dltrain.table.opening import open_csv

_PIECE_BYTES: Final = 1 << 20
_HEADER_BYTES: Final = 1 << 16
_MOST_TITLE_LINES: Final = 50
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def guess_encoding(path: Path) -> Encoding | None:
    """The encoding of a .csv or .tsv file that is no UTF-8; None for UTF-8, other files and those that cannot be read.

    Without a mark of UTF-16 it is taken for that of Windows in Western Europe, unless it has bytes which that lacks.
    """
    if not path.name.lower().endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz")):
        return None
    utf8, windows = (codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252"))
    is_utf8, is_first = True, True
    try:
        with open_csv(path, source=str(path)) as file:
            while data := file.read(_PIECE_BYTES):
                if is_first and data.startswith(_UTF16_MARKS):
                    return "utf-16"
                is_first = False
                windows.decode(data)
                is_utf8 = is_utf8 and _can_decode(utf8, data)
    except (DataError, UnicodeDecodeError):
        return None
    return None if is_utf8 else "cp1252"


def _can_decode(decoder: codecs.IncrementalDecoder, data: bytes) -> bool:
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        return False
    return True


class Layout(NamedTuple):
    """How the cells of a CSV file are laid out.

    Attributes:
        separator: ";", a tab or "|"; None for a comma, other files, and those that cannot be read: their reader says
            why.
        skip_lines: Lines above the header, blank ones at the beginning apart.
    """

    separator: str | None = None
    skip_lines: int = 0


def guess_layout(path: Path, texts: TextFormat) -> Layout:
    """Where the header of a .csv or .tsv file is, and which character between the cells it shows.

    Args:
        path: The file.
        texts: Its encoding.
    """
    name = path.name.lower()
    if not name.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz")):
        return Layout()
    try:
        with open_csv(path, source=str(path), texts=texts) as file:
            text = next(read_pieces(file.read, delimiter=file.delimiter, source=str(path), piece_bytes=_HEADER_BYTES))
            signs = DELIMITER_NAMES if file.delimiter == texts.separator else (file.delimiter,)
            headers = {sign: _find_header(replace(text, delimiter=sign)) for sign in signs}
    except (DataError, StopIteration):
        return Layout()
    best = max(headers, key=lambda sign: headers[sign].n_cells)
    usual = headers[file.delimiter]
    if usual.n_cells <= 1 < headers[best].n_cells:
        return Layout(best, headers[best].line - 1 if headers[best].has_title else 0)
    return Layout(None, usual.line - 1 if usual.has_title else 0)


class _Header(NamedTuple):
    """Line and number of cells of what seems to be the header; whether a title stands above it."""

    line: int
    n_cells: int
    has_title: bool


def _find_header(text: CsvText) -> _Header:
    """The first row, or the one behind a title: what has names as far as all other rows have cells.

    There are no cells where quotes stand inside of cells, as they do between other separators.
    """
    try:
        records = [(line, cells) for line, cells in text.records() if cells]
    except DataError:
        return _Header(1, 0, has_title=False)
    if not records:
        return _Header(1, 0, has_title=False)
    line, first = records[0]
    n_usual, _ = Counter(len(cells) for _, cells in records).most_common(1)[0]
    if 2 * sum(map(bool, first)) < n_usual:
        for number, (place, cells) in enumerate(records[:-1]):
            if place > _MOST_TITLE_LINES or len(cells) > n_usual:
                break
            if len(cells) == n_usual and are_names(cells):
                if any(len(others) != n_usual for _, others in records[number:]):
                    break
                return _Header(place, n_usual, has_title=True)
    return _Header(line, len(first), has_title=False)
