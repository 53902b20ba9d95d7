"""What is remarkable about each predicted row, in words."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.features import CellRemarks
from dltrain.table import arrow_from_numpy, text_array

_SORTS: Final = {"unseen": "unseen", "missing": "missing", "out_of_range": "out of range"}


def row_notes(remarks: Mapping[str, CellRemarks], n_rows: int) -> pa.Array:
    """Describes the remarkable cells of every row, such as "unseen: city; missing: age, cabin".

    Args:
        remarks: Column → its remarkable cells.
        n_rows: Number of rows.

    Returns:
        Strings `(n_rows,)`, null for rows without a remark.
    """
    marked = {
        words: {name: cells for name, of_column in remarks.items() if (cells := getattr(of_column, sort)) is not None}
        for sort, words in _SORTS.items()
    }
    is_remarkable = np.zeros(n_rows, np.bool_)
    for columns in marked.values():
        for cells in columns.values():
            is_remarkable |= cells
    rows = np.flatnonzero(is_remarkable)
    if not rows.size:
        return pa.nulls(n_rows, pa.string())
    notes = _joined([_names_of(words, columns, rows) for words, columns in marked.items() if columns], "; ")
    # Positions among the remarkable rows; the others point behind them, at a null.
    places = np.full(n_rows, len(rows), np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    return pa.concat_arrays([notes, pa.nulls(1, pa.string())]).take(arrow_from_numpy(places))


def _names_of(words: str, columns: Mapping[str, np.ndarray], rows: np.ndarray) -> pa.Array:
    """One sort of remarks, null for rows that have none of it."""
    names = []
    for name, cells in columns.items():
        name_or_null = pa.concat_arrays([pa.nulls(1, pa.string()), text_array([name])])
        names.append(name_or_null.take(arrow_from_numpy(cells[rows].astype(np.int32))))
    joined = _joined(names, ", ")
    texts = pc.binary_join_element_wise(*text_array([f"{words}: "]), joined, *text_array([""]))
    is_used = pc.greater(pc.binary_length(joined), arrow_from_numpy(np.zeros(1, np.int32))[0])
    return pc.if_else(is_used, texts, pa.nulls(1, pa.string())[0])


def _joined(texts: list[pa.Array], separator: str) -> pa.Array:
    """The texts of each row that are not null, with a separator between them; empty where there is none."""
    # Arrow leaves rows of nothing but nulls out altogether, hence the empty text before them.
    joined = pc.binary_join_element_wise(*text_array([""]), *texts, *text_array([separator]), null_handling="skip")
    return pc.utf8_slice_codeunits(joined, len(separator))
