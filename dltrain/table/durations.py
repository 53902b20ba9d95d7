"""How long something took, as a number: 1:02:05, 58:40, 2h 50m."""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config.sections.data import NumberFormat
from dltrain.table.numpy_arrow import NAN, arrow_from_numpy, integers_from_arrow, numpy_from_arrow, text_array

_SECONDS: Final = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_TICKS: Final = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
"""Of an Arrow duration in a second."""

_SIGN: Final = r"^\s*(?P<sign>[+\x{2212}-]?)\s*"
_NUMBER: Final = r"\d{1,9}(?:[.,]\d{1,9})?"
_LESS_THAN_60: Final = r"[0-5]?\d(?:[.,]\d{1,9})?"
_DAYS: Final = r"(?:(?P<d>\d{1,9})\s*(?:d|days?),?\s+\+?)?"

_COLONS: Final = rf"{_SIGN}{_DAYS}(?:(?P<h>\d{{1,9}}):)?(?P<m>\d{{1,9}}):(?P<s>{_LESS_THAN_60})\s*$"
"""58:40, 1:02:05 and what Python and pandas write, 1 day, 2:30:00; as a regular expression."""

_HOURS_AND_MINUTES: Final = rf"{_SIGN}{_DAYS}(?P<h>\d{{1,9}}):(?P<m>{_LESS_THAN_60})\s*$"

_LETTERS: Final = (
    rf"{_SIGN}p?(?:(?P<d>{_NUMBER})\s*(?:d|(?i:days?)),?\s*)?"
    rf"t?(?:(?P<h>{_NUMBER})\s*(?:h|(?i:hrs?|hours?|std))\.?,?\s*)?"
    rf"(?:(?P<m>{_NUMBER})\s*(?:m|(?i:mins?|minutes?))\.?,?\s*)?"
    rf"(?:(?P<s>{_NUMBER})\s*(?:s|(?i:secs?|seconds?|sek))\.?)?\s*$"
)
"""2h 50m, 19 hrs and ISO 8601 in small letters, pt2h50m; as a regular expression, which also finds empty texts."""

_EMPTY: Final = r"^[\s+\x{2212}-]*p?t?\s*$"
"""What `_LETTERS` finds although no part is there."""

_ISO: Final = r"^\s*[+\x{2212}-]?P[\dDTHMS.,]+\s*$"
_TWO_PARTS: Final = r"[A-Za-z]\W*\d"
_WORD: Final = "(?i)day|hour|hrs?|std|min|sec|sek"
_NEARLY_ALL: Final = 0.9
_ALL_BUT_SLIPS: Final = 0.99


def is_duration(texts: pa.Array) -> np.ndarray:
    """Which texts say how long something took, bool `(n,)`; minutes and seconds have two digits behind a colon."""
    is_clock = pc.and_(pc.match_substring_regex(texts, _COLONS), pc.match_substring_regex(texts, r":\d\d([.,]|\s*$)"))
    return numpy_from_arrow(pc.or_(is_clock, pc.match_substring_regex(_with_letters(texts), _LETTERS)))


def duration_unit(texts: pa.Array) -> str | None:
    """The unit, one of `DURATIONS`, as which texts are to be read that are nearly all durations.

    Amounts that all have one letter, such as 5 m, need not be durations. 08:30 may be hours and minutes, 3:28 minutes
    and seconds: features differ by their scale only, which makes no difference.

    Args:
        texts: Different ones, without nulls.

    Returns:
        None where they are something else.
    """
    is_found = is_duration(texts)
    if not is_found.any() or is_found.mean() < _NEARLY_ALL:
        return None
    texts = texts.filter(arrow_from_numpy(is_found))

    def has(pattern: str, share: float = 0.0) -> bool:
        return float(numpy_from_arrow(pc.match_substring_regex(texts, pattern)).mean()) > share

    if has(":", _ALL_BUT_SLIPS):
        if has(r":\d+:"):
            return "h:m:s"
        return "h:m" if has(r"^\s*([01]\d|2[0-3]):\d\d\s*$", _ALL_BUT_SLIPS) else "m:s"
    found = pc.extract_regex(_with_letters(texts), _LETTERS)
    parts = {name: bool((_part(found, name) > 0).any()) for name in _SECONDS}
    if has(":") or not (has(_TWO_PARTS) or (sum(parts.values()) > 1 and has(_WORD))):
        return None
    if parts["s"]:
        return "d h m s" if parts["d"] else "h m s" if parts["h"] else "m s"
    return ("d h m" if parts["d"] else "h m") if parts["m"] else "d h"


def as_numbers(texts: pa.ChunkedArray, unit: str, written: NumberFormat) -> pa.ChunkedArray:
    """Writes durations as numbers of the last part of their unit; all other cells stay.

    Args:
        texts: Strings; null where missing.
        unit: One of `dltrain.config.sections.data.DURATIONS`: "h:m:s" gives seconds, "h m" minutes.
        written: How numbers are to be written, and groups of three digits are; fractions may have the other sign.
    """
    encoded = texts.dictionary_encode().combine_chunks()
    numbers = _numbers(encoded.dictionary, unit, written)
    as_text = arrow_from_numpy(numbers).cast(pa.string())
    if written.decimal == ",":
        as_text = pc.replace_substring(as_text, ".", ",")
    cells = pc.if_else(arrow_from_numpy(np.isfinite(numbers)), as_text, encoded.dictionary)
    places = integers_from_arrow(encoded.indices, missing=len(cells))
    with_missing = pa.concat_arrays([cells, pa.nulls(1, pa.string())])
    return pa.chunked_array([with_missing.take(arrow_from_numpy(places))])


def duration_numbers(column: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    """Arrow durations as float64 numbers of the last part of a unit, null where missing."""
    ticks = arrow_from_numpy(np.array([_TICKS[column.type.unit] * _SECONDS[unit[-1]]]))[0]
    return pc.divide(column.cast(pa.int64()).cast(pa.float64()), ticks)


def _numbers(texts: pa.Array, unit: str, written: NumberFormat) -> np.ndarray:
    """The numbers of different texts, float64 `(n,)`; NaN where one is no duration."""
    pattern = {"h:m": _HOURS_AND_MINUTES, "h:m:s": _COLONS, "m:s": _COLONS}.get(unit, _LETTERS)
    plain = _with_letters(texts) if pattern == _LETTERS else texts
    if written.thousands is not None:
        plain = pc.replace_substring_regex(plain, rf"(\d){re.escape(written.thousands)}(\d{{3}})", r"\1\2")
    found = pc.extract_regex(plain, pattern)
    parts = {name: _part(found, name) for name in _SECONDS if f"(?P<{name}>" in pattern}
    seconds = sum((parts[name] * _SECONDS[name] for name in parts if name != "d"), np.zeros(len(texts)))
    if pattern == _COLONS:
        seconds[(parts["h"] > 0) & (parts["m"] >= 60)] = np.nan
    days = parts["d"] * _SECONDS["d"]
    is_negative = numpy_from_arrow(pc.is_in(_group(found, "sign"), value_set=text_array("-\N{MINUS SIGN}")))
    # Python writes -1 day, 23:59:00 for a minute less than nothing: with a colon the sign belongs to the days.
    is_of_days = is_negative & (days > 0) & (pattern != _LETTERS)
    total = np.where(is_of_days, seconds - days, np.where(is_negative, -1, 1) * (days + seconds))
    return total / _SECONDS[unit[-1]]


def _with_letters(texts: pa.Array) -> pa.Array:
    """Texts in which 1h30 is 1h30m, ISO 8601 has small letters, and those without any part are a word."""
    whole = pc.replace_substring_regex(texts, r"(\d\s?h\s?)(\d\d)\s*$", r"\1\2m")
    whole = pc.if_else(pc.match_substring_regex(texts, _ISO), pc.ascii_lower(texts), whole)
    return pc.replace_substring_regex(whole, _EMPTY, "none")


def _part(found: pa.Array, name: str) -> np.ndarray:
    """The numbers of one part, float64 `(n,)`; 0 where a duration lacks it, NaN where there is no duration."""
    text = pc.replace_substring(_group(found, name), ",", ".")
    number = pc.replace_substring_regex(text, "^$", "0").cast(pa.float64())
    return numpy_from_arrow(pc.fill_null(number, NAN))


def _group(found: pa.Array, name: str) -> pa.Array:
    return pc.struct_field(found, name)
