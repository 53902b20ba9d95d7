"""The formats of dates that are not written as ISO dates, and of times of day."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import arrow_from_numpy
from dltrain.table.date_text import parse_formatted_dates, parse_iso_dates

_FIRST_TEXTS: Final = 500
_FEWEST_TEXTS: Final = 20
_GLANCE: Final = 3
_SHOWN: Final = 3
_SLIPS: Final = 0.01
"""Share of the different texts that may be no dates by mistake."""

_FUTURE: Final = np.datetime64("2040-01-01")
"""Hardly a table knows of days behind it, and a person born in the year '40 is of the century before."""

_DATES: Final = (
    *("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y"),
    *("%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d. %B %Y", "%a, %d %b %Y", "%a %d %b %Y", "%A, %d %B %Y", "%A, %B %d, %Y"),
)
_MONTHS: Final = (
    *("%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y %b", "%Y %B"),
    *("%b. %Y", "%b, %Y", "%B, %Y"),
)
_OFFSETS: Final = (" %H:%M %z", " %H:%M:%S %z", " %H:%M%z", " %H:%M:%S%z")
_CLOCKS: Final = (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_TIMES: Final = ("", *_CLOCKS, *_OFFSETS)
_TIMES_OF_DAY: Final = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I:%M:%S%p")
_FORMATS: Final = (
    *(date + time for date in _DATES for time in _TIMES),
    *_MONTHS,
    *(f"%Y-%m-%d{time}" for time in _OFFSETS),
    *_TIMES_OF_DAY,
)
_ZONED: Final = (
    *(f"%Y-%m-%d{between}{time}" for between in " T" for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")),
    *(date + time for date in _DATES for time in _CLOCKS),
)
"""What may stand before the name of a time zone."""

_BEHIND_TIME: Final = r":\d{2}(?:\.\d+)?(?: ?[AaPp][Mm])?(?P<name> ?[A-Za-z]{1,5})\s*$"
_NO_ZONES: Final = frozenset({"am", "pm", "z"})

_MOST_WAYS: Final = 3


def date_formats(texts: pa.Array) -> tuple[str, ...]:
    """The usual formats of dates or times of day that read all texts, one of those that read the same dates.

    Args:
        texts: Different texts, without nulls.

    >>> date_formats(pa.array(["31/01/2024", "05/02/2024"])), date_formats(pa.array(["05/02/2024"]))
    (('%d/%m/%Y',), ('%d/%m/%Y', '%m/%d/%Y'))
    """
    return tuple(_formats(texts, slips=0.0))


def odd_dates(texts: pa.Array) -> tuple[str, tuple[str, ...]] | None:
    """The one format that reads all texts but a few, such as 30/02/2024, and those; None for all other columns.

    Args:
        texts: Different texts, without nulls, for which there is no format.
    """
    formats = _formats(texts, slips=max(_SLIPS, 1 / len(texts))) if len(texts) >= _FEWEST_TEXTS else {}
    if len(formats) != 1:
        return None
    [(form, is_bad)] = formats.items()
    return form, tuple(texts.take(arrow_from_numpy(np.flatnonzero(is_bad)[:_SHOWN])).to_pylist())


def zone_names(texts: pa.Array) -> tuple[str, ...]:
    """The different letters behind the times of some texts, mostly names of time zones, with the space before them.

    Args:
        texts: Different texts, without nulls.

    >>> zone_names(pa.array(["2024-01-31 08:30 CET", "2024-06-30 08:30 CEST", "2024-06-30 08:30 PM"]))
    (' CET', ' CEST')
    """
    if not pc.any(pc.match_substring_regex(texts.slice(0, _FIRST_TEXTS), _BEHIND_TIME)).as_py():
        return ()
    names = pc.struct_field(pc.extract_regex(texts, _BEHIND_TIME), ["name"]).drop_null().unique().to_pylist()
    return tuple(name for name in names if name.strip().lower() not in _NO_ZONES)


def ways_of_writing(texts: pa.Array) -> tuple[str, ...]:
    """The first text of each of the two or three ways in which dates are written; none where there are others.

    Args:
        texts: Different texts, without nulls, for which there is no format.

    >>> ways_of_writing(pa.array(["31.01.2024", "28.02.2024", "2024-03-30"]))
    ('31.01.2024', '2024-03-30')
    """
    left, formats = texts.slice(0, _FIRST_TEXTS), (None, *_usual_formats(texts))
    n_odd, most_odd = 0, _SLIPS * len(left)
    found: list[str] = []
    while len(left) and len(found) <= _MOST_WAYS and n_odd <= most_odd:
        possible = [form for form in formats if not _is_unread(left.slice(0, 1), form).any()]
        if possible:
            found.append(left[0].as_py())
            left = left.filter(arrow_from_numpy(min((_is_unread(left, form) for form in possible), key=np.sum)))
        else:
            left, n_odd = left.slice(1), n_odd + 1
    return tuple(found) if 2 <= len(found) <= _MOST_WAYS and n_odd <= most_odd else ()


def late_date(texts: pa.Array, date_format: str) -> tuple[str, int] | None:
    """The latest of some dates, and its year, if two digits put it far into the future: the century may be wrong.

    `strptime` takes 69 to 99 for 1969 to 1999 and 00 to 68 for 2000 to 2068, as POSIX does.

    Args:
        texts: Different texts, without nulls, that the format reads.
        date_format: The format.

    >>> late_date(pa.array(["21.05.62", "01.02.24"]), "%d.%m.%y"), late_date(pa.array(["01.02.24"]), "%d.%m.%y")
    (('21.05.62', 2062), None)
    """
    if "%y" not in date_format or not len(texts):
        return None
    times = parse_formatted_dates(texts, date_format).values
    latest = int(times.argmax())
    if times[latest] < _FUTURE:
        return None
    return str(texts[latest].as_py()), int(times[latest].astype("datetime64[Y]").astype(int)) + 1970


def _formats(texts: pa.Array, *, slips: float) -> dict[str, np.ndarray]:
    """The formats that read all texts but a share of them → bool `(n,)`, which those are."""
    first, possible = texts.slice(0, _FIRST_TEXTS), _usual_formats(texts)
    for some, share in ((texts.slice(0, 1 if slips == 0 else _GLANCE), slips and 0.5), (first, slips)):
        possible = [form for form in possible if _share_unread(some, form) <= share]
    read: dict[bytes, tuple[str, np.ndarray]] = {}
    for form in possible:
        parsed = parse_formatted_dates(texts, form)
        if parsed.is_bad.mean() <= slips:
            read.setdefault(parsed.values.tobytes(), (form, parsed.is_bad))
    return dict(read.values())


def _usual_formats(texts: pa.Array) -> list[str]:
    """The formats that may read some texts: those with the name of a time zone, too, where there is one name."""
    zones = zone_names(texts)
    return [*_FORMATS, *(form + zone for form in _ZONED for zone in zones if len(zones) == 1)]


def _share_unread(texts: pa.Array, date_format: str) -> float:
    return float(_is_unread(texts, date_format).mean()) if len(texts) else 1.0


def _is_unread(texts: pa.Array, date_format: str | None) -> np.ndarray:
    """Bool `(n,)`: which texts a format does not read; None stands for ISO dates."""
    found = parse_iso_dates(texts) if date_format is None else parse_formatted_dates(texts, date_format)
    return found.is_bad
