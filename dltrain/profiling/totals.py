"""Rows of totals at the end of a table, by their numbers and by their names."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import arrow_from_numpy, numpy_from_arrow

_FEWEST_SUMMED: Final = 5
"""Different numbers, below which one is the sum of the others by chance."""

_SUM: Final = r"(totals?|totale|totaal|sum|summe|somme|suma|gesamt|insgesamt)(\s+\d{4})?\s*:?\s*$"
_MEAN: Final = r"(averages?|avg\.?|mittelwert|durchschnitt|moyenne|promedio|gemiddelde)\s*:?\s*$"
_TOTAL: Final = rf"(?i)^\s*(((grand|end|gesamt)[ -]?)?{_SUM}|{_MEAN})"
_SUBTOTAL: Final = rf"(?i)^\s*(sub|zwischen|teil)[ -]?{_SUM}"
"""What stands in the first cells of rows of totals, in some languages of Europe."""

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


def are_totals(values: pa.Array, codes: np.ndarray) -> np.ndarray:
    """Which texts name subtotals, anywhere, or totals, in the last rows: elsewhere they are names of things.

    Args:
        values: Different texts `(n,)`.
        codes: int `(n_rows,)`, the place of each cell's text; -1 where it has none.
    """
    is_found = numpy_from_arrow(pc.match_substring_regex(values, _SUBTOTAL)).copy()
    last = np.unique(codes[-LAST_ROWS:])
    last = last[last >= 0]
    is_found[last] |= numpy_from_arrow(pc.match_substring_regex(values.take(arrow_from_numpy(last)), _TOTAL))
    return is_found


def total_word_rows(is_total: np.ndarray, codes: np.ndarray) -> tuple[int, ...]:
    """The last rows, from the end, whose text names a total.

    Args:
        is_total: bool `(n,)`, from `are_totals`.
        codes: int `(n_rows,)`, as there.
    """
    last = codes[: -LAST_ROWS - 1 : -1].tolist()
    return tuple(row for row, place in enumerate(last, start=1) if place >= 0 and is_total[place])
