"""Cells that a spreadsheet would compute instead of showing them."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table.number_text import NUMBER
from dltrain.table.numpy_arrow import arrow_from_numpy, text_array, text_bytes, text_offsets

_SPACE: Final = r"[\p{Cc}\p{Z}\x{AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FEFF}]"
"""What nobody sees at the beginning of a cell, and a program might skip: spaces, control and format characters."""

_FORMULA: Final = rf"^(?:[\t\r\n]|{_SPACE}*[=+\-@＝＋－＠])"
_PLAIN_NUMBER: Final = rf"^[\t\n\v\f\r ]*{NUMBER}[\t\n\v\f\r ]*$"
_QUOTE, _NOTHING = text_array(["'", ""])

_MAY_BEGIN_FORMULA: Final = np.zeros(256, np.bool_)
"""The first bytes of signs and of `_SPACE`: ASCII, and those that begin longer characters."""
_MAY_BEGIN_FORMULA[[*range(33), *b"=+-@", 0x7F, 0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = True


def without_formulas(texts: pa.Array) -> pa.Array:
    r"""Puts a ' before every text that a spreadsheet could take for a formula; numbers and other texts stay.

    Such a text begins with = + - @, also in their full-width forms and behind spaces, or with a tab, \r or \n, and is
    no decimal number such as -3.5 or +1e5, with or without spaces around it. What is missing stays missing. A text that
    begins with a ' stays as it is, so the original cannot be told from it: whoever computes on needs the raw texts.

    Args:
        texts: Strings.

    >>> without_formulas(text_array(["=1+1", "-3.5", "-", "a=b", " @x"])).to_pylist()
    ["'=1+1", '-3.5', "'-", 'a=b', "' @x"]
    """
    suspects = np.flatnonzero(_may_be_formulas(texts))
    if suspects.size == 0:
        return texts
    rows = arrow_from_numpy(suspects)
    cells = texts.take(rows)
    is_number = pc.match_substring_regex(cells, _PLAIN_NUMBER)
    is_formula = pc.and_not(pc.match_substring_regex(cells, _FORMULA), is_number)
    if not pc.any(is_formula, min_count=0).as_py():
        return texts
    mended = pc.if_else(is_formula, pc.binary_join_element_wise(_QUOTE, cells, _NOTHING), cells)
    places = np.zeros(len(texts), np.bool_)
    places[suspects] = True
    return pc.replace_with_mask(texts, arrow_from_numpy(places), mended)


def _may_be_formulas(texts: pa.Array) -> np.ndarray:
    """Bool `(n,)`: the cells whose first byte does not rule out a formula; a regex over all cells takes long."""
    offsets = text_offsets(texts)
    # One byte more, so that an empty last cell has a first byte too.
    data = np.frombuffer(text_bytes(texts) + b"x", np.uint8)
    is_suspect: np.ndarray = _MAY_BEGIN_FORMULA[data[offsets[:-1] - offsets[0]]] & (np.diff(offsets) > 0)
    return is_suspect
