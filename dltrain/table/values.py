"""The values of a column, as the kind of the column wants them."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.data import label_text
from dltrain.table.bad_cells import bad_cells_error
from dltrain.table.kinds import is_boolean_text
from dltrain.table.number_text import has_codes, parse_numbers
from dltrain.table.numpy_arrow import NAN, numpy_from_arrow, text_array
from dltrain.table.table import Table

_TRUE: Final = text_array(["true", "1"])
_FALSE: Final = text_array(["false", "0"])


def numeric_values(table: Table, name: str) -> np.ndarray:
    """The numbers of a column; booleans count as 1 and 0.

    Returns:
        float64 (n_rows,), finite, or NaN where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are not finite numbers.
    """
    column = table.value_column(name)
    if pat.is_string(column.type):
        values, is_bad = parse_numbers(column)
    else:
        values = _float64(column)
        is_bad = np.isinf(values)
    if is_bad.any():
        raise bad_cells_error(table, name, is_bad, expected="a number")
    return values


def boolean_values(table: Table, name: str) -> np.ndarray:
    """The truth values of a column: booleans, true and false in any case, 1 and 0.

    Returns:
        float64 (n_rows,): 1 for true, 0 for false, NaN where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are neither true nor false.
    """
    column = table.value_column(name)
    is_valid = numpy_from_arrow(column.is_valid())
    if pat.is_string(column.type):
        texts = pc.utf8_lower(pc.ascii_trim_whitespace(column))
        is_true = numpy_from_arrow(pc.is_in(texts, value_set=_TRUE))
        is_false = numpy_from_arrow(pc.is_in(texts, value_set=_FALSE))
    else:
        numbers = _float64(column)
        is_true, is_false = numbers == 1, numbers == 0
    is_bad = is_valid & ~is_true & ~is_false
    if is_bad.any():
        raise bad_cells_error(table, name, is_bad, expected="true or false")
    return np.where(is_valid, is_true.astype(np.float64), np.nan)


def categorical_values(table: Table, name: str) -> pa.DictionaryArray:
    """The categories of a column. Text stays exactly as it is; numbers become "1" or "1.5", booleans "true", "false".

    Returns:
        int32 indices, null where the cell is missing, into a dictionary of different strings.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    column = table.value_column(name)
    encoded = column.dictionary_encode().combine_chunks()
    if pat.is_string(column.type):
        return encoded
    return _renamed(encoded, [label_text(value) for value in encoded.dictionary.to_pylist()])


def label_values(table: Table, name: str) -> pa.DictionaryArray:
    """The labels of a column: categories, in the same spelling whichever kind of file they come from.

    Text labels that are all numbers are spelled as in `categorical_values`, so that 1 and 1.0 are one label, unless
    some have a leading zero (007). Text labels that are all true or false are written in lower case.

    Returns:
        int32 indices, null where the label is missing, into a dictionary of different strings.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    encoded = categorical_values(table, name)
    labels = pa.chunked_array([encoded.dictionary])
    if is_boolean_text(labels):
        return _renamed(encoded, [label.strip().lower() for label in labels.to_pylist()])
    if has_codes(labels) or parse_numbers(labels).is_bad.any():
        return encoded
    return _renamed(encoded, [_number_label(label) for label in labels.to_pylist()])


def _number_label(text: str) -> str:
    """The spelling of a number without loss: integers of any length keep all their digits.

    >>> _number_label("+1.0"), _number_label("12345678901234567890"), _number_label("0.50")
    ('1', '12345678901234567890', '0.5')
    """
    try:
        return str(int(text))
    except ValueError:
        return str(label_text(float(text)))


def _float64(column: pa.ChunkedArray) -> np.ndarray:
    return numpy_from_arrow(pc.fill_null(column.cast(pa.float64()), NAN))


def _renamed(encoded: pa.DictionaryArray, texts: list[str]) -> pa.DictionaryArray:
    """The same cells with new texts for the categories; categories of the same text become one."""
    merged = text_array(texts).dictionary_encode()
    return pa.DictionaryArray.from_arrays(merged.indices.take(encoded.indices), merged.dictionary)
