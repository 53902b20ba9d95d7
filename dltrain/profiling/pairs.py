"""Two numbers in a cell: 129/77, 1920x1080, 33-41, 48.2540, 15.1325, 5'11"."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import numpy_from_arrow
from dltrain.table.numpy_arrow import NAN

_NUMBER: Final = r"[+-]?(?:0|[1-9]\d{0,8})(?:\.\d{1,12})?"
_FEET: Final = r"['′’]|ft\.?|feet"
_INCHES: Final = r"[\"″”]|''|in\.?|inches"
_PAIR: Final = (
    rf"^\s*\(?(?P<first>{_NUMBER})(?P<between>\s*(?:[/x×:;,–-]|{_FEET})\s*)"
    rf"(?P<second>{_NUMBER})(?:\s*(?:{_INCHES}))?\)?\s*$"
)
"""A number that begins with 0 has no more digits: 007/19 is a code."""

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_LAST_OF_RANGE: Final = 999
_INCHES_PER_FOOT: Final = 12


def are_pairs(texts: pa.Array) -> np.ndarray:
    """Which texts hold two numbers, bool `(n,)`, and hardly are codes, dates or phone numbers.

    With a hyphen these are at most 999 and the second is the larger one, as in 33-41. No year is among them. Whole
    numbers have about equally many digits, unlike 4711/12. A comma between them does not stand before a fraction, and
    what follows feet is less than 12 inches.

    Args:
        texts: Without nulls.
    """
    found = pc.extract_regex(texts, _PAIR)
    first, second = (
        numpy_from_arrow(pc.fill_null(_group(found, name).cast(pa.float64()), NAN)) for name in ("first", "second")
    )
    between = _group(found, "between")
    are_fractions = (np.floor(first) != first) & (np.floor(second) != second)
    is_whole = (np.floor(first) == first) & (np.floor(second) == second)
    are_alike = ~is_whole | (np.abs(_digits(first) - _digits(second)) < 2)
    is_range = (first < second) & (second <= _LAST_OF_RANGE)
    has_year = _has(between, "[/–-]") & (_is_year(first) | _is_year(second))
    is_allowed = (~_has(between, "-") | is_range) & (~_has(between, ",") | are_fractions | _has(between, r",\s"))
    are_feet = _has(between, _FEET)
    is_length = are_feet & (second < _INCHES_PER_FOOT)
    return np.asarray(np.isfinite(first) & is_allowed & ~has_year & (is_length | (are_alike & ~are_feet)))


def _digits(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(np.floor(np.log10(np.maximum(np.abs(numbers), 1))))


def _is_year(numbers: np.ndarray) -> np.ndarray:
    return np.asarray((numbers >= _FIRST_YEAR) & (numbers <= _LAST_YEAR))


def _group(found: pa.Array, name: str) -> pa.Array:
    return pc.struct_field(found, name)


def _has(texts: pa.Array, pattern: str) -> np.ndarray:
    return numpy_from_arrow(pc.coalesce(pc.match_substring_regex(texts, pattern), pc.is_valid(texts)))
