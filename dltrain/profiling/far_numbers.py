"""Numbers such as -999 that programs write where a value is missing."""

from typing import Final

import numpy as np

_MISSING: Final = (-99.0, -999.0, -9999.0, -99999.0, -999999.0)


def far_below(numbers: np.ndarray) -> np.ndarray:
    """Which numbers are a usual sign for missing, below all others by more than these differ among themselves.

    Args:
        numbers: float64 `(n,)`, the different numbers of a column; where one is NaN, none is far.

    Returns:
        bool `(n,)`.

    >>> far_below(np.array([-999.0, 2.5, 7.0])).tolist(), far_below(np.array([-999.0, -870.0, 7.0])).tolist()
    ([True, False, False], [False, False, False])
    """
    lowest = float(numbers.min(initial=np.inf))
    is_lowest: np.ndarray = numbers == lowest
    others = numbers[~is_lowest]
    if lowest not in _MISSING or not others.size or others.min() - lowest <= np.ptp(others):
        return np.zeros(numbers.shape, np.bool_)
    return is_lowest
