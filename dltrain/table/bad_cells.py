"""The error for cells that do not fit the kind of their column."""

import json
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config.sections.data import NumberFormat
from dltrain.config.sections.date_formats import is_time_of_day
from dltrain.config.yaml.commented import scalar_text
from dltrain.config.yaml.overrides import key_part
from dltrain.errors import DataError, escaped
from dltrain.table.date_text import has_dates
from dltrain.table.durations import duration_unit
from dltrain.table.lines import row_places
from dltrain.table.number_text import PLAIN, TYPED
from dltrain.table.numpy_arrow import arrow_from_numpy, text_array
from dltrain.table.table import Table
from dltrain.table.units import CURRENCIES

_MARKERS: Final = (
    *("", "-", "--", "---", "–", "—", ".", "..", "...", ":", "?", "??", "???", "_"),
    *("n/a", "n.a.", "n.a", "na", "nan", "<na>", "nil", "none", "null", "missing"),
    # What spreadsheets show for a formula that failed.
    *("#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"),
)
_GROUPED: Final = re.compile(r"\s*[+-]?[1-9]\d{0,2}(?:([,.' \u00a0\u202f’])\d{3})(?:\1\d{3})*(?:[.,]\d+)?\s*")
_AMOUNT: Final = r"[+-]?\d[\d.,'\u2019 \u00a0\u202f]*"
_SPACE: Final = "[ \u00a0\u202f]"
_UNITED: Final = re.compile(
    rf"\s*(?:([$€£¥]|(?:{CURRENCIES})(?={_SPACE})){_SPACE}?{_AMOUNT}|{_AMOUNT}([A-Za-z%°µμ€$£¥/]{{1,6}}))\s*"
)
_DECIMAL_COMMA: Final = re.compile(r"\s*[+-]?\d[\d.]*,\d+\s*")
_TIME: Final = re.compile(r"\s*\d{1,2}:\d{2}\s*")
_SHOWN_CELLS: Final = 5
MOST_WORDS: Final = 5
"""So many different words among numbers may all mean missing; more are names of things."""
_SHOWN_CHARACTERS: Final = 40


def is_missing_marker(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which cells hold a text that usually means "missing", like NA, null, ? or only spaces."""
    return pc.is_in(pc.utf8_lower(pc.ascii_trim_whitespace(texts)), value_set=text_array(_MARKERS))


def bad_cells_error(
    table: Table, name: str, is_bad: np.ndarray, *, expected: str, hint: str | None = None
) -> DataError:
    """Names the first bad cells of a column with their lines, and says how many there are.

    Args:
        table: The table.
        name: The column.
        is_bad: bool (n_rows,), at least one is True.
        expected: What the cells should be, for example "a number".
        hint: What to do about them, unless they are markers of missing values; None: what numbers may need.
    """
    rows = np.flatnonzero(is_bad)
    shown = rows[:_SHOWN_CELLS].tolist()
    column = table.columns.column(name)
    if has_dates(column.type):  # Python's years end with 9999
        column = column.cast(pa.string())
    problems = [
        f"{place}: column '{escaped(name)}': expected {expected}, got {_shown(cell)}"
        for place, cell in zip(
            row_places(table, shown), column.take(arrow_from_numpy(rows[:_SHOWN_CELLS])).to_pylist(), strict=True
        )
    ]
    if rows.size > _SHOWN_CELLS:
        problems.append(f"and {rows.size - _SHOWN_CELLS:,} more of {table.extent('cells')}")
    texts = column.take(arrow_from_numpy(rows)).unique()
    if not pa.types.is_string(table.columns.column(name).type):
        return DataError("\n".join(problems))
    are_few = 2 * rows.size < len(column) - column.null_count
    return DataError(
        "\n".join(problems),
        hint=_hint(table, name, texts, hint, are_few=are_few),
        table_hint=_durations_hint(table, name, texts) if hint is None else None,
    )


def bad_dates_error(table: Table, name: str, is_bad: np.ndarray, *, date_format: str | None) -> DataError:
    """The error for cells that are no dates.

    Args:
        table: The table.
        name: The column.
        is_bad: bool `(n_rows,)`, at least one is True.
        date_format: What texts should look like; None for ISO dates.
    """
    column = f"preprocessing.columns.{key_part(name)}"
    if date_format is None:
        expected = "a date as 2024-01-31 or 2024-01-31T12:00:00"
        first = str(table.columns.column(name)[int(np.argmax(is_bad))].as_py())
        usual = "%H:%M" if _TIME.fullmatch(first) else "%d.%m.%Y"
        hint = f'if dates look otherwise: {column}.format: "{usual}"; if these are names: {column}.kind: categorical'
    else:
        noun = "time" if is_time_of_day(date_format) else "date"
        expected, hint = f"a {noun} as '{date_format}' says", f"the format is {column}.format"
    return bad_cells_error(table, name, is_bad, expected=expected, hint=hint)


def _shown(cell: object) -> str:
    if not isinstance(cell, str):
        return escaped(str(cell))
    return repr(cell if len(cell) <= _SHOWN_CHARACTERS else cell[:_SHOWN_CHARACTERS] + "…")


def _hint(table: Table, name: str, texts: pa.Array, otherwise: str | None, *, are_few: bool) -> str:
    """What the different bad texts of a column suggest; where they are few, most cells are written in another way."""
    if pc.all(is_missing_marker(texts)).as_py():
        return f"if this means a missing value: {_missing_values(table, texts)}"
    if (durations := duration_unit(texts[:_SHOWN_CELLS])) is not None:
        return f"if these are durations: {_unit_of(table, name, durations)}"
    if otherwise is not None:
        return otherwise
    if (unit := _only_unit(texts[:_SHOWN_CELLS].to_pylist())) is not None:
        return f"if these are numbers with a unit: {_unit_of(table, name, unit)}"
    if (written := _number_hint(texts[:_SHOWN_CELLS].to_pylist(), table.texts.numbers)) is not None:
        return "write them as the other numbers are written" if are_few and table.texts.numbers == PLAIN else written
    if any(text.strip().lower().lstrip("+-") in {"inf", "infinity"} for text in texts[:_SHOWN_CELLS].to_pylist()):
        return "infinity cannot be computed with: empty such cells, or write a large number"
    names = f"if the column holds names rather than numbers: preprocessing.columns.{key_part(name)}.kind: categorical"
    if len(texts) > MOST_WORDS:
        return names
    these = "this means a missing value" if len(texts) == 1 else "these mean missing values"
    as_missing = f"if {these}: {_missing_values(table, texts)}"
    if all(map(is_word, texts.to_pylist())):
        return f"{as_missing}; {names}"
    can_be_named = are_few and all(map(str.isprintable, texts.to_pylist()))
    return f"{as_missing}, otherwise mend such cells; {names}" if can_be_named else names


def _durations_hint(table: Table, name: str, texts: pa.Array) -> str | None:
    """How durations of a column whose unit the config does not say become numbers; None where there are none."""
    unit = duration_unit(texts[:_SHOWN_CELLS])
    if unit is None or name in dict(table.texts.units):
        return None
    if not table.is_frame:
        return "if these are durations: write them as numbers; those of Parquet and data frames were read as seconds"
    column = f"frame[{name!r}]"
    parts = {"h:m": f"{column} + ':00'", "m:s": f"'00:' + {column}", "h:m:s": column}
    if unit not in parts:
        return "if these are durations: give them as timedeltas, or as numbers of seconds"
    return f"if these are durations as {unit}: {column} = pandas.to_timedelta({parts[unit]})"


def _only_unit(texts: Sequence[str]) -> str | None:
    """What stands beside the number in all of some cells; None where they are not so."""
    found = [_UNITED.fullmatch(text) for text in texts]
    units = {match[1] or match[2] for match in found if match}
    return units.pop() if len(units) == 1 and all(found) else None


def _number_hint(texts: Sequence[str], numbers: NumberFormat) -> str | None:
    """What to say of numbers that are written in another way than the config says; None where there are none."""
    if numbers != PLAIN:
        if not any(character.isdigit() for text in texts for character in text):
            return None
        comma = "comma" if numbers.decimal == "," else "point"
        groups = f" and thousands as 1{numbers.thousands}000" if numbers.thousands else ""
        return f"data.decimal and data.thousands say that numbers have a decimal {comma}{groups}"
    if any(_DECIMAL_COMMA.fullmatch(text) and not _GROUPED.fullmatch(text) for text in texts):
        return 'if the comma stands before the fraction: data.decimal: ","'
    signs = {match[1] for match in map(_GROUPED.fullmatch, texts) if match}
    if "." in signs:
        return 'if the points stand between thousands: data.decimal: "," and data.thousands: "."'
    if signs:
        sign = TYPED.get(min(signs), min(signs))
        return f'if the thousands are set apart in these numbers: data.thousands: "{sign}"'
    return None


def is_word(text: str) -> bool:
    """Whether a text can be pasted into a list of words."""
    return text.isprintable() and len(text) <= _SHOWN_CHARACTERS and not any(map(str.isdigit, text))


def _unit_of(table: Table, name: str, unit: str) -> str:
    """What the config has to say for a column to have a unit, beside those that it names already."""
    units = {**dict(table.texts.units), name: unit}
    pairs = (f"{scalar_text(column)}: {json.dumps(sign, ensure_ascii=False)}" for column, sign in units.items())
    return f"data.unit_of: {{{', '.join(pairs)}}}"


def _missing_values(table: Table, texts: pa.Array) -> str:
    """What the config has to say for some texts to mean missing, beside those that it names already."""
    return f"data.missing_values: {json.dumps([*table.texts.missing_values, *texts.to_pylist()], ensure_ascii=False)}"
