"""float64 → float32, noticing the numbers that float32 cannot hold."""

import numpy as np

from dltrain.errors import DataError
from dltrain.table import Table
from dltrain.table.bad_cells import bad_cells_error


def to_float32(computed: np.ndarray, *, table: Table, name: str) -> np.ndarray:
    """Rounds what was computed from a column to float32.

    Args:
        computed: float64 `(n_rows,)`, NaN allowed.
        table: The table, for messages.
        name: The column, for messages.

    Raises:
        DataError: Some numbers are too large for float32; the message names their places.
    """
    with np.errstate(over="ignore"):
        rounded = computed.astype(np.float32)
    is_infinite = np.isinf(rounded)
    if is_infinite.any():
        expected = "a number that stays below 3.4e38 when scaled"
        raise DataError(bad_cells_error(table, name, is_infinite, expected=expected).message)
    return rounded
