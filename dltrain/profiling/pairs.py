"""Two numbers in a cell: 129/77, 1920x1080, 33-41, 48.2540, 15.1325."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import numpy_from_arrow
from dltrain.table.numpy_arrow import NAN

_NUMBER: Final = r"[+-]?(?:0|[1-9]\d{0,8})(?:\.\d{1,12})?"
_PAIR: Final = rf"^\s*\(?(?P<first>{_NUMBER})(?P<between>\s*[/x×:;,–-]\s*)(?P<second>{_NUMBER})\)?\s*$"
"""A number that begins with 0 has no more digits: 007/19 is a code."""

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100


def are_pairs(texts: pa.Array) -> np.ndarray:
    """Which texts hold two numbers, bool `(n,)`.

    With a hyphen the second is the larger one, as in 33-41, because 4711-12 may be a code. Years such as 2019/20, and
    numbers whose comma may stand before a fraction or thousands, are none.

    Args:
        texts: Without nulls.
    """
    found = pc.extract_regex(texts, _PAIR)
    first, second = (
        numpy_from_arrow(pc.fill_null(_group(found, name).cast(pa.float64()), NAN)) for name in ("first", "second")
    )
    between = _group(found, "between")
    is_clear = (np.floor(first) != first) & (np.floor(second) != second) | _has(between, r",\s")
    is_year = (first >= _FIRST_YEAR) & (first <= _LAST_YEAR) & _has(between, "[/–-]")
    is_pair = np.isfinite(first) & ~is_year
    return np.asarray(is_pair & (~_has(between, "-") | (first < second)) & (~_has(between, ",") | is_clear))


def _group(found: pa.Array, name: str) -> pa.Array:
    return pc.struct_field(found, name)


def _has(texts: pa.Array, pattern: str) -> np.ndarray:
    return numpy_from_arrow(pc.coalesce(pc.match_substring_regex(texts, pattern), pc.is_valid(texts)))
