"""Rows of totals at the end of a table, by their numbers and by their names."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import arrow_from_numpy, numpy_from_arrow

_FEWEST_SUMMED: Final = 5
"""Different numbers, below which one is the sum of the others by chance."""

_SUM: Final = r"(totals?|totale|totaal|sum|summe|somme|suma|gesamt|insgesamt|gesamtergebnis)(\s+\d{4})?\s*:?\s*$"
_MEAN: Final = r"(averages?|avg\.?|mittelwert|durchschnitt|moyenne|promedio|gemiddelde)\s*:?\s*$"
_STATISTIC: Final = (
    r"(?i)^\s*(means?|medians?|std\.?( ?dev\.?)?|stdev|standard ?deviation|standardabweichung|minimum|maximum)\s*:?\s*$"
)
_TOTAL: Final = rf"(?i)^\s*(((grand|end|gesamt)[ -]?)?{_SUM}|{_MEAN})"
_SUBTOTAL: Final = rf"(?i)^\s*(sub|zwischen|teil)[ -]?{_SUM}"
"""What stands in the first cells of rows of totals and other statistics, in some languages of Europe."""

_NAME: Final = "totals?|totale|totaal|sum|summe|somme|suma|gesamt"
_BESIDE: Final = rf"(?i)^\s*({_NAME})(\s+(for|of|für|von|de|pour))?[\s:-]+|[\s:-]+({_NAME}|ergebnis|result)\s*$"
"""What stands beside the name of a thing where a row holds the total of its rows, as in pivot tables."""

_YEAR: Final = r"^(19|20)\d\d$"

LAST_ROWS: Final = 5
"""Rows at the end of a table among which totals are looked for."""

_ROUNDING: Final = 1e-6


def total_row(numbers: np.ndarray, counts: np.ndarray, codes: np.ndarray) -> int | None:
    """The row from the end that is the sum of all above it; averages, blanks or footers may stand below.

    Args:
        numbers: float64 `(n,)`, the different finite numbers of a column.
        counts: int `(n,)`, the cells of each.
        codes: int `(n_rows,)`, the place of each cell's number; -1 where it has none.
    """
    if len(numbers) < _FEWEST_SUMMED:
        return None
    below = 0.0
    for row in range(1, min(LAST_ROWS, codes.size) + 1):
        place = int(codes[-row])
        if place < 0:
            continue
        total = float(numbers[place])
        allowed = max(0.5 if total == np.floor(total) else 0.0, _ROUNDING * total)
        with np.errstate(over="ignore"):
            above = float(numbers @ counts) - total - below
        if counts[place] == 1 and total == numbers.max() and abs(above - total) <= allowed:
            return row
        below += total
    return None


def are_totals(values: pa.Array, counts: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Which texts name totals.

    In the last rows that is what sounds like one: elsewhere "Total" is the name of a thing. Anywhere it is a subtotal,
    and "Store 3 Total" where most values have a total of their own, as in a pivot table.

    Args:
        values: Different texts `(n,)`.
        counts: int `(n,)`, the cells of each.
        codes: int `(n_rows,)`, the place of each cell's text; -1 where it has none.
    """
    last = np.unique(codes[-LAST_ROWS:])
    last = last[last >= 0]
    is_found = _have(values, _SUBTOTAL).copy()
    at_end = values.take(arrow_from_numpy(last))
    is_found[last] |= _have(at_end, _TOTAL) | (_have(at_end, _STATISTIC) & (counts[last] == 1))
    places = np.flatnonzero(_have(values, _BESIDE))
    if places.size:
        is_single = np.isin(places, last) & (counts[places] == 1)
        is_found[places] |= _are_of_things(values, places, is_single)
    return is_found


def _are_of_things(values: pa.Array, places: np.ndarray, is_single: np.ndarray) -> np.ndarray:
    """Which of some texts are totals of other values or of years; one alone only where it stands single at the end."""
    texts = values.take(arrow_from_numpy(places))
    things = _plain(pc.replace_substring_regex(texts, _BESIDE, "", max_replacements=1))
    is_value = numpy_from_arrow(pc.is_in(things, value_set=_plain(values))) & _have(things, ".")
    is_year = _have(things, _YEAR)
    n_found = int(is_value.sum())
    are_values = n_found > 1 and 2 * n_found >= len(values) - n_found
    are_years = int(is_year.sum()) > 1
    return np.asarray((is_value & (is_single | are_values)) | (is_year & (is_single | are_years)))


def _plain(texts: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(texts))


def _have(texts: pa.Array, pattern: str) -> np.ndarray:
    return numpy_from_arrow(pc.match_substring_regex(texts, pattern))


def total_word_rows(is_total: np.ndarray, codes: np.ndarray) -> tuple[int, ...]:
    """The last rows, from the end, whose text names a total.

    Args:
        is_total: bool `(n,)`, from `are_totals`.
        codes: int `(n_rows,)`, as there.
    """
    last = codes[: -LAST_ROWS - 1 : -1].tolist()
    return tuple(row for row, place in enumerate(last, start=1) if place >= 0 and is_total[place])
