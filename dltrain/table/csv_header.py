"""The header of a CSV file: the names of its columns."""

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from dltrain.errors import DataError
from dltrain.table.csv_pieces import read_pieces
from dltrain.table.csv_text import CsvText, count_line_ends
from dltrain.table.opening import open_csv
from dltrain.table.table import check_column_names, has_numbers_only

_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n|\Z")
ROW_NUMBERS: Final = "Unnamed: 0"
"""What pandas calls a first column without a name, which it and R write for the numbers or names of the rows."""

_HEADER_BYTES: Final = 1 << 16
TAB: Final = "\t"
_DELIMITER_NAMES: Final = {",": "','", ";": "';'", TAB: "tabs", "|": "'|'"}


class Header(NamedTuple):
    """The names of the columns, and the text below them."""

    names: list[str]
    rest: CsvText


def read_header(text: CsvText) -> Header:
    """Reads and checks the header of a CSV file; blank lines above it are skipped.

    Args:
        text: The beginning of the file, with all of the header.

    Raises:
        DataError: There is no header, or it does not give every column a name of its own.
    """
    line, names = next(((line, cells) for line, cells in text.records() if cells), (1, []))
    where = f"{text.source}:{line}"
    if not names:
        raise DataError(f"{where}: expected a header and rows, got an empty file")
    _check_delimiter(names, text.delimiter, where=where)
    if not names[0] and any(names) and ROW_NUMBERS not in names and not has_numbers_only(names):
        names = [ROW_NUMBERS, *names[1:]]
    check_column_names(names, where=where)
    n_lines = line + sum(count_line_ends(name) for name in names)
    end = next(islice(_LINE_ENDS.finditer(text.data), n_lines - 1, None)).end()
    return Header(names, replace(text, data=text.data[end:], first_line=n_lines + 1))


def guess_separator(path: Path) -> str | None:
    """The character between the cells of a .csv file, where its header shows that it is no comma.

    Returns:
        ";", a tab or "|"; None for a comma, other files, and those that cannot be read: their reader says why.
    """
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        return None
    try:
        with open_csv(path, source=str(path)) as file:
            text = next(read_pieces(file.read, delimiter=file.delimiter, source=str(path), piece_bytes=_HEADER_BYTES))
            n_cells = {sign: _n_names(replace(text, delimiter=sign)) for sign in _DELIMITER_NAMES}
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


def _check_delimiter(names: list[str], delimiter: str, *, where: str) -> None:
    """One single name that holds another delimiter means a file with the wrong suffix, or from another country."""
    found = [other for other in _DELIMITER_NAMES if len(names) == 1 and other != delimiter and other in names[0]]
    if found:
        expected, got = _DELIMITER_NAMES[delimiter], _DELIMITER_NAMES[found[0]]
        setting = f"data.separator: {'tab' if found[0] == TAB else _DELIMITER_NAMES[found[0]]}"
        remedy = "name the file .csv" if delimiter == TAB else f"{setting} reads such files; or save it with {expected}"
        raise DataError(f"{where}: expected cells separated by {expected}, got one cell with {got} in it", hint=remedy)
