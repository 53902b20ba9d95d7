"""The cells of a table as the columns see them, whatever kind of file they come from."""

import pyarrow as pa

from dltrain.config.sections.data import TextFormat
from dltrain.table.spaces import trimmed_cells
from dltrain.table.units import without_units


def plain_cells(columns: pa.Table, texts: TextFormat) -> pa.Table:
    """Cells without the spaces and units that the format tells of.

    Args:
        columns: As they were read.
        texts: How their texts are to be read.
    """
    return without_units(trimmed_cells(columns, texts), texts)
