"""What a file shows of how its text is written, where nobody has said so."""

import codecs
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from dltrain.config.sections.data import Encoding, TextFormat
from dltrain.config.table_names import CSV_SUFFIXES
from dltrain.errors import DataError
from dltrain.table.csv_header import DELIMITER_NAMES, TAB, is_title
from dltrain.table.csv_pieces import read_pieces
from dltrain.table.csv_problems import MOST_FOOTER_ROWS, MOST_TITLE_LINES
from dltrain.table.csv_text import CsvText, are_names
from dltrain.table.opening import open_csv
from dltrain.table.spaces import SPACE, without_spaces

_PIECE_BYTES: Final = 1 << 20
_HEADER_BYTES: Final = 1 << 16
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def guess_encoding(path: Path) -> Encoding | None:
    """The encoding of a .csv or .tsv file that is no UTF-8; None for UTF-8, other files and those that cannot be read.

    Without a mark of UTF-16 it is taken for that of Windows in Western Europe, unless it has bytes which that lacks.
    """
    if not path.name.lower().endswith(CSV_SUFFIXES):
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
        separator: ";", a tab, "|" or a space; None for a comma, other files, and those that cannot be read: their
            reader says why.
        skip_lines: Lines above the header, blank ones at the beginning apart.
        has_spaces: Whether spaces stand around many cells, or around names, that do not belong to them.
    """

    separator: str | None = None
    skip_lines: int = 0
    has_spaces: bool = False


class _Header(NamedTuple):
    """How many cells the header has, and how many lines stand above it that do not belong to the table."""

    n_cells: int
    n_above: int = 0


_Rows = list[tuple[int, list[str]]]
"""Lines and their cells."""


def guess_layout(path: Path, texts: TextFormat) -> Layout:
    """Where the header of a .csv or .tsv file is, and what stands between its cells.

    Args:
        path: The file.
        texts: Its encoding, and the names of its columns if it has no header.
    """
    if not path.name.lower().endswith(CSV_SUFFIXES):
        return Layout()
    try:
        with open_csv(path, source=str(path), texts=texts) as file:
            text = next(read_pieces(file.read, delimiter=file.delimiter, source=str(path), piece_bytes=_HEADER_BYTES))
    except (DataError, StopIteration):
        return Layout()
    usual = file.delimiter
    signs = tuple(sign for sign in DELIMITER_NAMES if sign != SPACE) if usual == texts.separator else (usual,)
    for sign in signs:
        if text.data.startswith((f"sep={sign}\n".encode(), f"sep={sign}\r".encode())):
            return Layout(sign)
    rows = {sign: replace(text, delimiter=sign).readable_records() for sign in signs}
    plain = [sign for sign in signs if _is_plain(rows[sign])]
    if texts.headers:
        headers = {sign: _Header(_usual_width(rows[sign])) for sign in signs}
        chosen = _chosen_by_width(usual, headers, rows, plain, {len(names) for names in texts.headers})
    else:
        titled = {} if plain else {sign: _titled_header(rows[sign]) for sign in signs}
        headers = {sign: titled.get(sign) or _first_header(rows[sign]) for sign in signs}
        # Below a title, decimal commas divide rows evenly too; names that stand above them are the header.
        found = {sign: header for sign, header in titled.items() if header is not None and header.n_cells > 1}
        chosen = _widest(usual, headers, _likely(rows, plain))
        if chosen in found:
            chosen = min(found, key=lambda sign: (found[sign].n_above, -found[sign].n_cells))
    is_open = usual == texts.separator and not any(headers[sign].n_cells > 1 for sign in signs if sign != TAB)
    if is_open and _is_of_spaces(text, headers[TAB].n_cells, is_of_tabs=TAB in plain):
        return Layout(SPACE)
    n_above = headers[chosen].n_above
    has_spaces = _have_spaces(rows[chosen][n_above:])
    if not has_spaces and not plain:
        has_spaces = _is_plain(_without_spaces(text, chosen).readable_records())
    return Layout(None if chosen == usual else chosen, n_above, has_spaces)


def _likely(rows: Mapping[str, _Rows], plain: Sequence[str]) -> Sequence[str]:
    """The signs that may divide a table, of those that divide all rows alike.

    A name may hold the usual one, too: behind it stands a space then, and another one divides all rows alike.
    """
    return [sign for sign in plain if not _is_spaced(rows[sign])] or plain or [*rows]


def _chosen_by_width(
    usual: str, headers: Mapping[str, _Header], rows: Mapping[str, _Rows], plain: Sequence[str], widths: set[int]
) -> str:
    """The sign that divides rows without a header, into as many cells as there are names if one does.

    A comma may stand in the numbers of a table that something else divides.
    """
    likely = _likely(rows, plain)
    fitting = [sign for sign in likely if headers[sign].n_cells in widths]
    unusual = [[sign for sign in signs if sign != usual] for signs in (fitting, plain)]
    return _widest(usual, headers, unusual[0] or fitting or unusual[1] or likely)


def _widest(usual: str, headers: Mapping[str, _Header], likely: Sequence[str]) -> str:
    """The usual sign if it divides cells, or the one that divides the most."""
    best = max(likely, key=lambda sign: headers[sign].n_cells)
    is_usual = (usual in likely and headers[usual].n_cells > 1) or headers[best].n_cells <= 1
    return usual if is_usual else best


def _is_of_spaces(text: CsvText, n_tabbed: int, *, is_of_tabs: bool) -> bool:
    """Whether spaces divide the rows alike, and into more cells than tabs do."""
    rows = _without_spaces(text, SPACE).readable_records()
    # Between the columns of a table stand several; between the words of a text one.
    is_aligned = not is_of_tabs or text.data.count(b"  ") >= len(rows)
    return _is_plain(rows) and is_aligned and len(rows[0][1]) > n_tabbed


def _without_spaces(text: CsvText, delimiter: str) -> CsvText:
    return replace(text, data=without_spaces(text.data, delimiter), delimiter=delimiter)


def _is_plain(rows: _Rows) -> bool:
    """Whether the first row may be the header: it has several cells, most of them with text, as many as all others."""
    if len(rows) <= 1 or len(rows[0][1]) <= 1:
        return False
    first = rows[0][1]
    return not is_title(first) and all(len(cells) == len(first) for _, cells in rows)


def _is_spaced(rows: _Rows) -> bool:
    """Whether all names but the first begin with a space, as what follows a comma in a text does."""
    return all(name.startswith(" ") for name in rows[0][1][1:])


def _have_spaces(rows: _Rows) -> bool:
    """Whether spaces stand around a name, or around most cells of a column."""
    names = rows[0][1] if rows else []
    spaced, known = Counter[int](), Counter[int]()
    for _, cells in rows[1:]:
        known.update(at for at, cell in enumerate(cells) if cell.strip())
        spaced.update(at for at, cell in enumerate(cells) if cell.strip() and cell != cell.strip(" "))
    return any(name != name.strip(" ") for name in names) or any(2 * n > known[at] for at, n in spaced.items())


def _usual_width(rows: _Rows) -> int:
    """The number of cells that most rows have; 0 without any."""
    return Counter(len(cells) for _, cells in rows).most_common(1)[0][0] if rows else 0


def _first_header(rows: _Rows) -> _Header:
    return _Header(len(rows[0][1]) if rows else 0)


def _titled_header(rows: _Rows) -> _Header | None:
    """The header behind a title: the first row with as many names as all rows behind it have cells."""
    if not rows:
        return None
    n_usual = _usual_width(rows)
    if 2 * sum(map(bool, rows[0][1])) >= n_usual and not is_title(rows[0][1]):
        return None
    for number, (line, cells) in enumerate(rows[:-1]):
        if line > MOST_TITLE_LINES or len(cells) > n_usual:
            return None
        if len(cells) == n_usual and are_names(cells):
            return _Header(n_usual, line - 1) if _are_even(rows[number:], n_usual) else None
    return None


def _are_even(rows: _Rows, n_cells: int) -> bool:
    """Whether all rows have so many cells, a few at the end apart: their reader says what they may be."""
    *_, last = (at for at, (_, cells) in enumerate(rows) if len(cells) == n_cells)
    return all(len(cells) == n_cells for _, cells in rows[:last]) and len(rows) - last <= MOST_FOOTER_ROWS + 1
