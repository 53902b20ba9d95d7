"""The header of a CSV file: the names of its columns."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from dltrain.config.sections.data import NUMBERED, PLAIN_TEXTS, TextFormat, separator_name
from dltrain.errors import DataError, quoted_list
from dltrain.table.csv_problems import skip_hint
from dltrain.table.csv_text import (
    ROW_NUMBERS,
    CsvText,
    are_names,
    count_line_ends,
    is_header,
    is_number,
    n_named,
)
from dltrain.table.spaces import SPACE
from dltrain.table.table import check_column_names, has_numbers_only

_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n|\Z")
TAB: Final = "\t"
_LOOKED_AT: Final = 4
_FEWEST_BELOW: Final = 2
_FEWEST_WORDS: Final = 2
_FEWEST_BELOW_TITLE: Final = 3
"""Cells in the first row below a line without any separator, which is no row then."""

DELIMITER_NAMES: Final = {",": "','", ";": "';'", TAB: "tabs", "|": "'|'", SPACE: "spaces"}


class Header(NamedTuple):
    """The names of the columns, and the text below them.

    Attributes:
        names: A name for every cell; "" at the end where rows have cells without one, which must be empty.
        rest: The rows.
    """

    names: list[str]
    rest: CsvText


def read_header(text: CsvText, *, texts: TextFormat = PLAIN_TEXTS) -> Header:
    """Reads and checks the header of a CSV file; blank lines above it are skipped.

    Args:
        text: The beginning of the file, with all of the header.
        texts: Names for the columns of a file that may begin with a row, lines above that, and columns by which a
            header is known all the same.

    Raises:
        DataError: There is no header, or it does not give every column a name of its own, the last ones apart; or the
            names that are given do not fit the first row.
    """
    header = _given_header(text, texts) if texts.headers else None
    if header is not None:
        check_column_names(header.names[: n_named(header.names)], where=f"{text.source}: data.header")
        return header
    # An error that somebody keeps would keep the records open, too, and with them the limit of cells lifted.
    with closing(text.records()) as every:
        records = ((line, cells) for line, cells in every if cells)
        line, names = next(records, (1, []))
        where = f"{text.source}:{line}"
        if not names:
            raise DataError(f"{where}: expected a header and rows, got an empty file")
        _check_delimiter(names, text.delimiter, where=where)
        if not names[0] and any(names) and ROW_NUMBERS not in names and not has_numbers_only(names):
            names = [ROW_NUMBERS, *names[1:]]
        may_be_title = "" in names or len(set(names)) < len(names)
        second, third = (_next(records), _next(records)) if may_be_title else (None, None)
    if len(names) > 1 and is_title(names):
        _check_title(second, len(names), where=where)
    named = names[: n_named(names)]
    hint = _second_header_hint(second, third, len(names)) if "" in named or len(set(named)) < len(named) else None
    check_column_names(named, where=where, hint=hint or _missing_names_hint(names, text.delimiter))
    return Header(names, _below(text, line + sum(count_line_ends(name) for name in names)))


def _below(text: CsvText, n_lines: int) -> CsvText:
    """The text without some lines at its beginning, one at least."""
    end = next(islice(_LINE_ENDS.finditer(text.data), n_lines - 1, None)).end()
    return replace(text, data=text.data[end:], first_line=text.first_line + n_lines)


def _given_header(text: CsvText, texts: TextFormat) -> Header | None:
    """The names that are given where the text begins with a row; None where it begins with a header, or is empty.

    A title above the first row is left out, and so are at most `texts.skip_lines` lines that are no rows.

    Raises:
        DataError: None of the names fit, or the first row seems to be a header of other names.
    """
    with closing(text.records()) as every:
        records = ((line, cells) for line, cells in every if cells)
        first = list(filter(None, (_next(records) for _ in range(texts.skip_lines + _LOOKED_AT))))
    while len(first) > 1 and _is_above(first[0], first[1][1], text.first_line, texts):
        line, cells = first.pop(0)
        n_lines = line - text.first_line + 1 + sum(count_line_ends(cell) for cell in cells)
        text = _below(text, n_lines)
    if not first:
        return None
    line, cells = first[0]
    if any(is_header(cells, names or _numbered(cells)) for names in texts.headers) or (
        texts.columns and {*texts.columns} <= {*cells}
    ):
        return None
    _check_is_row(first, f"{text.source}:{line}")
    names = _names_for([cells for _, cells in first], texts.headers)
    if names is not None:
        return Header(names, text)
    numbers = " or ".join(f"{number:,}" for number in sorted({len(names) for names in texts.headers if names}))
    raise DataError(
        f"{text.source}:{line}: expected {numbers} cells, one for each name in data.header, got {len(cells):,}",
        hint=_separator_hint(cells, texts.headers),
    )


def _is_above(record: tuple[int, list[str]], below: list[str], first_line: int, texts: TextFormat) -> bool:
    """Whether a record stands above the first row: a title, or what `data.skip_lines` leaves out and is no row."""
    line, cells = record
    if len(below) >= _FEWEST_BELOW_TITLE and len(cells) == 1 and not has_numbers_only(cells):
        return True
    is_known = any(is_header(cells, names or _numbered(cells)) for names in texts.headers)
    is_row = len(cells) == len(below) and not are_names(cells)
    return line - first_line < texts.skip_lines and not is_row and not is_known


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


def _next(records: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]] | None:
    """The next row; None where there is none that can be read."""
    try:
        return next(records, None)
    except DataError:
        return None


def is_title(cells: list[str]) -> bool:
    """Whether a first row says little, as a filled-up title: most of its cells are empty, or those of its last half."""
    is_half = len(cells) > 1 and not any(cells[len(cells) // 2 :])
    return is_half or 2 * sum(map(bool, cells)) < len(cells)


def _check_title(second: tuple[int, list[str]] | None, n_cells: int, *, where: str) -> None:
    """Refuses a first row with few names where the next one has all of them."""
    if second is not None and len(second[1]) == n_cells and are_names(second[1]):
        line = second[0]
        raise DataError(
            f"{where}: expected the names of {n_cells} columns, got a title",
            hint=skip_hint(line),
        )


def _second_header_hint(
    second: tuple[int, list[str]] | None, third: tuple[int, list[str]] | None, n_cells: int
) -> str | None:
    """What to do when the second row has all names and the third none: the first may say what some are about."""
    if second is None or third is None or are_names(third[1]):
        return None
    has_names = len(second[1]) == n_cells and all(second[1]) and are_names(second[1])
    return skip_hint(second[0]) if has_names else None


def _missing_names_hint(names: list[str], delimiter: str) -> str | None:
    """What to do about names that are missing."""
    if "" not in names:
        return None
    if any(names[names.index("") :]):
        return "only at the end may a column without a name stand, if it is empty: name the others, or remove them"
    which = {TAB: "a tab", SPACE: "a space"}.get(delimiter, DELIMITER_NAMES[delimiter])
    return f"the header ends with {which}: remove the columns without a name, or name them"


def _check_delimiter(names: list[str], delimiter: str, *, where: str) -> None:
    """One single name that holds another delimiter means a file with the wrong suffix, or from another country."""
    # Two words may be one name.
    others = [other for other in DELIMITER_NAMES if other not in (delimiter, SPACE)]
    found = [other for other in others if len(names) == 1 and other in names[0]]
    if found:
        expected, got = DELIMITER_NAMES[delimiter], DELIMITER_NAMES[found[0]]
        setting = f"data.separator: {'tab' if found[0] == TAB else got}"
        remedy = "name the file .csv" if delimiter == TAB else f"{setting} reads such files; or save it with {expected}"
        raise DataError(f"{where}: expected cells separated by {expected}, got one cell with {got} in it", hint=remedy)
