"""Text → float64, strictly: what is a number, and what a person may have meant by a cell that is none."""

import re
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config.sections.data import NumberFormat
from dltrain.table.numpy_arrow import (
    NAN,
    arrow_from_numpy,
    null_of,
    numpy_from_arrow,
    text_array,
    text_bytes,
    text_offsets,
)

NUMBER: Final = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""Decimal numbers, as a regular expression."""
PLAIN: Final = NumberFormat()
_NO_NUMBER: Final = text_array(["no number"])[0]
_LOOK_ALIKES: Final = {" ": r"[ \x{00A0}\x{202F}]", "'": r"['’]"}
"""Signs between groups of digits that a person cannot tell apart."""

_MINUS_SIGN: Final = "\N{MINUS SIGN}"
"""What typesetting programs write before negative numbers; the sign of keyboards is a hyphen."""

TYPED: Final = {"\u00a0": " ", "\u202f": " ", "’": "'"}
"""Each of them that is hard to type → the one that stands for it in a config."""
CODE: Final = r"^[+-]?0[0-9]"
"""How codes such as 007 begin, as a regular expression."""

_FIRST_CELLS: Final = 1_000


class ParsedNumbers(NamedTuple):
    """The numbers of a text column.

    Attributes:
        values: float64 (n_rows,), NaN where the cell is missing or bad.
        is_bad: bool (n_rows,), cells that are present and not a finite number.
    """

    values: np.ndarray
    is_bad: np.ndarray


def parse_numbers(texts: pa.ChunkedArray, numbers: NumberFormat = PLAIN) -> ParsedNumbers:
    """Reads decimal numbers, with an optional exponent and spaces around them; a minus may be a hyphen or U+2212.

    Not numbers: inf, nan, hexadecimal, underscores, 1e999, blank cells; thousands separators and decimal commas unless
    the format says so, and decimal points where it says otherwise.

    Args:
        texts: Strings, null = missing.
        numbers: How they are written.
    """
    trimmed = _plain_numbers(texts, numbers)
    try:
        # Arrow's own grammar is ours plus inf and nan, which are caught below together with overflow.
        parsed = _cast(trimmed)
    except pa.ArrowInvalid:
        trimmed = _with_hyphens(trimmed)
        is_number = pc.match_substring_regex(trimmed, f"^{NUMBER}$")
        parsed = pc.if_else(is_number, trimmed, null_of(pa.string())).cast(pa.float64())
    values = numpy_from_arrow(pc.fill_null(parsed, NAN))
    is_finite = np.isfinite(values)
    is_bad = ~is_finite & numpy_from_arrow(texts.is_valid())
    return ParsedNumbers(np.where(is_finite, values, np.nan), is_bad)


def is_number_text(texts: pa.ChunkedArray, numbers: NumberFormat = PLAIN) -> bool:
    """Whether every cell that is not missing is a number that `parse_numbers` reads."""
    # A cast that fails goes through all cells nevertheless; most columns of words fail in the first ones.
    if len(texts) > _FIRST_CELLS and not is_number_text(texts.slice(0, _FIRST_CELLS), numbers):
        return False
    try:
        parsed = _cast(_plain_numbers(texts, numbers))
    except pa.ArrowInvalid:
        return False
    return bool(pc.all(pc.is_finite(parsed), min_count=0).as_py())


def _cast(plain: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return plain.cast(pa.float64())
    except pa.ArrowInvalid:
        return _with_hyphens(plain).cast(pa.float64())


def _with_hyphens(plain: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts with the minus that Arrow reads; few tables have another one, and looking for it takes long."""
    return pc.replace_substring_regex(plain, f"^{_MINUS_SIGN}", "-")


def _plain_numbers(texts: pa.ChunkedArray, numbers: NumberFormat) -> pa.ChunkedArray:
    """Texts without the spaces around them, with a decimal point and without thousands separators.

    Args:
        texts: Strings, null = missing.
        numbers: How numbers are written. Texts that are none in this format become a text that is none in any.
    """
    trimmed = pc.ascii_trim_whitespace(texts)
    if numbers == PLAIN:
        return trimmed
    is_number = pc.match_substring_regex(trimmed, f"^{_pattern(numbers)}$")
    if numbers.thousands is not None:
        trimmed = pc.replace_substring_regex(trimmed, _group_sign(numbers.thousands), "")
    if numbers.decimal != PLAIN.decimal:
        trimmed = pc.replace_substring(trimmed, numbers.decimal, PLAIN.decimal)
    return pc.if_else(is_number, trimmed, _NO_NUMBER)


def _pattern(numbers: NumberFormat) -> str:
    """Numbers of a format, as a regular expression."""
    point = re.escape(numbers.decimal)
    whole = "[0-9]+"
    if numbers.thousands is not None:
        whole = f"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{_group_sign(numbers.thousands)}[0-9]{{3}})+)"
    return rf"[+{_MINUS_SIGN}-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?"


def _group_sign(thousands: str) -> str:
    """What stands between groups of digits, as a regular expression."""
    return _LOOK_ALIKES.get(thousands, re.escape(thousands))


def has_codes(texts: pa.ChunkedArray) -> bool:
    """Whether some cells are digits after a leading zero, like 007: names of things rather than numbers."""
    return any(
        pc.any(pc.match_substring_regex(pc.ascii_trim_whitespace(chunk.take(arrow_from_numpy(places))), CODE)).as_py()
        for chunk in texts.chunks
        if (places := _possible_codes(chunk)).size
    )


def _possible_codes(texts: pa.Array) -> np.ndarray:
    """Places of the cells whose first characters do not rule out a code; usually none, and a regex takes long.

    Returns:
        int64 `(n,)`.
    """
    # Three bytes more, so that the shortest cell has a third one too.
    data = np.frombuffer(text_bytes(texts) + b"   ", np.uint8)
    offsets = text_offsets(texts)
    starts = offsets[:-1] - offsets[0]
    first, second, third = data[starts], data[starts + 1], data[starts + 2]
    is_zero, is_sign = first == ord("0"), (first == ord("+")) | (first == ord("-"))
    is_code = (is_zero & _is_digit(second)) | (is_sign & (second == ord("0")) & _is_digit(third)) | (first <= ord(" "))
    # What stands behind a cell 0 is the first character of the next one.
    return np.flatnonzero(is_code & (np.diff(offsets) > 1))


def _is_digit(characters: np.ndarray) -> np.ndarray:
    return (characters >= ord("0")) & (characters <= ord("9"))
