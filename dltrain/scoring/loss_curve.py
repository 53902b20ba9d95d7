"""What a curve of losses tells: how much it jumps, how far it fell, and how far it had yet to go."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

FEWEST_EPOCHS: Final = 8
"""Of a shorter curve, noise and trend cannot be told apart."""

_SURE: Final = 3.0
"""Standard errors that a difference has to exceed: chance alone does so once in 700 times."""

_NORMAL_MAD: Final = 1.4826
"""A normal distribution's standard deviation as a multiple of its median absolute deviation."""

_RESIDUAL_VARIANCE: Final = 1.5
"""Variance of v[t] - (v[t-1] + v[t+1]) / 2 as a multiple of that of v."""


@dataclass(frozen=True)
class LossCurve:
    """One loss for every epoch.

    Three windows of equal width, at the start, in the middle and at the end, are compared. For a loss that decays
    exponentially, the falls between them have a constant ratio, whatever the width.

    Attributes:
        values: float64 `(n_epochs,)`, finite, at least `FEWEST_EPOCHS` of them.
    """

    values: np.ndarray

    @classmethod
    def of(cls, values: Sequence[float]) -> "LossCurve | None":
        """The curve, or None where it is too short or not finite."""
        array = np.asarray(values, np.float64)
        return cls(array) if len(array) >= FEWEST_EPOCHS and np.isfinite(array).all() else None

    @property
    def noise(self) -> float:
        """Standard deviation of one value around the smooth curve, from its own jumps.

        How far every value lies from the line between its neighbours, after Gasser, Sroka and Jennen-Steinmetz (1986);
        the median keeps the steep beginning out of it.
        """
        values = self.values
        residuals = values[1:-1] - (values[:-2] + values[2:]) / 2
        return float(np.median(np.abs(residuals)) * _NORMAL_MAD / math.sqrt(_RESIDUAL_VARIANCE))

    @property
    def relative_noise(self) -> float:
        """The noise as a share of the lowest loss; 0 where that is zero, below which there is nothing to settle to."""
        return self.noise / abs(self.lowest) if self.lowest else 0.0

    @property
    def width(self) -> int:
        """Epochs in a window."""
        return max(1, len(self.values) // 8)

    @property
    def start(self) -> float:
        """Mean of the first window."""
        return float(self.values[: self.width].mean())

    @property
    def end(self) -> float:
        """Mean of the last window."""
        return float(self.values[-self.width :].mean())

    @property
    def fall(self) -> float:
        """From the start to the end."""
        return self.start - self.end

    @property
    def lowest_epoch(self) -> int:
        """Middle of the window with the lowest mean, counted from 1."""
        means = np.convolve(self.values, np.full(self.width, 1 / self.width), mode="valid")
        return int(np.argmin(means)) + self.width // 2 + 1

    @property
    def lowest(self) -> float:
        """Mean of the lowest window."""
        return float(np.convolve(self.values, np.full(self.width, 1 / self.width), mode="valid").min())

    @property
    def ends_lowest(self) -> bool:
        """Whether the lowest value is among the last twentieth."""
        n_last = max(1, len(self.values) // 20)
        return int(np.argmin(self.values)) >= len(self.values) - n_last

    @property
    def least_difference(self) -> float:
        """Means of two windows that differ by less may do so by chance."""
        return _SURE * self.noise * math.sqrt(2 / self.width)

    @property
    def later_share(self) -> float:
        """The fall of the second half as a multiple of that of the first.

        Near 1 for a straight line, near 0 once a curve has settled, NaN where the first half did not fall.
        """
        first, second = self._falls(0, len(self.values))
        return second / first if first > 0 else math.nan

    @property
    def still_to_gain(self) -> float:
        """What half as many epochs again would gain if the fall of the second half went on to slow down as it did."""
        half = len(self.values) // 2
        first, second = self._falls(half, len(self.values))
        if not (first > 0 and second > self.least_difference):
            return 0.0
        ratio = min(second / first, 1.0)
        return second * (ratio + ratio**2)

    def _falls(self, begin: int, stop: int) -> tuple[float, float]:
        """How far the first and the second half of a part of the curve fell."""
        part = self.values[begin:stop]
        width = min(self.width, len(part) // 3) or 1
        means = np.convolve(part, np.full(width, 1 / width), mode="valid")
        # As far from the first window as from the last one: between two epochs where their distance is odd.
        first, second, third = np.interp([0, (len(means) - 1) / 2, len(means) - 1], np.arange(len(means)), means)
        return float(first - second), float(second - third)
