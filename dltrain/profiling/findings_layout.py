"""How a file is laid out: a first row in the place of a header, units below it, spaces between cells."""

import re
from collections.abc import Sequence
from typing import Final

import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config import Config
from dltrain.config.yaml.commented import scalar_text
from dltrain.errors import counted, quoted_list
from dltrain.profiling.finding import Finding
from dltrain.table import Table, row_places, text_array
from dltrain.table.bad_cells import is_missing_marker
from dltrain.table.number_text import parse_numbers
from dltrain.table.table import is_text_source

_MOST_ROWS: Final = 10_000
_MOST_NAMED: Final = 30
"""Of more columns the names are left to numbers."""

_MOST_ROWS_OF_NUMBERS: Final = 1_000
_FEWEST_NUMBERS: Final = 4
_FEWEST_UNITS: Final = 2
_SHOWN: Final = 3
_FRACTION: Final = re.compile(r"[+-]?\d*[.,]\d+")


def header_finding(table: Table, config: Config) -> Finding | None:
    """Names of columns that are cells: most of them stand in their own columns, or are fractions.

    Args:
        table: All of it, or its beginning.
        config: What the change is for.
    """
    names = table.column_names
    if config.data.header is not None or not is_text_source(table.source) or _are_numbered(names):
        return None
    cells = [name for name in names if _FRACTION.fullmatch(name.strip()) or _is_cell(table, name)]
    if 2 * len(cells) < len(names) or not names:
        return None
    named = f"[{', '.join(scalar_text(f'column_{at}') for at in range(1, len(names) + 1))}]"
    return Finding(
        "warning",
        "header_row",
        None,
        f"the first line seems to be a row and no header: {len(cells):,} of {len(names):,} names stand in their own "
        f"columns or are fractions, such as {quoted_list([name.strip() for name in cells[:_SHOWN]])}",
        (f"data.header={named if len(names) <= _MOST_NAMED else 'none'}",),
    )


def units_finding(table: Table, config: Config) -> Finding | None:
    """A first row of words above numbers, as of their units.

    Args:
        table: All of it, or its beginning.
        config: Is not looked at.
    """
    if not is_text_source(table.source) or config.data.header is not None:
        return None
    above, n_numeric = list[str](), 0
    for name in table.column_names:
        column = table.columns.column(name).slice(0, _MOST_ROWS_OF_NUMBERS)
        if not pat.is_string(column.type) or len(column) - column.null_count < _FEWEST_NUMBERS:
            continue
        is_bad = parse_numbers(column, table.texts.numbers).is_bad
        if not is_bad[1:].any():
            n_numeric += 1
            is_word = is_bad[0] and not is_missing_marker(column.slice(0, 1))[0].as_py()
            above += [column[0].as_py()] if is_word else []
    if len(above) < _FEWEST_UNITS or 4 * len(above) < 3 * n_numeric:
        return None
    (place,) = row_places(table, [0])
    return Finding(
        "warning",
        "units_row",
        None,
        f"{place}: a line of words above numbers seems to hold units, and no row: {quoted_list(above[:_SHOWN])}",
    )


def spaces_finding(table: Table, config: Config) -> Finding | None:
    """Spaces around names, or around most texts of a column: they make other names and texts of them.

    Args:
        table: All of it, or its beginning.
        config: What the change is for.
    """
    if config.data.trim_spaces or not is_text_source(table.source):
        return None
    names = [name for name in table.column_names if name != name.strip(" ")]
    columns = [name for name in table.column_names if _has_spaces(table, name)]
    if not names and not columns:
        return None
    where = f"the cells of {counted(len(columns), 'column')}, such as {quoted_list(columns[:1])}," if columns else ""
    named = f"the names of {counted(len(names), 'column')}, such as {quoted_list(names[:1])}," if names else ""
    return Finding(
        "warning",
        "outer_spaces",
        None,
        f"{' and '.join(filter(None, (named, where)))} begin or end with a space, which belongs to them: "
        "'?' and ' ?' are different cells",
        ("data.trim_spaces=true",),
    )


def _has_spaces(table: Table, name: str) -> bool:
    column = table.columns.column(name).slice(0, _MOST_ROWS)
    if not pat.is_string(column.type):
        return False
    n_spaced = pc.sum(pc.match_substring_regex(column, "^ *[^ ].* $|^ +[^ ]")).as_py() or 0
    n_known = len(column) - column.null_count
    return bool(2 * n_spaced > n_known)


def _are_numbered(names: Sequence[str]) -> bool:
    """Whether names count the columns: such numbers may well be among their cells."""
    return any(list(names) == [str(first + at) for at in range(len(names))] for first in (0, 1))


def _is_cell(table: Table, name: str) -> bool:
    column = table.columns.column(name).slice(0, _MOST_ROWS)
    return pat.is_string(column.type) and bool(pc.any(pc.equal(column, *text_array([name]))).as_py())
