"""Numbers with a unit or a sign beside them: 12 kg, 12,5 %, $1,234.50."""

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat


def without_units(columns: pa.Table, units: Iterable[tuple[str, str]]) -> pa.Table:
    """Takes units away from the cells of some columns; cells without one stay.

    Args:
        columns: Columns that are no text, and names that are missing, do not matter.
        units: Pairs of a column and its unit, which stands in front of the number or behind it.
    """
    for name, unit in units:
        place = columns.schema.get_field_index(name)
        if place < 0 or not pat.is_string(columns.schema.field(place).type):
            continue
        sign = re.escape(unit.strip())
        # A sign of the number may stand in front of the unit: -$5.
        bare = pc.replace_substring_regex(columns.column(place), rf"^\s*([+-]?)\s*{sign}\s*([+-]?[\d.,])", r"\1\2")
        bare = pc.replace_substring_regex(bare, rf"(\d[.,]?)[\s\x{{00A0}}\x{{202F}}]*{sign}\s*$", r"\1")
        columns = columns.set_column(place, columns.schema.field(place), bare)
    return columns
