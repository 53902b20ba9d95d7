"""The order in which an epoch sees the rows."""

import numpy as np


def epoch_order(n_rows: int, *, seed: int, epoch: int) -> np.ndarray:
    """A permutation of the rows that depends on the seed and the epoch's number alone.

    Args:
        n_rows: Number of training rows.
        seed: `training.seed`.
        epoch: Counted from 1.

    Returns:
        int32 `(n_rows,)`.
    """
    return np.random.default_rng([seed, epoch]).permutation(n_rows).astype(np.int32)
