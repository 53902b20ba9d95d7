"""The parts of dates as numbers."""

from collections.abc import Sequence
from typing import Final, get_args

import numpy as np

from dltrain.config.sections.preprocessing import DatetimePart

PARTS: Final[tuple[DatetimePart, ...]] = get_args(DatetimePart)
OF_DAYS: Final[tuple[DatetimePart, ...]] = ("day", "weekday")
"""The parts that a month does not have."""

PERIODS: Final[dict[DatetimePart, int]] = {"month": 12, "day": 31, "weekday": 7, "hour": 24}
"""After how many of its units a part begins again; the year never does."""

_THURSDAY: Final = 3
"""The weekday of 1970-01-01, Monday is 0."""

_HOUR: Final = np.timedelta64(1, "h")


def part_values(times: np.ndarray, part: DatetimePart) -> np.ndarray:
    """One part of some instants, as pandas' `.dt` counts it.

    Args:
        times: datetime64[us] `(n,)`, without NaT.
        part: year; month 1 to 12; day of the month 1 to 31; weekday 0 (Monday) to 6; hour 0 to 24, minutes and
            seconds as a fraction.

    Returns:
        float64 `(n,)`.
    """
    days, months = times.astype("datetime64[D]"), times.astype("datetime64[M]")
    match part:
        case "year":
            values = times.astype("datetime64[Y]").astype(np.int64) + 1970
        case "month":
            values = months.astype(np.int64) % 12 + 1
        case "day":
            values = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
        case "weekday":
            values = (days.astype(np.int64) + _THURSDAY) % 7
        case "hour":
            return np.asarray((times - days) / _HOUR)
    return values.astype(np.float64)


def varying_parts(times: np.ndarray, among: Sequence[DatetimePart] = PARTS) -> tuple[DatetimePart, ...]:
    """The parts that differ between some instants; the year if none does.

    Args:
        times: The instants, datetime64[us] `(n,)`.
        among: Those that are known.

    >>> varying_parts(np.array(["2024-01-31", "2024-02-29", "NaT"], "datetime64[us]"))
    ('month', 'day', 'weekday')
    """
    known = times[~np.isnat(times)]
    parts = tuple(part for part in among if known.size and np.ptp(part_values(known, part)) > 0)
    return parts or ("year",)


def on_circle(values: np.ndarray, part: DatetimePart) -> np.ndarray:
    """A part that comes again as points on a circle: sine and cosine, float64 `(2, n)`."""
    angles = values * (2 * np.pi / PERIODS[part])
    return np.stack([np.sin(angles), np.cos(angles)])
