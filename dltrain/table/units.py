"""Numbers with a unit or a sign beside them: 12 kg, 12,5 %, $1,234.50; durations."""

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.data import DURATIONS, TextFormat
from dltrain.table.durations import as_numbers
from dltrain.table.numpy_arrow import null_of, text_array

CURRENCIES: Final = (
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|TRY|USD|ZAR"  # ISO 4217
)
"""Codes that may stand in front of amounts, as a regular expression; other words there name things: LOT 12."""

SPACE: Final = r"[\s\x{00A0}\x{202F}]"
"""A space, also one that lines do not break at, as a regular expression."""


def without_units(columns: pa.Table, texts: TextFormat) -> pa.Table:
    """Takes units away from the cells of some columns, and writes durations as numbers; cells without a unit stay.

    Args:
        columns: Columns that are no text, and names that are missing, do not matter.
        texts: The units, which stand in front of numbers or behind them, and what means missing without its unit too.
    """
    missing = text_array(texts.missing_values)
    for name, unit in texts.units:
        place = columns.schema.get_field_index(name)
        if place < 0 or not pat.is_string(columns.schema.field(place).type):
            continue
        cells = columns.column(place)
        bare = as_numbers(cells, unit, texts.numbers) if unit in DURATIONS else _without_sign(cells, unit)
        bare = pc.if_else(pc.is_in(bare, value_set=missing), null_of(pa.string()), bare)
        columns = columns.set_column(place, columns.schema.field(place), bare)
    return columns


def _without_sign(cells: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    sign = re.escape(unit.strip())
    # A sign of the number may stand in front of the unit: -$5.
    before = rf"^\s*([+\x{{2212}}-]?)\s*{sign}{SPACE}*([+\x{{2212}}-]?[\d.,])"
    return pc.replace_substring_regex(
        pc.replace_substring_regex(cells, before, r"\1\2"), rf"(\d[.,]?){SPACE}*{sign}\s*$", r"\1"
    )
