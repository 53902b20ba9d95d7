"""Numbers with a unit or a sign beside them: 12 kg, 12,5 %, $1,234.50; durations."""

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.sections.data import DURATIONS, TextFormat
from dltrain.table.durations import as_numbers, duration_numbers
from dltrain.table.numpy_arrow import null_of, text_array

CURRENCIES: Final = (
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|TRY|USD|ZAR"  # ISO 4217
)
"""Codes that may stand in front of amounts, as a regular expression; other words there name things: LOT 12."""

SPACE: Final = r"[\s\x{00A0}\x{202F}]"
"""A space, also one that lines do not break at, as a regular expression."""


def without_units(columns: pa.Table, texts: TextFormat) -> pa.Table:
    """Takes units away from the cells of some columns, and makes numbers of durations; cells without a unit stay.

    Args:
        columns: Names that are missing do not matter. Durations of Parquet and pandas become seconds without a unit.
        texts: The units, which stand in front of numbers or behind them, and what means missing without its unit too.
    """
    units = dict(texts.units)
    for place, field in enumerate(columns.schema):
        unit, cells = units.get(field.name), columns.column(place)
        if pat.is_duration(field.type):
            numbers = duration_numbers(cells, unit if unit in DURATIONS else "s")
        elif unit is None or not pat.is_string(field.type):
            continue
        elif unit in DURATIONS:
            numbers = as_numbers(cells, unit, texts.numbers)
        else:
            numbers = _without_sign(cells, unit, text_array(texts.missing_values))
        columns = columns.set_column(place, field.with_type(numbers.type), numbers)
    return columns


def _without_sign(cells: pa.ChunkedArray, unit: str, missing: pa.Array) -> pa.ChunkedArray:
    sign = re.escape(unit.strip())
    # A sign of the number may stand in front of the unit: -$5.
    before = rf"^\s*([+\x{{2212}}-]?)\s*{sign}{SPACE}*([+\x{{2212}}-]?[\d.,])"
    bare = pc.replace_substring_regex(cells, before, r"\1\2")
    bare = pc.replace_substring_regex(bare, rf"(\d[.,]?){SPACE}*{sign}\s*$", r"\1")
    return pc.if_else(pc.is_in(bare, value_set=missing), null_of(pa.string()), bare)
