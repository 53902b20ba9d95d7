"""Text → float64, strictly: what is a number, and what a person may have meant by a cell that is none."""

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table.numpy_arrow import NAN, arrow_from_numpy, null_of, numpy_from_arrow, text_bytes, text_offsets

NUMBER: Final = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""Decimal numbers, as a regular expression."""
_CODE: Final = r"^[+-]?0[0-9]"
_FIRST_CELLS: Final = 1_000


class ParsedNumbers(NamedTuple):
    """The numbers of a text column.

    Attributes:
        values: float64 (n_rows,), NaN where the cell is missing or bad.
        is_bad: bool (n_rows,), cells that are present and not a finite number.
    """

    values: np.ndarray
    is_bad: np.ndarray


def parse_numbers(texts: pa.ChunkedArray) -> ParsedNumbers:
    """Reads decimal numbers, with an optional exponent and spaces around them.

    Not numbers: inf, nan, hexadecimal, thousands separators, decimal commas, underscores, 1e999, blank cells.

    Args:
        texts: Strings, null = missing.
    """
    trimmed = pc.ascii_trim_whitespace(texts)
    try:
        # Arrow's own grammar is ours plus inf and nan, which are caught below together with overflow.
        numbers = trimmed.cast(pa.float64())
    except pa.ArrowInvalid:
        is_number = pc.match_substring_regex(trimmed, f"^{NUMBER}$")
        numbers = pc.if_else(is_number, trimmed, null_of(pa.string())).cast(pa.float64())
    values = numpy_from_arrow(pc.fill_null(numbers, NAN))
    is_finite = np.isfinite(values)
    is_bad = ~is_finite & numpy_from_arrow(texts.is_valid())
    return ParsedNumbers(np.where(is_finite, values, np.nan), is_bad)


def is_number_text(texts: pa.ChunkedArray) -> bool:
    """Whether every cell that is not missing is a number that `parse_numbers` reads."""
    # A cast that fails goes through all cells nevertheless; most columns of words fail in the first ones.
    if len(texts) > _FIRST_CELLS and not is_number_text(texts.slice(0, _FIRST_CELLS)):
        return False
    try:
        numbers = pc.ascii_trim_whitespace(texts).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return bool(pc.all(pc.is_finite(numbers), min_count=0).as_py())


def has_codes(texts: pa.ChunkedArray) -> bool:
    """Whether some cells are digits after a leading zero, like 007: names of things rather than numbers."""
    return any(
        pc.any(pc.match_substring_regex(pc.ascii_trim_whitespace(_possible_codes(chunk)), _CODE)).as_py()
        for chunk in texts.chunks
    )


def _possible_codes(texts: pa.Array) -> pa.Array:
    """The cells whose first characters do not rule out a code; usually none, and a regex over all takes long."""
    # Three bytes more, so that the shortest cell has a third one too.
    data = np.frombuffer(text_bytes(texts) + b"   ", np.uint8)
    starts = text_offsets(texts)[:-1] - text_offsets(texts)[0]
    first, second, third = data[starts], data[starts + 1], data[starts + 2]
    is_zero, is_sign = first == ord("0"), (first == ord("+")) | (first == ord("-"))
    is_code = (is_zero & _is_digit(second)) | (is_sign & (second == ord("0")) & _is_digit(third)) | (first <= ord(" "))
    return texts.take(arrow_from_numpy(np.flatnonzero(is_code)))


def _is_digit(characters: np.ndarray) -> np.ndarray:
    return (characters >= ord("0")) & (characters <= ord("9"))
