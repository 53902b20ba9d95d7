"""Dates of digits alone, such as 31.01.2024 08:30, all at once: `datetime.strptime` takes ten microseconds for each."""

import re
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table.numpy_arrow import integers_from_arrow, numpy_from_arrow

_DIGITS: Final = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"1[0-2]|0[1-9]",
    "d": r"3[01]|[12]\d|0[1-9]",
    "H": r"2[0-3]|[01]\d",
    "M": r"[0-5]\d",
    "S": r"[0-5]\d",
}
"""Directive of `strptime` → its digits, as many as there can be."""

_ONE_DIGIT: Final = {"m": "[1-9]", "d": "[1-9]", "H": r"\d", "M": r"\d", "S": r"\d"}
"""The same with one digit, which is clear where no other digits stand beside it."""

_FIRST_OF_THE_CENTURY: Final = 69
"""Two digits from here on are a year of the 1900s, as in POSIX."""

_PIECES: Final = re.compile(r"%(.)|(\s+)|([^%\s])")


def read_by_digits(texts: pa.Array, date_format: str) -> np.ndarray | None:
    """Reads the texts that are clear at the first look as `datetime.strptime` does.

    Args:
        texts: Strings, null = missing.
        date_format: A format of `strptime`.

    Returns:
        datetime64[us] `(n,)`, NaT where a text is missing, is none of that format, or may be one that only `strptime`
        knows; None for formats with other parts than numbers from year to second.
    """
    pattern = _pattern(date_format)
    if pattern is None:
        return None
    found = pc.extract_regex(texts, pattern)
    parts = {name: _integers(pc.struct_field(found, [name])) for name in re.findall(r"\(\?P<(.)>", pattern)}
    year = parts.get("Y", np.full(len(texts), 1900))
    if "y" in parts:
        year = parts["y"] + np.where(parts["y"] >= _FIRST_OF_THE_CENTURY, 1900, 2000)
    month, day = parts.get("m", np.ones(len(texts), np.int64)), parts.get("d", np.ones(len(texts), np.int64))
    is_read = numpy_from_arrow(found.is_valid()) & (year > 0)
    months = np.where(is_read, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(is_read, day, 1) - 1)
    # February 30 would be a day of March.
    is_read &= days.astype("datetime64[M]") == months
    seconds = sum(parts[name] * size for name, size in (("H", 3600), ("M", 60), ("S", 1)) if name in parts)
    values: np.ndarray = days.astype("datetime64[us]") + np.asarray(seconds).astype("timedelta64[s]")
    values[~is_read] = np.datetime64("NaT")
    return values


@cache
def _pattern(date_format: str) -> str | None:
    """A regular expression with a group for each part of a format; None where it has parts that are no numbers."""
    pieces = [match.groups() for match in _PIECES.finditer(date_format)]
    directives = [directive for directive, _, _ in pieces if directive is not None]
    literals = "".join(literal for _, _, literal in pieces if literal is not None)
    is_plain = sum(len(match[0]) for match in _PIECES.finditer(date_format)) == len(date_format)
    is_known = directives and set(directives) <= _DIGITS.keys() and len(set(directives)) == len(directives)
    if not is_plain or not is_known or not literals.isascii() or any(map(str.isdigit, literals)):
        return None
    if {"Y", "y"} <= set(directives):
        return None
    parts = []
    for place, (directive, spaces, literal) in enumerate(pieces):
        if directive is None:
            parts.append(r"\s+" if spaces else re.escape(literal))
            continue
        beside = [pieces[at][0] for at in (place - 1, place + 1) if 0 <= at < len(pieces)]
        digits = _DIGITS[directive]
        if directive in _ONE_DIGIT and not any(beside):
            digits = f"{digits}|{_ONE_DIGIT[directive]}"
        parts.append(f"(?P<{directive}>{digits})")
    return rf"^\s*{''.join(parts)}\s*$"


def _integers(texts: pa.Array) -> np.ndarray:
    return integers_from_arrow(texts.cast(pa.int32()), missing=0).astype(np.int64)
