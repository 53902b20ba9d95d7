"""The header of a CSV file: the names of its columns."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from dltrain.errors import DataError
from dltrain.table.csv_problems import skip_hint
from dltrain.table.csv_text import ROW_NUMBERS, CsvText, are_names, count_line_ends, is_header, n_named
from dltrain.table.spaces import SPACE
from dltrain.table.table import check_column_names, has_numbers_only

_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n|\Z")
TAB: Final = "\t"
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


def read_header(text: CsvText, *, headers: Sequence[Sequence[str]] = (), columns: Collection[str] = ()) -> Header:
    """Reads and checks the header of a CSV file; blank lines above it are skipped.

    Args:
        text: The beginning of the file, with all of the header.
        headers: For a file that may begin with a row: names for as many columns as there are cells; an empty one
            numbers them. Empty where the file has a header.
        columns: Some of the columns, if they are known: a first line with all of them is a header in any case.

    Raises:
        DataError: There is no header, or it does not give every column a name of its own, the last ones apart; or none
            of `headers` fits the first row.
    """
    header = _given_header(text, headers, columns) if headers else None
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


def _given_header(text: CsvText, headers: Sequence[Sequence[str]], columns: Collection[str]) -> Header | None:
    """The names that are given where the text begins with a row; None where it begins with a header, or is empty.

    A title above the first row is left out.

    Raises:
        DataError: None of `headers` has a name for each cell.
    """
    with closing(text.records()) as every:
        records = ((line, cells) for line, cells in every if cells)
        line, cells = next(records, (1, []))
        second = _next(records)
    if any(is_header(cells, names) for names in headers if names) or (columns and {*columns} <= {*cells}) or not cells:
        return None
    if second is not None and len(second[1]) >= _FEWEST_BELOW_TITLE and len(cells) == 1 and not has_numbers_only(cells):
        text = _below(text, line)
        line, cells = second
    names = _names_for(cells, headers)
    if names is not None:
        return Header(names, text)
    numbers = " or ".join(f"{number:,}" for number in sorted(map(len, headers)))
    raise DataError(
        f"{text.source}:{line}: expected {numbers} cells, one for each name in data.header, got {len(cells):,}"
    )


def _names_for(cells: Sequence[str], headers: Sequence[Sequence[str]]) -> list[str] | None:
    """The first of some headers that has a name for each cell, those at the end apart that are empty."""
    for names in headers:
        if len(names) in (n_named(cells), len(cells)):
            return [*names, *[""] * (len(cells) - len(names))]
        if not names:
            return [f"column_{number}" for number in range(1, len(cells) + 1)]
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
