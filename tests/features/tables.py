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


def people(n_rows: int = 40, seed: int = 0) -> Table:
    """A column of every kind, with missing cells."""
    rng = np.random.default_rng(seed)

    def cells(values: list[Any]) -> list[Any]:
        return [values[choice] for choice in rng.integers(0, len(values), n_rows)]

    return table_of(
        city=cells(["Paris", "Rome", "(missing)", None]),
        age=cells(["30", "41.5", "-7", None]),
        size=cells(["S", "M", "L", None]),
        member=cells(["true", "false", None]),
        y=cells(["yes", "no"]),
    )
