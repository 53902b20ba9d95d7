"""The formats of dates that are not written as ISO dates, and of times of day."""

from typing import Final

import pyarrow as pa

from dltrain.table.date_text import parse_formatted_dates

_FIRST_TEXTS: Final = 500
_DATES: Final = (
    *("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%Y/%m/%d", "%Y.%m.%d", "%Y-%m", "%Y/%m", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y"),
    *("%B %d, %Y", "%b %d %Y", "%B %d %Y"),
)
_OFFSETS: Final = (" %H:%M %z", " %H:%M:%S %z", " %H:%M%z", " %H:%M:%S%z")
_TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", *_OFFSETS)
_TIMES_OF_DAY: Final = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I:%M:%S%p")
_FORMATS: Final = (
    *(date + time for date in _DATES for time in _TIMES),
    *(f"%Y-%m-%d{time}" for time in _OFFSETS),
    *_TIMES_OF_DAY,
)


def date_formats(texts: pa.Array) -> tuple[str, ...]:
    """The usual formats of dates or times of day that read all texts, one of those that read the same dates.

    Args:
        texts: Different texts, without nulls.

    >>> date_formats(pa.array(["31/01/2024", "05/02/2024"])), date_formats(pa.array(["05/02/2024"]))
    (('%d/%m/%Y',), ('%d/%m/%Y', '%m/%d/%Y'))
    """
    first = texts.slice(0, _FIRST_TEXTS)
    possible = [form for form in _FORMATS if not parse_formatted_dates(first.slice(0, 1), form).is_bad.any()]
    possible = [form for form in possible if not parse_formatted_dates(first, form).is_bad.any()]
    read: dict[bytes, str] = {}
    for form in possible:
        parsed = parse_formatted_dates(texts, form)
        if not parsed.is_bad.any():
            read.setdefault(parsed.values.tobytes(), form)
    return tuple(read.values())
