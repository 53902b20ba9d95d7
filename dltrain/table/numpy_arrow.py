"""NumPy and Python values ⇄ Arrow arrays without pandas.

`pa.array`, `pa.scalar` and `to_numpy` import pandas wherever it is installed, just to ask whether they were given a
Series. That takes longer than everything else a small prediction does.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def arrow_from_numpy(values: np.ndarray) -> pa.Array:
    """Copies booleans, integers or floats, shape (n,), into an Arrow array; NaN stays NaN."""
    if values.dtype == np.bool_:
        return arrow_from_numpy(values.view(np.uint8)).cast(pa.bool_())
    data = pa.py_buffer(np.ascontiguousarray(values).tobytes())
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, data])


def numpy_from_arrow(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Copies numbers or booleans without nulls into a NumPy array, shape (n,)."""
    if not len(column):
        # Arrow would make an array of no chunks from a list.
        return np.empty(0, np.bool_ if pa.types.is_boolean(column.type) else column.type.to_pandas_dtype())
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_boolean(array.type):
        return np.from_dlpack(array.cast(pa.uint8())).astype(np.bool_)
    return np.from_dlpack(array).copy()


def integers_from_arrow(column: pa.Array, *, missing: int) -> np.ndarray:
    """Copies int32 values into a NumPy array, shape (n,), with a number in the place of nulls."""
    return numpy_from_arrow(pc.fill_null(column, arrow_from_numpy(np.array([missing], np.int32))[0]))


def text_array(texts: Iterable[str]) -> pa.Array:
    """Makes a string array, without nulls."""
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(encoded)))


def text_offsets(texts: pa.Array) -> np.ndarray:
    """Where each cell of a string array begins in its buffer and the last one ends, int32 `(n + 1,)`."""
    offsets = texts.buffers()[1]
    if len(texts) == 0 or offsets is None:
        return np.zeros(len(texts) + 1, np.int32)
    return np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]


def text_bytes(texts: pa.Array) -> bytes:
    """The bytes of all cells of a string array one after the other; there may be some of missing cells too."""
    data, offsets = texts.buffers()[2], text_offsets(texts)
    return b"" if data is None else bytes(data.slice(int(offsets[0]), int(offsets[-1] - offsets[0])))


def null_of(kind: pa.DataType) -> pa.Scalar:
    """The missing value of a type."""
    return pa.nulls(1, kind)[0]


NAN: Final = arrow_from_numpy(np.array([np.nan]))[0]
"""float64 NaN as an Arrow scalar."""
