"""Names for the columns of a CSV file without a header, as `data.header` gives them."""

from collections.abc import Sequence
from typing import Final

from dltrain.config.sections.data import NUMBERED, TextFormat, separator_name
from dltrain.errors import DataError, quoted_list
from dltrain.table.csv_header import DELIMITER_NAMES, TAB, Header, read_header
from dltrain.table.csv_text import CsvText, are_names, is_header, is_number, n_named
from dltrain.table.spaces import SPACE
from dltrain.table.table import check_column_names, has_numbers_only

_LOOKED_AT: Final = 4
"""Rows that show how many cells the rows have, and of which columns they are numbers."""

_FEWEST_BELOW: Final = 2
"""Rows of numbers below a line of words that make it a header."""

_FEWEST_WORDS: Final = 2
"""Words above numbers that make their line a header: a single one may be how a row writes that it has no number."""

_FEWEST_BELOW_TITLE: Final = 3
"""Cells in the first row below a line without any separator, which is no row then."""


def read_given_header(text: CsvText, texts: TextFormat) -> Header:
    """Reads the header of a CSV file that may begin with a row, which gets the names that are given for its cells.

    A title above the first row is left out, and so are at most `texts.skip_lines` lines that are no rows.

    Args:
        text: The beginning of the file.
        texts: The names, how many lines may stand above the first row, and columns by which a header is known all the
            same.

    Raises:
        DataError: None of the names fit, two of them are the same, the first row seems to be a header of other names,
            or the file is empty.
    """
    first, last_skipped = text.readable_records(texts.skip_lines + _LOOKED_AT), text.first_line + texts.skip_lines - 1
    while len(first) > 1 and _is_above(first[0], first[1][1], last_skipped, texts):
        text = text.below(*first.pop(0))
    if not first or _is_header(first[0][1], texts):
        return read_header(text)
    line, cells = first[0]
    _check_is_row(first, f"{text.source}:{line}")
    names = _names_for([cells for _, cells in first], texts.headers)
    if names is not None:
        check_column_names(names[: n_named(names)], where=f"{text.source}: data.header")
        return Header(names, text)
    numbers = " or ".join(f"{number:,}" for number in sorted({len(names) for names in texts.headers if names}))
    raise DataError(
        f"{text.source}:{line}: expected {numbers} cells, one for each name in data.header, got {len(cells):,}",
        hint=_separator_hint(cells, texts.headers),
    )


def _is_above(record: tuple[int, list[str]], below: list[str], last_skipped: int, texts: TextFormat) -> bool:
    """Whether a record stands above the first row: a title, or what `data.skip_lines` leaves out and is no row.

    Args:
        record: Its line and cells.
        below: The cells of the next one.
        last_skipped: The last line that `data.skip_lines` leaves out.
        texts: The names of the columns.
    """
    line, cells = record
    if len(below) >= _FEWEST_BELOW_TITLE and len(cells) == 1 and not has_numbers_only(cells):
        return True
    is_row = len(cells) == len(below) and not are_names(cells)
    return line <= last_skipped and not is_row and not _is_header(cells, texts)


def _is_header(cells: list[str], texts: TextFormat) -> bool:
    """Whether a row is the header all the same: it has the names that are given, or columns the table is known by."""
    has_names = any(is_header(cells, names or _numbered(cells)) for names in texts.headers)
    return has_names or (bool(texts.columns) and {*texts.columns} <= {*cells})


def _numbered(cells: Sequence[str]) -> list[str]:
    """Names for columns that have none."""
    return [f"{NUMBERED}{number}" for number in range(1, len(cells) + 1)]


def _check_is_row(first: Sequence[tuple[int, list[str]]], where: str) -> None:
    """Refuses a first row of words above numbers, which has other names than those that are given.

    Raises:
        DataError: It seems to be a header.
    """
    (_, cells), *others = first
    below = [row for _, row in others if len(row) == len(cells)]
    numeric = [at for at in range(len(cells)) if below and all(is_number(row[at]) for row in below)]
    words = [cells[at] for at in numeric if cells[at].strip(" -?.") and not is_number(cells[at])]
    if len(below) >= _FEWEST_BELOW and len(words) >= _FEWEST_WORDS and are_names(cells):
        raise DataError(
            f"{where}: expected a row, got what seems to be a header: {quoted_list(cells[:_FEWEST_WORDS])}, …",
            hint="leave data.header out, or data.skip_lines: 1 leaves out the line",
        )


def _names_for(first: Sequence[Sequence[str]], headers: Sequence[Sequence[str]]) -> list[str] | None:
    """The names for the cells of some first rows; columns at the end that are empty in all of them need none."""
    cells = first[0]
    n_named_cells = max(n_named(row) for row in first)
    for n_cells in dict.fromkeys((n_named_cells, len(cells))):
        for names in headers:
            if len(names) == n_cells:
                return [*names, *[""] * (len(cells) - n_cells)]
    longest = max(map(len, headers))
    return _numbered(cells) if () in map(tuple, headers) and len(cells) > longest else None


def _separator_hint(cells: Sequence[str], headers: Sequence[Sequence[str]]) -> str | None:
    """What divides a first row that is one cell into as many as there are names."""
    if len(cells) != 1:
        return None
    for sign in DELIMITER_NAMES:
        n_cells = len(cells[0].split(None if sign == SPACE else sign))
        if any(len(names) == n_cells for names in headers):
            named = separator_name(sign) if sign in (TAB, SPACE) else DELIMITER_NAMES[sign]
            return f"data.separator: {named} divides them"
    return None
