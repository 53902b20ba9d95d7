"""How long something took, as a number: 1:02:05, 58:40, 2h 50m."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config.data import NumberFormat
from dltrain.table.numpy_arrow import NAN, arrow_from_numpy, numpy_from_arrow, text_array

_SECONDS: Final = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}

_SIGN: Final = r"^\s*(?P<sign>[+\x{2212}-]?)\s*"
_NUMBER: Final = r"\d{1,9}(?:[.,]\d{1,9})?"
_LESS_THAN_60: Final = r"[0-5]?\d(?:[.,]\d{1,9})?"
_DAYS: Final = r"(?:(?P<d>\d{1,9})\s*(?:d|days?),?\s+)?"

_COLONS: Final = rf"{_SIGN}{_DAYS}(?:(?P<h>\d{{1,9}}):)?(?P<m>\d{{1,9}}):(?P<s>{_LESS_THAN_60})\s*$"
"""58:40, 1:02:05 and what Python writes, 1 day, 2:30:00; as a regular expression."""

_HOURS_AND_MINUTES: Final = rf"{_SIGN}{_DAYS}(?P<h>\d{{1,9}}):(?P<m>{_LESS_THAN_60})\s*$"

_LETTERS: Final = (
    rf"(?i){_SIGN}P?(?:(?P<d>{_NUMBER})\s*(?:d|days?),?\s*)?T?(?:(?P<h>{_NUMBER})\s*(?:h|hrs?|hours?|std)\.?,?\s*)?"
    rf"(?:(?P<m>{_NUMBER})\s*(?:m|mins?|minutes?)\.?,?\s*)?(?:(?P<s>{_NUMBER})\s*(?:s|secs?|seconds?|sek)"
    r"\.?)?\s*$"
)
"""2h 50m, 19 hrs and ISO 8601, PT2H50M; as a regular expression, which also finds texts without any part."""

_EMPTY: Final = r"^[\s+\x{2212}-]*P?T?\s*$"
"""Those texts."""

_TWO_PARTS: Final = r"[A-Za-z]\W*\d"
_NEARLY_ALL: Final = 0.99


def is_duration(texts: pa.Array) -> np.ndarray:
    """Which texts say how long something took, bool `(n,)`; minutes and seconds have two digits behind a colon."""
    is_clock = pc.and_(pc.match_substring_regex(texts, _COLONS), pc.match_substring_regex(texts, r":\d\d([.,]|\s*$)"))
    return numpy_from_arrow(pc.or_(is_clock, pc.match_substring_regex(_with_minutes(texts), _LETTERS)))


def duration_unit(texts: pa.Array) -> str | None:
    """The unit as which texts are to be read that are nearly all durations, one of `dltrain.config.data.DURATIONS`.

    Amounts that all have one letter, such as 5 m, need not be durations. 08:30 may be hours and minutes, 3:28 minutes
    and seconds: features differ by their scale only, which makes no difference.

    Args:
        texts: Different ones, without nulls.

    Returns:
        None where they are something else.
    """
    texts = texts.filter(arrow_from_numpy(is_duration(texts)))

    def has(pattern: str, *, all_of_them: bool = False) -> bool:
        found = numpy_from_arrow(pc.match_substring_regex(texts, pattern))
        return bool(found.mean() >= _NEARLY_ALL if all_of_them else found.any())

    if not len(texts):
        return None
    if has(":", all_of_them=True):
        if has(r":\d+:"):
            return "h:m:s"
        return "h:m" if has(r"^\s*([01]\d|2[0-3]):\d\d\s*$", all_of_them=True) else "m:s"
    if has(":") or not has(_TWO_PARTS):
        return None
    found = pc.extract_regex(_with_minutes(texts), _LETTERS)
    days, hours, minutes, seconds = (bool((_part(found, part) > 0).any()) for part in _SECONDS)
    if seconds:
        return "h m s" if days or hours else "m s"
    return ("d h m" if days else "h m") if minutes else "d h"


def as_numbers(texts: pa.ChunkedArray, unit: str, written: NumberFormat) -> pa.ChunkedArray:
    """Writes durations as numbers of the last part of their unit; all other cells stay.

    Args:
        texts: Strings; null where missing.
        unit: One of `dltrain.config.data.DURATIONS`: "h:m:s" gives seconds, "h m" minutes.
        written: How numbers are to be written; fractions may have a comma in any case.
    """
    pattern = {"h:m": _HOURS_AND_MINUTES, "h:m:s": _COLONS, "m:s": _COLONS}.get(unit, _LETTERS)
    found = pc.extract_regex(_with_minutes(texts), pattern)
    parts = {name: _part(found, name) for name in _SECONDS if f"(?P<{name}>" in pattern}
    seconds = sum((parts[name] * _SECONDS[name] for name in parts), np.zeros(len(texts)))
    if "h" in parts and "s" in parts and pattern == _COLONS:
        seconds[(parts["h"] > 0) & (parts["m"] >= 60)] = np.nan
    is_negative = numpy_from_arrow(pc.is_in(_group(found, "sign"), value_set=text_array("-\N{MINUS SIGN}")))
    numbers = np.where(is_negative, -1, 1) * seconds / _SECONDS[unit[-1]]
    numbers_as_text = arrow_from_numpy(numbers).cast(pa.string())
    if written.decimal == ",":
        numbers_as_text = pc.replace_substring(numbers_as_text, ".", ",")
    return pc.if_else(arrow_from_numpy(np.isfinite(numbers)), numbers_as_text, texts)


def _with_minutes(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts of which 1h30 is 1h30m, and those without any part are empty words."""
    whole = pc.replace_substring_regex(texts, r"(?i)(\d\s?h\s?)(\d\d)\s*$", r"\1\2m")
    return pc.replace_substring_regex(whole, _EMPTY, "none")


def _part(found: pa.ChunkedArray, name: str) -> np.ndarray:
    """The numbers of one part, float64 `(n,)`; 0 where a duration lacks it, NaN where there is no duration."""
    text = pc.replace_substring(_group(found, name), ",", ".")
    number = pc.replace_substring_regex(text, "^$", "0").cast(pa.float64())
    return numpy_from_arrow(pc.fill_null(number, NAN))


def _group(found: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    return pc.struct_field(found, name)
