"""Small tables for the tests of this room."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dltrain.table import Table


def table_of(**columns: Sequence[Any] | np.ndarray) -> Table:
    """A table from lists or arrays; None is a missing cell."""
    return Table(
        pa.table({name: _array(np.array(cells, dtype=object).tolist()) for name, cells in columns.items()}), "table"
    )


def _array(cells: list[Any]) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell is not None} or {str}
    types = {str: pa.string(), bool: pa.bool_(), float: pa.float64(), int: pa.float64()}
    return pa.array(cells, types[kinds.pop()])
