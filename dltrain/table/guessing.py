"""What a file shows of how its text is written, where nobody has said so."""

import codecs
from dataclasses import replace
from pathlib import Path
from typing import Final

from dltrain.config.data import Encoding, TextFormat
from dltrain.errors import DataError
from dltrain.table.csv_header import DELIMITER_NAMES
from dltrain.table.csv_pieces import read_pieces
from dltrain.table.csv_text import CsvText
from dltrain.table.opening import open_csv

_PIECE_BYTES: Final = 1 << 20
_HEADER_BYTES: Final = 1 << 16
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


def guess_separator(path: Path, texts: TextFormat) -> str | None:
    """The character between the cells of a .csv file, where its header shows that it is no comma.

    Args:
        path: The file.
        texts: Its encoding.

    Returns:
        ";", a tab or "|"; None for a comma, other files, and those that cannot be read: their reader says why.
    """
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        return None
    try:
        with open_csv(path, source=str(path), texts=texts) as file:
            text = next(read_pieces(file.read, delimiter=file.delimiter, source=str(path), piece_bytes=_HEADER_BYTES))
            n_cells = {sign: _n_names(replace(text, delimiter=sign)) for sign in DELIMITER_NAMES}
    except (DataError, StopIteration):
        return None
    best = max(n_cells, key=lambda sign: n_cells[sign])
    return best if n_cells[","] <= 1 < n_cells[best] else None


def _n_names(text: CsvText) -> int:
    """The cells of the header; 0 where quotes stand inside of cells, as they do between other separators."""
    try:
        return len(next((cells for _, cells in text.records() if cells), []))
    except DataError:
        return 0
