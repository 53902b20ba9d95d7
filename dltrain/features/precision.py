"""float64 → float32, noticing the numbers that float32 cannot hold."""

import numpy as np

from dltrain.errors import DataError
from dltrain.table import Table, row_places


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
            f"got {computed[first]:.6g}; so in {is_infinite.sum():,} of {table.n_rows:,} cells"
        )
    return rounded
