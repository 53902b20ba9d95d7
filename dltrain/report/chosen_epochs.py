"""Which epochs stand for all of them where there are too many to show."""

from collections.abc import Sequence

import numpy as np


def chosen_epochs(n_epochs: int, best: int, most: int) -> Sequence[int]:
    """Positions of at most about `most` epochs: evenly spaced, with the first, the last and the kept one.

    Args:
        n_epochs: How many there are.
        best: The one that was kept, counted from 1.
        most: How many to choose.
    """
    if n_epochs <= most:
        return range(n_epochs)
    even = np.linspace(0, n_epochs - 1, most).round().astype(int).tolist()
    return sorted({*even, best - 1})
