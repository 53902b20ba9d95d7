"""float64 → float32, noticing the numbers that float32 cannot hold."""

from collections.abc import Callable
from typing import Final

import numpy as np

from dltrain.errors import DataError
from dltrain.table import Table, row_places

_BLOCK_CELLS: Final = 65_536
"""Few enough that what is computed on the way stays in the cache of a processor core."""


def compute_float32(
    compute: Callable[[np.ndarray], np.ndarray], values: np.ndarray, *, table: Table, name: str
) -> np.ndarray:
    """Applies a function to the values of a column, block by block, and rounds to float32.

    Args:
        compute: From float64 `(m,)` to float64 `(m,)`, row by row.
        values: float64 `(n_rows,)`.
        table: The table, for messages.
        name: The column, for messages.

    Raises:
        DataError: Some numbers are too large for float32; the message names the place of the first.
    """
    numbers = np.empty(values.shape, dtype=np.float32)
    with np.errstate(over="ignore"):
        for start in range(0, values.size, _BLOCK_CELLS):
            block = slice(start, start + _BLOCK_CELLS)
            numbers[block] = compute(values[block])
    if np.isinf(numbers).any():
        return to_float32(compute(values), table=table, name=name)
    return numbers


def to_float32(computed: np.ndarray, *, table: Table, name: str) -> np.ndarray:
    """Rounds what was computed from a column to float32.

    Args:
        computed: float64 `(n_rows,)`, NaN allowed.
        table: The table, for messages.
        name: The column, for messages.

    Raises:
        DataError: Some numbers are too large for float32; the message names the place of the first.
    """
    with np.errstate(over="ignore"):
        rounded = computed.astype(np.float32)
    is_infinite = np.isinf(rounded)
    if is_infinite.any():
        first = int(np.argmax(is_infinite))
        raise DataError(
            f"{row_places(table, [first])[0]}: column '{name}': expected a number below 3.4e38 after scaling, "
            f"got {computed[first]:.6g}; so in {is_infinite.sum():,} of {table.extent('cells')}"
        )
    return rounded
