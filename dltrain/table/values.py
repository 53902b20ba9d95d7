"""The values of a column, as the kind of the column wants them."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.problems.suggest import did_you_mean, with_same_digits
from dltrain.config.sections.data import NumberFormat, label_text
from dltrain.config.yaml.overrides import key_part
from dltrain.errors import quoted_list
from dltrain.table.bad_cells import bad_cells_error
from dltrain.table.kinds import is_boolean_text
from dltrain.table.number_text import PLAIN, parse_numbers
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
        mapping: Text → number. A text stands for cells that are written alike but for the spaces around them; where
            there is none, for those that are spelled alike as categories, so that True stands for TRUE and 9 for 9.0.

    Returns:
        float64 `(n_rows,)`, finite, or NaN where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are neither.
    """
    cells = text_cells(table, name, known=[text.strip() for text in mapping])
    texts = cells.dictionary
    places = integers_from_arrow(_places(texts, mapping, table.texts.numbers), missing=len(mapping))
    is_mapped = places < len(mapping)
    parsed = parse_numbers(pa.chunked_array([texts]), table.texts.numbers)
    numbers = np.where(is_mapped, np.array([*mapping.values(), np.nan])[places], parsed.values)
    of_cells = integers_from_arrow(cells.indices, missing=len(texts))
    is_bad = parsed.is_bad & ~is_mapped
    if is_bad.any():
        expected = f"a number or one of {quoted_list(list(mapping))}"
        first = texts[int(np.argmax(is_bad))].as_py()
        meant = did_you_mean(first, with_same_digits(first, mapping))
        hint = meant or f"add it to preprocessing.columns.{key_part(name)}.map"
        raise bad_cells_error(table, name, np.append(is_bad, False)[of_cells], expected=expected, hint=hint)
    values: np.ndarray = np.append(numbers, np.nan)[of_cells]
    return values


def _places(texts: pa.Array, mapping: Mapping[str, float], numbers: NumberFormat) -> pa.Array:
    """Which text of a mapping stands for each of some texts, int32, null where there is none."""
    trimmed, keys = pc.utf8_trim_whitespace(texts), text_array(text.strip() for text in mapping)
    as_categories = pc.index_in(category_texts(trimmed, numbers), value_set=category_texts(keys, numbers))
    return pc.coalesce(pc.index_in(trimmed, value_set=keys), as_categories)


def boolean_values(table: Table, name: str) -> np.ndarray:
    """The truth values of a column: booleans, true and false in any case, 1 and 0, or 1.0 and 0.0.

    Returns:
        float64 (n_rows,): 1 for true, 0 for false, NaN where the cell is missing.

    Raises:
        DataError: There is no such column, its type cannot be used, or some cells are neither true nor false.
    """
    column = table.value_column(name)
    is_valid = numpy_from_arrow(column.is_valid())
    if pat.is_string(column.type):
        cells = column.dictionary_encode().combine_chunks()
        texts = pc.utf8_lower(category_texts(pc.ascii_trim_whitespace(cells.dictionary), table.texts.numbers))
        places = integers_from_arrow(cells.indices, missing=-1)
        is_true, is_false = (_are_in(texts, values)[places] for values in (_TRUE, _FALSE))
    else:
        numbers = _float64(column)
        is_true, is_false = numbers == 1, numbers == 0
    is_bad = is_valid & ~is_true & ~is_false
    if is_bad.any():
        raise bad_cells_error(table, name, is_bad, expected="true or false")
    return np.where(is_valid, is_true.astype(np.float64), np.nan)


def _are_in(texts: pa.Array, values: pa.Array) -> np.ndarray:
    """Which texts are some of the values, bool `(n + 1,)`; the last one stands for missing cells, which are none."""
    return np.append(numpy_from_arrow(pc.is_in(texts, value_set=values)), False)


def categorical_values(table: Table, name: str, *, known: Collection[str] = ()) -> pa.DictionaryArray:
    """The categories or labels of a column, each in the same spelling whichever kind of file it comes from.

    Numbers become "1" or "1.5", booleans "true" and "false". Text stays as it is but for 1.0, which is what other
    programs make of 1 in a column with gaps, and True or FALSE: these too become "1", "true" and "false". Codes such
    as 007 and versions such as 1.10 keep every character, and so does 1.000 in tables with points between thousands.

    Args:
        table: Holds the column.
        name: The column.
        known: Spellings that are known already, see `text_cells`.

    Returns:
        int32 indices, null where the cell is missing, into a dictionary of different strings.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    cells = text_cells(table, name, known=known)
    spelled = category_texts(cells.dictionary, table.texts.numbers)
    return cells if spelled is cells.dictionary else _renamed(cells, spelled)


def text_cells(table: Table, name: str, *, known: Collection[str] = ()) -> pa.DictionaryArray:
    """The cells of a column as texts: those that are texts to the letter, numbers and booleans as categories.

    Args:
        table: Holds the column.
        name: The column.
        known: Texts to be found again. Numbers are spelled as a CSV file of the table has them, with its decimal comma;
            those that are not known so, but as runs of earlier versions know them, as that.

    Returns:
        int32 indices, null where the cell is missing, into a dictionary of different strings.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    column = table.value_column(name)
    cells = column.dictionary_encode().combine_chunks()
    if pat.is_string(column.type):
        return cells
    values, known = cells.dictionary.to_pylist(), frozenset(known)
    return _renamed(cells, text_array(_as_in_csv(value, table, known) for value in values))


def _as_in_csv(value: object, table: Table, known: frozenset[str]) -> str:
    """How a CSV file of a table has a value, unless it is known otherwise only, as runs of earlier versions know it."""
    text = str(label_text(value))
    written = text.replace(PLAIN.decimal, table.texts.numbers.decimal) if isinstance(value, float) else text
    if written in known or not known or not isinstance(value, float):
        return written
    # They had a point everywhere, and the digits that a float32 has in float64.
    with np.errstate(over="ignore"):
        return next((old for old in (text, str(float(np.float32(value)))) if old in known), written)


def category_texts(texts: pa.Array, numbers: NumberFormat) -> pa.Array:
    """How the categories are spelled that some texts mean, see `categorical_values`; the same array if just so.

    Args:
        texts: Strings without nulls.
        numbers: How the table writes numbers.
    """
    is_other = pc.match_substring_regex(texts, _TRUTH)
    if numbers.thousands != ".":
        is_other = pc.or_(is_other, pc.match_substring_regex(texts, _WHOLE_DECIMAL))
    if not pc.any(is_other).as_py():
        return texts
    return pc.if_else(is_other, pc.utf8_lower(pc.replace_substring_regex(texts, _WHOLE_DECIMAL, r"\1")), texts)


def _renamed(encoded: pa.DictionaryArray, texts: pa.Array) -> pa.DictionaryArray:
    """The same cells with new texts for the categories; categories of the same text become one."""
    merged = texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(merged.indices.take(encoded.indices), merged.dictionary)


def _float64(column: pa.ChunkedArray) -> np.ndarray:
    return numpy_from_arrow(pc.fill_null(column.cast(pa.float64()), NAN))
