"""The bounds of an interval around a metric."""

from typing import Final, NamedTuple

_DIGITS: Final = 6
"""Significant digits of a bound; the draws decide on the third one already."""


class Interval(NamedTuple):
    """Where the metric of endlessly many rows of this sort would lie, in 95 of 100 such tests."""

    low: float
    high: float


def rounded_bound(value: float) -> float:
    """A bound with the digits that mean something.

    >>> rounded_bound(1 / 3)
    0.333333
    """
    return float(f"{value:.{_DIGITS}g}")
