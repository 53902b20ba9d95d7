"""The header of a CSV file: the names of its columns."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final, NamedTuple

from dltrain.errors import DataError
from dltrain.table.csv_problems import skip_hint
from dltrain.table.csv_text import ROW_NUMBERS, CsvText, are_names, n_named
from dltrain.table.spaces import SPACE
from dltrain.table.table import check_column_names, has_numbers_only

TAB: Final = "\t"

DELIMITER_NAMES: Final = {",": "','", ";": "';'", TAB: "tabs", "|": "'|'", SPACE: "spaces"}


class Header(NamedTuple):
    """The names of the columns, and the text below them.

    Attributes:
        names: A name for every cell; "" at the end where rows have cells without one, which must be empty.
        rest: The rows.
    """

    names: list[str]
    rest: CsvText


def read_header(text: CsvText) -> Header:
    """Reads and checks the header of a CSV file; blank lines above it are skipped.

    Args:
        text: The beginning of the file, with all of the header.

    Raises:
        DataError: There is no header, or it does not give every column a name of its own, the last ones apart.
    """
    # An error that somebody keeps would keep the records open, too, and with them the limit of cells lifted.
    with closing(text.records()) as every:
        records = ((line, cells) for line, cells in every if cells)
        line, cells = next(records, (1, []))
        names = cells
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
    return Header(names, text.below(line, cells))


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
