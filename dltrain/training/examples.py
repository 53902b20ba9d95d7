"""The rows that training sees, as the arrays it works on."""

from dataclasses import dataclass

import numpy as np

from dltrain.features import EncodedFeatures


@dataclass(frozen=True)
class Examples:
    """Encoded rows with what the network should answer.

    Attributes:
        features: `n` encoded rows.
        y: float32 `(n, 1)` for regression (scaled target) and binary tasks (0 or 1);
            int32 `(n,)` class codes for multiclass tasks.
        weight: float32 `(n,)`, how much each row counts in the loss; >= 0.
    """

    features: EncodedFeatures
    y: np.ndarray
    weight: np.ndarray

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def n_bytes(self) -> int:
        """Memory that the arrays take."""
        return self.features.numbers.nbytes + self.features.codes.nbytes + self.y.nbytes + self.weight.nbytes

    def take(self, rows: slice | np.ndarray) -> "Examples":
        """Some of the rows."""
        return Examples(self.features.take(rows), self.y[rows], self.weight[rows])
