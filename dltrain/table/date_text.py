"""Text → instants, strictly: ISO dates, and dates in a format that the config declares."""

from datetime import UTC, date, datetime
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.table.date_patterns import read_by_digits
from dltrain.table.numpy_arrow import arrow_from_numpy, null_of, numpy_from_arrow

_OFFSET: Final = r"(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)"

ISO_DATE: Final = (
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    rf"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?{_OFFSET}?)?$"
)
"""Dates with year, month and day, and perhaps a time, as a regular expression."""

_ZONE: Final = rf":\d{{2}}(\.\d+)?{_OFFSET}$"
_DOUBTFUL: Final = r"^(0000|\d{4}-(02-(29|3[01])|(0[469]|11)-31))"
"""The day exists in some years only, or never."""

_BEYOND_MICROSECONDS: Final = r"(\.\d{6})\d+"
_MICROSECONDS: Final = "datetime64[us]"
_FALSE: Final = arrow_from_numpy(np.zeros(1, np.bool_))[0]


class ParsedDates(NamedTuple):
    """The instants of some texts.

    Attributes:
        values: datetime64[us] `(n,)` in UTC; NaT where the text is missing or bad.
        is_bad: bool `(n,)`, texts that are present and no date.
    """

    values: np.ndarray
    is_bad: np.ndarray


def has_dates(kind: pa.DataType) -> bool:
    """Whether an Arrow type is one of instants: dates, and dates with times; not times of day and durations."""
    return bool(pat.is_date(kind) or pat.is_timestamp(kind))


def parse_iso_dates(texts: pa.Array) -> ParsedDates:
    """Reads ISO dates: 2024-01-31, 2024-01-31 12:00, 2024-01-31T12:00:00.5+02:00; spaces around them do not matter.

    A time with an offset is moved to UTC, one without stays as it is. What is finer than microseconds is cut off.

    Args:
        texts: Strings, null = missing.
    """
    trimmed = pc.ascii_trim_whitespace(texts)
    is_date = pc.match_substring_regex(trimmed, ISO_DATE)
    is_date = pc.and_(is_date, pc.invert(_are_no_days(trimmed)))
    known = pc.replace_substring_regex(pc.if_else(is_date, trimmed, null_of(pa.string())), _BEYOND_MICROSECONDS, r"\1")
    has_zone = pc.match_substring_regex(known, _ZONE)
    local = pc.if_else(has_zone, null_of(pa.string()), known).cast(pa.timestamp("us"))
    zoned = pc.if_else(has_zone, known, null_of(pa.string())).cast(pa.timestamp("us", "UTC"))
    values = instants(pc.coalesce(local.cast(pa.int64()), zoned.cast(pa.int64())))
    return ParsedDates(values, np.isnat(values) & numpy_from_arrow(texts.is_valid()))


def have_offset(texts: pa.Array) -> np.ndarray:
    """Which ISO dates have a time with an offset from UTC, bool `(n,)`; False where the text is missing."""
    return numpy_from_arrow(pc.fill_null(pc.match_substring_regex(pc.ascii_trim_whitespace(texts), _ZONE), _FALSE))


def have_time(texts: pa.Array) -> np.ndarray:
    """Which ISO dates have a time of day, bool `(n,)`; False where the text is missing."""
    return numpy_from_arrow(pc.fill_null(pc.match_substring_regex(texts, r"\d[Tt ]\d"), _FALSE))


def parse_formatted_dates(texts: pa.Array, date_format: str) -> ParsedDates:
    """Reads dates as `datetime.strptime` does; spaces around them do not matter.

    Args:
        texts: Strings, null = missing.
        date_format: A format of `strptime`, such as %d.%m.%Y. With %z, times are moved to UTC.
    """
    date_format = date_format.strip()
    values, is_known = read_by_digits(texts, date_format), numpy_from_arrow(texts.is_valid())
    if values is None:
        values = np.full(len(texts), np.datetime64("NaT"), dtype=_MICROSECONDS)
    others = np.isnat(values) & is_known
    left = texts.filter(arrow_from_numpy(others)).to_pylist()
    values[others] = np.array([_strptime(text.strip(), date_format) for text in left], dtype=_MICROSECONDS)
    return ParsedDates(values, np.isnat(values) & is_known)


def are_iso_dates(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which cells look like ISO dates; some days, such as 2023-02-30, do not exist nevertheless."""
    return pc.match_substring_regex(pc.ascii_trim_whitespace(texts), ISO_DATE)


def instants(microseconds: pa.Array) -> np.ndarray:
    """int64 microseconds since 1970 as datetime64[us] `(n,)`; null becomes NaT."""
    not_a_time = arrow_from_numpy(np.array([np.iinfo(np.int64).min]))[0]
    return numpy_from_arrow(pc.fill_null(microseconds, not_a_time)).view(_MICROSECONDS)


def _are_no_days(texts: pa.Array) -> pa.Array:
    """Which texts name a day that does not exist, such as February 30."""
    is_doubtful = pc.fill_null(pc.match_substring_regex(texts, _DOUBTFUL), _FALSE)
    if not pc.any(is_doubtful, min_count=0).as_py():
        return is_doubtful
    wrong = [not _is_day(text[:10]) for text in texts.filter(is_doubtful).to_pylist()]
    is_wrong = numpy_from_arrow(is_doubtful)
    is_wrong[is_wrong] = wrong
    return arrow_from_numpy(is_wrong)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _strptime(text: str, date_format: str) -> datetime | None:
    try:
        found = datetime.strptime(text, date_format)
    except (ValueError, OverflowError):
        return None
    try:
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except OverflowError:
        return None
