"""Remarks on each row."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dltrain.features import CellRemarks
from dltrain.workflows.predicting.row_notes import row_notes
from tests.speed import allowed, measured

SORTS = {"unseen": "unseen", "missing": "missing", "out_of_range": "out of range"}
NAMES = st.sampled_from(["age", "city", "a;b", "a,b", "two\nlines", "unseen: x", "ü"])


def reference(remarks: dict[str, CellRemarks], n_rows: int) -> list[str | None]:
    notes = []
    for row in range(n_rows):
        marked = {
            words: [name for name, cells in remarks.items() if (of := getattr(cells, sort)) is not None and of[row]]
            for sort, words in SORTS.items()
        }
        notes.append("; ".join(f"{words}: {', '.join(names)}" for words, names in marked.items() if names) or None)
    return notes


@given(n_rows=st.integers(0, 8), names=st.lists(NAMES, unique=True), data=st.data())
def test_notes_are_what_a_loop_over_all_cells_finds(n_rows: int, names: list[str], data: st.DataObject) -> None:
    cells = st.none() | st.lists(st.booleans(), min_size=n_rows, max_size=n_rows).map(lambda x: np.array(x, np.bool_))
    remarks = {name: CellRemarks(*(data.draw(cells) for _ in SORTS)) for name in names}
    notes = row_notes(remarks, n_rows)
    assert notes.type == pa.string()
    assert notes.to_pylist() == reference(remarks, n_rows)


def test_sorts_come_in_order_with_their_columns() -> None:
    yes = np.array([True])
    remarks = {"adr": CellRemarks(out_of_range=yes), "age": CellRemarks(missing=yes), "city": CellRemarks(yes, yes)}
    assert row_notes(remarks, 1).to_pylist() == ["unseen: city; missing: age, city; out of range: adr"]


def test_rows_without_remarks_cost_next_to_nothing() -> None:
    cells = np.zeros(1_000_000, np.bool_)
    cells[7] = True
    remarks = {f"column {n}": CellRemarks(missing=cells) for n in range(50)}
    with measured() as spent:
        notes = row_notes(remarks, len(cells))
    assert spent.seconds < allowed(2)
    assert notes.null_count == 999_999
