"""Arrow columns of any origin → the types of a Table."""

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.table.numpy_arrow import null_of, text_array

EXACT_DIGITS: Final = 15
"""Decimal digits that a float64 always keeps."""


def plain_column(column: pa.ChunkedArray, missing_values: Sequence[str]) -> pa.ChunkedArray:
    """Brings a column to the type that a Table holds it in.

    Text and dictionaries of text become strings in which the empty text and `missing_values` are missing, as in a CSV.
    Numbers become float64 in which NaN is missing; integers beyond ±2⁵³ have no exact float64 and become text.
    A column without any value becomes strings. Other types stay: they are refused when somebody uses them.
    """
    kind = column.type
    if pat.is_dictionary(kind):
        return plain_column(column.cast(kind.value_type), missing_values)
    if pat.is_string(kind) or pat.is_large_string(kind) or pat.is_string_view(kind):
        return _without(column.cast(pa.string()), ["", *missing_values])
    if pat.is_null(kind):
        return column.cast(pa.string())
    if pat.is_integer(kind):
        try:
            return column.cast(pa.float64())
        except pa.ArrowInvalid:
            return column.cast(pa.string())
    if pat.is_decimal(kind) and kind.precision > EXACT_DIGITS:
        # An id of 20 digits would lose its last ones.
        return column.cast(pa.string())
    if pat.is_floating(kind) or pat.is_decimal(kind):
        numbers = column.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), null_of(pa.float64()), numbers)
    return column


def _without(texts: pa.ChunkedArray, missing_values: Sequence[str]) -> pa.ChunkedArray:
    is_missing = pc.is_in(texts, value_set=text_array(missing_values))
    return pc.if_else(is_missing, null_of(pa.string()), texts)
