"""Numbers to places on a chart, and the round numbers that label its axes."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

_ONE_NUMBER: Final = 5e-5
"""Numbers that differ by a smaller share have the same six digits at most ticks between them."""


@dataclass(frozen=True)
class Scale:
    """A straight or logarithmic way from numbers to places.

    Attributes:
        low, high: The numbers at both ends, low < high; positive for a logarithmic scale.
        start, end: Their places.
        is_log: Whether equal distances are equal ratios.
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, values: np.ndarray | float) -> np.ndarray:
        """The places of numbers, float64 of the same shape."""
        low, high, numbers = self.low, self.high, np.asarray(values, np.float64)
        if self.is_log:
            low, high, numbers = math.log(low), math.log(high), np.log(np.maximum(numbers, low))
        share = numbers / (high - low) - low / (high - low)
        return np.asarray(self.start + np.clip(share, -0.05, 1.05) * (self.end - self.start))

    def at(self, value: float) -> float:
        """The place of one number."""
        return float(self(value))

    def ticks(self, n: int = 5) -> list[float]:
        """About `n` round numbers between both ends.

        >>> Scale(0.0, 23.0, 0, 100).ticks()
        [0.0, 5.0, 10.0, 15.0, 20.0]
        """
        if self.is_log:
            return _powers(self.low, self.high)
        step = _round_step((self.high - self.low) / n)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def scale_for(
    values: Iterable[np.ndarray], start: float, end: float, *, from_zero: bool = False, may_be_log: bool = False
) -> Scale:
    """A scale with room for all finite numbers.

    Args:
        values: The numbers.
        start: Place of the smallest one.
        end: Place of the largest one.
        from_zero: Whether 0 has to be on it.
        may_be_log: Whether numbers of very different size make it logarithmic.
    """
    numbers = np.concatenate([np.zeros(1) if from_zero else np.empty(0), *map(np.ravel, values)])
    limit = np.finfo(np.float64).max / 4
    numbers = np.clip(numbers[np.isfinite(numbers)], -limit, limit)
    low, high = (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 1.0)
    if may_be_log and low > 0 and high > 20 * low:
        return Scale(low / 1.1, high * 1.1, start, end, is_log=True)
    # Halved before they are subtracted: the difference of the largest numbers is too large for a float.
    room = (high / 2 - low / 2) * 0.08
    size = max(abs(low), abs(high))
    if high / 2 - low / 2 <= size * _ONE_NUMBER / 2 or not math.isfinite(room):
        room = size * 0.1 or 0.5
    low = low if from_zero and low >= 0 else max(low - room, -limit)
    return Scale(low, min(high + room, limit), start, end)


def _round_step(step: float) -> float:
    """1, 2 or 5 times a power of ten, at least as large."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten, with 2 and 5 times them where there are few."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1,), (1, 3), (1, 2, 5)):
        found = [factor * 10.0**exponent for exponent in exponents for factor in factors]
        found = [tick for tick in found if low <= tick <= high]
        if len(found) >= 3:
            break
    return found[:: max(1, math.ceil(len(found) / 6))]
