"""float32 and float16 columns: as float64 their numbers have digits that no CSV file of them has.

0.1 of float32 is 0.10000000149011612 of float64. To compute with, that makes no difference; categories and mapped texts
have to be 0.1 in every kind of file. A Table holds float64 numbers, and its fields say how narrow they were.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.table.numpy_arrow import arrow_from_numpy, numpy_from_arrow

_NARROW: Final = b"narrow floats"
"""Metadata key of a field whose float64 numbers were narrower; the value is the name of their NumPy type."""


def narrow_field(name: str, column: pa.ChunkedArray, origin: pa.DataType) -> pa.Field:
    """The field of a column that was made of one of another type."""
    if pat.is_dictionary(origin):
        return narrow_field(name, column, origin.value_type)
    is_narrow = pat.is_float16(origin) or pat.is_float32(origin)
    narrow = "float16" if pat.is_float16(origin) else "float32"
    return pa.field(name, column.type, metadata={_NARROW: narrow} if is_narrow else None)


def in_shortest_decimals(values: pa.Array, field: pa.Field) -> pa.Array:
    """Different numbers of a column as those that the fewest decimal digits mean which mean the same narrow ones.

    Args:
        values: float64, without nulls.
        field: Of their column. Those of no narrow floats stay, and so do whole numbers.
    """
    narrow = (field.metadata or {}).get(_NARROW)
    if narrow is None:
        return values
    numbers = numpy_from_arrow(values)
    decimals = np.array([float(str(number)) for number in numbers.astype(narrow.decode())], np.float64)
    return arrow_from_numpy(np.where(numbers == np.trunc(numbers), numbers, decimals))


def column_in_shortest_decimals(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    """The cells of a column with the numbers of `in_shortest_decimals`; null where they are missing."""
    if _NARROW not in (field.metadata or {}):
        return column
    cells = column.dictionary_encode().combine_chunks()
    return pa.chunked_array([in_shortest_decimals(cells.dictionary, field).take(cells.indices)])
