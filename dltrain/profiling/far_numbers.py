"""Numbers such as -999 and 9999 that programs and people write where a value is missing."""

from typing import Final

import numpy as np

_MISSING: Final = (-99.0, -999.0, -9999.0, -99999.0, -999999.0)
_NINES: Final = (999.0, 9999.0, 99999.0, 999999.0, 9999999.0)
_GAP: Final = 3.0
"""How many times farther than the others are from each other a high number lies: amounts may have a long tail."""


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


def far_above(numbers: np.ndarray) -> np.ndarray:
    """Which numbers consist of nines and lie above all others, by more than three times what these differ.

    Args:
        numbers: float64 `(n,)`, the different numbers of a column; where one is NaN, none is far.

    Returns:
        bool `(n,)`.

    >>> far_above(np.array([999.0, 20.0, 69.0])).tolist(), far_above(np.array([999.0, 20.0, 690.0])).tolist()
    ([True, False, False], [False, False, False])
    """
    highest = float(numbers.max(initial=-np.inf))
    is_highest: np.ndarray = numbers == highest
    others = numbers[~is_highest]
    if highest not in _NINES or others.size < 2 or highest - others.max() <= _GAP * np.ptp(others):
        return np.zeros(numbers.shape, np.bool_)
    return is_highest
