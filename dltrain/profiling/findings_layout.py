"""How a file is laid out: a first row in the place of a header, units below it, spaces between cells."""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config import Config
from dltrain.config.sections.data import NUMBERED
from dltrain.config.yaml.commented import scalar_text
from dltrain.errors import counted, quoted_list
from dltrain.profiling.finding import Finding
from dltrain.table import Table, row_places, text_array
from dltrain.table.bad_cells import is_missing_marker
from dltrain.table.number_text import parse_numbers
from dltrain.table.table import is_text_source

_MOST_ROWS: Final = 10_000
_FEWEST_COLUMNS: Final = 3
"""Of fewer columns, a name may be like the cells by chance."""

_FEW_TEXTS: Final = 50
"""Of more different ones in a column, a name may be one that comes only once."""

_MOST_NAMED: Final = 30
"""Of more columns the names are left to numbers."""

_MOST_ROWS_OF_NUMBERS: Final = 1_000
_RULE: Final = re.compile(r" *[-=:+]{3,} *")
_FEWEST_NUMBERS: Final = 4
"""Cells of a column that is one of numbers."""

_FEWEST_UNITS: Final = 2
_SHOWN: Final = 3


def layout_findings(table: Table, config: Config) -> list[Finding]:
    """What stands between the cells, or where the header should be.

    Args:
        table: All of it, or its beginning. That of a Parquet file or a data frame has its names and cells for sure.
        config: What the changes are for.
    """
    if not is_text_source(table.source):
        return []
    has_header = config.data.header is None
    found = (
        _header_row(table) if has_header else None,
        _units_row(table) if has_header else None,
        None if config.data.trim_spaces else _outer_spaces(table, config),
    )
    return [finding for finding in found if finding is not None]


def _header_row(table: Table) -> Finding | None:
    """Names of columns that are cells: every one fits in with its own column, and at least half of them for sure."""
    names = table.column_names
    # Numbers that count the columns may well be among their cells.
    are_counted = any(names == [str(first + at) for at in range(len(names))] for first in (0, 1))
    if len(names) < _FEWEST_COLUMNS or are_counted:
        return None
    fits = {name: _fits(table, name) for name in names}
    cells = [name for name in names if fits[name]]
    if False in fits.values() or 2 * len(cells) < len(names):
        return None
    change = f"[{', '.join(scalar_text(f'{NUMBERED}{at}') for at in range(1, len(names) + 1))}]"
    return Finding(
        "warning",
        "header_row",
        None,
        f"the first line seems to be a row and no header: {len(cells):,} of {len(names):,} names are like the cells of "
        f"their columns, such as {quoted_list([name.strip() for name in cells[:_SHOWN]])}",
        (f"data.header={change if len(names) <= _MOST_NAMED else 'none'}",),
    )


def _fits(table: Table, name: str) -> bool | None:
    """Whether a name is like the cells of its column: a number in their range, or a text among few; None: who knows."""
    column = table.columns.column(name).slice(0, _MOST_ROWS)
    if not pat.is_string(column.type) or column.null_count == len(column):
        return None
    parsed = parse_numbers(column, table.texts.numbers)
    if not parsed.is_bad.any():
        number = parse_numbers(pa.chunked_array([text_array([name])]), table.texts.numbers)
        low, high = np.nanmin(parsed.values), np.nanmax(parsed.values)
        # The first row may be the smallest or the largest.
        return not number.is_bad[0] and bool(2 * low - high <= number.values[0] <= 2 * high - low)
    if pc.any(pc.equal(column, *text_array([name]))).as_py():
        return True
    return False if len(pc.unique(column)) <= _FEW_TEXTS else None


def _units_row(table: Table) -> Finding | None:
    """A first row of words above numbers, as of their units, or one of dashes."""
    cells = [table.columns.column(name)[0].as_py() for name in table.column_names]
    known = [cell for cell in cells if cell is not None]
    if known and all(isinstance(cell, str) and _RULE.fullmatch(cell) for cell in known):
        message = "a line of dashes below the header is no row"
    elif units := _words_above_numbers(table):
        message = f"a line of words above numbers seems to hold units, and no row: {quoted_list(units[:_SHOWN])}"
    else:
        return None
    (place,) = row_places(table, [0])
    return Finding("warning", "units_row", None, f"{place}: {message}")


def _words_above_numbers(table: Table) -> list[str]:
    """The words of the first row in columns that are numbers below it, if nearly all of these have one."""
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
    return above if len(above) >= _FEWEST_UNITS and 4 * len(above) >= 3 * n_numeric else []


def _outer_spaces(table: Table, config: Config) -> Finding | None:
    """Spaces around names, or around most texts of a column: they make other names and texts of them."""
    names = [name for name in table.column_names if name != name.strip(" ")]
    columns = [name for name in table.column_names if _has_spaces(table, name)]
    if not names and not columns:
        return None
    is_named = bool(_named_columns(config) & {*names})
    where = f"the cells of {counted(len(columns), 'column')}, such as {quoted_list(columns[:1])}," if columns else ""
    named = f"the names of {counted(len(names), 'column')}, such as {quoted_list(names[:1])}," if names else ""
    return Finding(
        "warning",
        "outer_spaces",
        None,
        f"{' and '.join(filter(None, (named, where)))} begin or end with a space, which belongs to them: "
        "'?' and ' ?' are different cells"
        + (", and the config names columns so: data.trim_spaces wants them without" if is_named else ""),
        () if is_named else ("data.trim_spaces=true",),
    )


def _named_columns(config: Config) -> set[str]:
    """The columns that a config names."""
    data = config.data
    single = data.target, data.weight, config.split.column
    return {*filter(None, single), *(data.features or ()), *data.drop, *data.id, *config.preprocessing.columns}


def _has_spaces(table: Table, name: str) -> bool:
    column = table.columns.column(name).slice(0, _MOST_ROWS)
    if not pat.is_string(column.type):
        return False
    n_spaced = pc.sum(pc.match_substring_regex(column, "^ *[^ ].* $|^ +[^ ]")).as_py() or 0
    n_known = len(column) - column.null_count
    return bool(2 * n_spaced > n_known)
