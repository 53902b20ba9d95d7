"""Features as the network's input: compact for keeping, dense for computing."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class ColumnCounts(NamedTuple):
    """What a reader of predictions may want to know of a column.

    Attributes:
        missing: Cells without a value.
        unseen: Cells whose category is not among those kept from training.
    """

    missing: int
    unseen: int = 0


class EncodedColumn(NamedTuple):
    """One column in compact form.

    Attributes:
        values: float32 `(n_rows,)` numbers, or int32 `(n_rows,)` positions in a one-hot block.
        counts: Remarkable cells.
    """

    values: np.ndarray
    counts: ColumnCounts


@dataclass(frozen=True)
class EncodedFeatures:
    """Rows of features in compact form.

    Attributes:
        numbers: float32 `(n_rows, n_numbers)`: numeric, boolean and ordinal features.
        codes: int32 `(n_rows, n_blocks)`: position of the 1 inside each one-hot block, -1 for all zeros.
        widths: Width of each one-hot block.
        unseen: Column → cells whose category is not among those kept from training.
        missing: Column → cells without a value.
    """

    numbers: np.ndarray
    codes: np.ndarray
    widths: tuple[int, ...]
    unseen: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.numbers)

    @property
    def n_features(self) -> int:
        """Width of the dense form."""
        return int(self.numbers.shape[1]) + sum(self.widths)

    def take(self, rows: slice | np.ndarray) -> "EncodedFeatures":
        """Some of the rows. The counts belong to the table that was encoded and are not taken along."""
        return EncodedFeatures(self.numbers[rows], self.codes[rows], self.widths)

    def dense(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """The network's input for some of the rows.

        Returns:
            float32 `(n, n_features)`: the numbers, then the one-hot blocks.

        >>> features = EncodedFeatures(np.float32([[7.5], [8.5]]), np.int32([[2], [-1]]), widths=(3,))
        >>> features.dense().tolist()
        [[7.5, 0.0, 0.0, 1.0], [8.5, 0.0, 0.0, 0.0]]
        """
        numbers, codes = self.numbers[rows], self.codes[rows]
        n_numbers = numbers.shape[1]
        dense = np.zeros((len(numbers), self.n_features), dtype=np.float32)
        dense[:, :n_numbers] = numbers
        starts = n_numbers + np.cumsum((0, *self.widths), dtype=np.int64)[:-1]
        row, block = np.nonzero(codes >= 0)
        dense[row, starts[block] + codes[row, block]] = 1.0
        return dense
