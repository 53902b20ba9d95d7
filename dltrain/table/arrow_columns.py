"""Arrow columns of any origin → the types of a Table."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.sections.data import TextFormat
from dltrain.table.narrow_floats import in_shortest_decimals
from dltrain.table.number_text import CODE, parse_numbers
from dltrain.table.numpy_arrow import NAN, arrow_from_numpy, null_of, numpy_from_arrow, text_array

_EXACT_DIGITS: Final = 15
"""Decimal digits that a float64 always keeps."""

_EXACT: Final = 2**53
"""Up to here every whole number has an exact float64."""


def plain_column(column: pa.ChunkedArray, texts: TextFormat) -> pa.ChunkedArray:
    """Brings a column to the type that a Table holds it in.

    Text and dictionaries of text become strings in which the empty text and those that mean missing are missing, as in
    a CSV. Numbers become float64, as a CSV of them has it, in which NaN and the numbers that mean missing are missing;
    integers beyond ±2⁵³ and decimals of more than 15 digits, which a float64 may not tell apart, make their column
    text. A column without any value becomes strings. Dates and times stay, and so do other types, which are refused
    when somebody uses them.
    """
    kind = column.type
    if pat.is_dictionary(kind):
        return plain_column(column.cast(kind.value_type), texts)
    if pat.is_string(kind) or pat.is_large_string(kind) or pat.is_string_view(kind):
        return _without(column.cast(pa.string()), ["", *texts.missing_values])
    if pat.is_null(kind):
        return column.cast(pa.string())
    if has_inexact_numbers(column):
        return number_texts(column, texts)
    if pat.is_integer(kind) or pat.is_floating(kind) or pat.is_decimal(kind):
        return _numbers(column, texts)
    return column


def may_be_inexact(kind: pa.DataType) -> bool:
    """Whether numbers of a type may have no float64 of their own; floats are what they are."""
    if pat.is_dictionary(kind):
        return may_be_inexact(kind.value_type)
    if pat.is_decimal(kind):
        return bool(kind.precision > _EXACT_DIGITS)
    return bool(pat.is_int64(kind) or pat.is_uint64(kind))


def has_inexact_numbers(column: pa.Array | pa.ChunkedArray) -> bool:
    """Whether some integers are beyond ±2⁵³, or some decimals have so many digits that a float64 may merge them."""
    kind = column.type
    if not may_be_inexact(kind):
        return False
    if pat.is_dictionary(kind):
        return has_inexact_numbers(column.cast(kind.value_type))
    if pat.is_decimal(kind) and kind.bit_width < 128:
        return has_inexact_numbers(column.cast(pa.decimal128(kind.precision, kind.scale)))
    low, high = pc.min_max(column).as_py().values()
    if low is None or have_few_digits(low, high, kind):
        return False
    if low < -_EXACT or high > _EXACT:
        return True
    # A type with many places says little: 12.500000000000000000 has three digits.
    texts = _plain_texts(column)
    fractions = texts.filter(pc.match_substring(texts, "."))
    digits = pc.utf8_length(pc.replace_substring_regex(fractions, r"^-?0*\.?0*|\.", ""))
    return bool(len(fractions)) and bool(pc.max(digits).as_py() > _EXACT_DIGITS)


def have_few_digits(low: int | Decimal, high: int | Decimal, kind: pa.DataType) -> bool:
    """Whether all integers or decimals of a type between two of them have a float64 of their own."""
    unit = Decimal(10) ** kind.scale if pat.is_decimal(kind) else 1
    return bool(low * unit >= -_EXACT and high * unit <= _EXACT)


def number_texts(column: pa.ChunkedArray, texts: TextFormat) -> pa.ChunkedArray:
    """Integers or decimals as the table writes numbers, to the last digit, without zeros at the end of a fraction."""
    if pat.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    plain = pc.replace_substring(_plain_texts(column), ".", texts.numbers.decimal)
    return _without(plain, texts.missing_values)


def _plain_texts(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Integers or decimals as texts: 1.50 is 1.5, as float64 has it, 2.00 is 2, and 0E-10 is 0."""
    plain = column.cast(pa.string())
    for pattern, instead in ((r"^-?0E[+-]?\d+$", "0"), (r"(\.\d*?)0+$", r"\1"), (r"\.$", "")):
        plain = pc.replace_substring_regex(plain, pattern, instead)
    return plain


def _numbers(column: pa.ChunkedArray, texts: TextFormat) -> pa.ChunkedArray:
    numbers, missing = _float64(column), _missing_numbers(texts)
    if not len(missing) and not pat.is_floating(column.type):
        return numbers
    is_missing = pc.is_nan(numbers)
    if len(missing):
        # -99.98765432 is another number in float32.
        rounded = _float64(pa.chunked_array([missing.cast(column.type)])) if pat.is_floating(column.type) else missing
        is_missing = pc.or_(is_missing, pc.is_in(numbers, value_set=rounded))
    return pc.if_else(is_missing, null_of(pa.float64()), numbers)


def _float64(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as a CSV file of them would be read."""
    if pat.is_decimal(column.type):
        # Arrow divides, and so makes 0.30000000000000004 of 0.3.
        return column.cast(pa.string()).cast(pa.float64())
    if pat.is_float32(column.type) or pat.is_float16(column.type):
        is_known, kind = column.is_valid(), np.float32 if pat.is_float32(column.type) else np.float16
        values = numpy_from_arrow(pc.fill_null(column.cast(pa.float64()), NAN)).astype(kind)
        return pc.if_else(is_known, arrow_from_numpy(in_shortest_decimals(values)), null_of(pa.float64()))
    return column.cast(pa.float64())


@lru_cache(maxsize=1)
def _missing_numbers(texts: TextFormat) -> pa.Array:
    """The numbers among the texts that mean missing, float64; 000 is a code, and no zero."""
    written = text_array(text for text in texts.missing_values if not re.match(CODE, text))
    parsed = parse_numbers(pa.chunked_array([written]), texts.numbers)
    return arrow_from_numpy(parsed.values[~parsed.is_bad])


def _without(texts: pa.ChunkedArray, missing_values: Sequence[str]) -> pa.ChunkedArray:
    is_missing = pc.is_in(texts, value_set=text_array(missing_values))
    return pc.if_else(is_missing, null_of(pa.string()), texts)
