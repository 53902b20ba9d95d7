"""The values of a column, as the kind of the column wants them."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.data import label_text
from dltrain.config.suggest import did_you_mean
from dltrain.errors import escaped, quoted_list
from dltrain.table.bad_cells import bad_cells_error
from dltrain.table.kinds import is_boolean_text
from dltrain.table.number_text import parse_numbers
from dltrain.table.numpy_arrow import NAN, integers_from_arrow, numpy_from_arrow, text_array
from dltrain.table.table import Table

_WHOLE_DECIMAL: Final = r"^(0|-?[1-9][0-9]*)\.0+$"
_TRUTH: Final = r"^(?i:true|false)$"
_TRUE: Final = text_array(["true", "1"])
_FALSE: Final = text_array(["false", "0"])


def numeric_values(table: Table, name: str) -> np.ndarray:
    """The numbers of a column; booleans, and texts that are all true or false, count as 1 and 0.

    Returns:
        float64 (n_rows,), finite, or NaN where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are not finite numbers.
    """
    column = table.value_column(name)
    if pat.is_string(column.type):
        values, is_bad = parse_numbers(column, table.texts.numbers)
        if is_bad.any() and is_boolean_text(column):
            return boolean_values(table, name)
    else:
        values = _float64(column)
        is_bad = np.isinf(values)
    if is_bad.any():
        raise bad_cells_error(table, name, is_bad, expected="a number")
    return values


def mapped_values(table: Table, name: str, mapping: Mapping[str, float]) -> np.ndarray:
    """The numbers that the texts of a column mean; cells that are numbers themselves stay unless they are mapped, too.

    Args:
        table: Holds the column.
        name: The column.
        mapping: Text, without spaces around it → number.

    Returns:
        float64 `(n_rows,)`, finite, or NaN where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are neither.
    """
    cells = categorical_values(table, name)
    texts = cells.dictionary
    place = pc.index_in(pc.utf8_trim_whitespace(texts), value_set=text_array(text.strip() for text in mapping))
    places = integers_from_arrow(place, missing=len(mapping))
    is_mapped = places < len(mapping)
    parsed = parse_numbers(pa.chunked_array([texts]), table.texts.numbers)
    numbers = np.where(is_mapped, np.array([*mapping.values(), np.nan])[places], parsed.values)
    of_cells = integers_from_arrow(cells.indices, missing=len(texts))
    is_bad = parsed.is_bad & ~is_mapped
    if is_bad.any():
        expected = f"a number or one of {quoted_list(list(mapping))}"
        first = texts[int(np.argmax(is_bad))].as_py()
        hint = did_you_mean(first, mapping) or f"add it to preprocessing.columns.{escaped(name)}.map"
        raise bad_cells_error(table, name, np.append(is_bad, False)[of_cells], expected=expected, hint=hint)
    values: np.ndarray = np.append(numbers, np.nan)[of_cells]
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
    """The categories or labels of a column, each in the same spelling whichever kind of file it comes from.

    Numbers become "1" or "1.5", booleans "true" and "false". Text stays as it is but for 1.0, which is what other
    programs make of 1 in a column with gaps, and True or FALSE: these too become "1", "true" and "false". Codes such
    as 007 and versions such as 1.10 keep every character.

    Returns:
        int32 indices, null where the cell is missing, into a dictionary of different strings.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    column = table.value_column(name)
    encoded = column.dictionary_encode().combine_chunks()
    if not pat.is_string(column.type):
        return _renamed(encoded, text_array([str(label_text(value)) for value in encoded.dictionary.to_pylist()]))
    texts = encoded.dictionary
    is_other = pc.or_(pc.match_substring_regex(texts, _WHOLE_DECIMAL), pc.match_substring_regex(texts, _TRUTH))
    if not pc.any(is_other).as_py():
        return encoded
    spelled = pc.utf8_lower(pc.replace_substring_regex(texts, _WHOLE_DECIMAL, r"\1"))
    return _renamed(encoded, pc.if_else(is_other, spelled, texts))


def _renamed(encoded: pa.DictionaryArray, texts: pa.Array) -> pa.DictionaryArray:
    """The same cells with new texts for the categories; categories of the same text become one."""
    merged = texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(merged.indices.take(encoded.indices), merged.dictionary)


def _float64(column: pa.ChunkedArray) -> np.ndarray:
    return numpy_from_arrow(pc.fill_null(column.cast(pa.float64()), NAN))
