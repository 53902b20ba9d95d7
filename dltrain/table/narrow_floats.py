"""float32 and float16 numbers as the float64 that their shortest decimals mean.

0.1 of float32 is 0.10000000149011612 of float64: another number than a CSV file of the same table has, another
category, and beyond a largest value of 0.1.
"""

from typing import Final

import numpy as np

_FLOAT32_DIGITS: Final = range(6, 10)
"""Significant digits, from what every decimal keeps in float32 to what tells all of its numbers apart."""

_LARGEST_EXACT_POWER: Final = 22
"""Of ten, in float64."""


def in_shortest_decimals(values: np.ndarray) -> np.ndarray:
    """The numbers that the fewest decimal digits mean which mean the same narrow ones.

    Args:
        values: float32 or float16; whole numbers keep all of their digits.

    Returns:
        float64, of the same shape.

    >>> in_shortest_decimals(np.array([0.1, 123456792], np.float32)).tolist()
    [0.1, 123456792.0]
    """
    numbers = values.astype(np.float64)
    left = np.flatnonzero(np.isfinite(numbers) & (numbers != np.trunc(numbers)))
    for n_digits in _FLOAT32_DIGITS if values.dtype == np.float32 else ():
        exact, narrow = values[left].astype(np.float64), values[left]
        places = n_digits - 1 - np.floor(np.log10(np.abs(exact))).astype(np.int64)
        factor = 10.0 ** np.abs(places)
        # A quotient of exact numbers is rounded as the decimal itself is.
        rounded = np.where(places >= 0, np.rint(exact * factor) / factor, np.rint(exact / factor) * factor)
        is_same = (rounded.astype(values.dtype) == narrow) & (places <= _LARGEST_EXACT_POWER)
        numbers[left[is_same]] = rounded[is_same]
        left = left[~is_same]
    # The smallest of float32, and the few different ones of float16.
    others, places = np.unique(values[left], return_inverse=True)
    numbers[left] = np.array([float(str(other)) for other in others], np.float64)[places]
    return numbers
