import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.errors import DataError
from dltrain.table import Table, open_blocks, read_table, row_places
from dltrain.table.padding import Padding

EXPORT = "a;b;;\r\n1;x;;\r\n;;;\r\n2;;;\r\n;;;\r\n;;;\r\n"


def written(folder: Path, text: str, name: str = "t.tsv") -> Path:
    path = folder / name
    path.write_bytes(text.replace(";", "\t").encode())
    return path


def test_empty_rows_at_the_end_and_columns_without_a_name_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, EXPORT))

    assert table.columns.to_pydict() == {"a": ["1", None, "2"], "b": ["x", None, None]}
    assert table.padding == Padding(n_rows=2, n_columns=2)
    assert row_places(table, [0, 1, 2]) == [f"{table.source}:{line}" for line in (2, 3, 4)]


def test_what_is_left_is_what_pandas_finds_without_them(tmp_path: Path) -> None:
    frame = pd.read_csv(io.StringIO(EXPORT), sep=";", dtype="string").dropna(axis=1, how="all").iloc[:3]

    columns = read_table(written(tmp_path, EXPORT)).columns

    assert columns.to_pandas().fillna("").to_numpy().tolist() == frame.fillna("").to_numpy().tolist()


@given(
    rows=st.lists(st.tuples(st.sampled_from(["", "x"]), st.sampled_from(["", '"\n,"'])), max_size=12),
    n_empty=st.integers(0, 9),
    n_unnamed=st.integers(0, 2),
    block_bytes=st.integers(1, 40),
    end=st.sampled_from(["\n", "\r\n"]),
    has_last_end=st.booleans(),
)
def test_blocks_of_any_size_leave_out_the_same(
    rows: list[tuple[str, str]], n_empty: int, n_unnamed: int, block_bytes: int, end: str, *, has_last_end: bool
) -> None:
    body = [("x", ""), *rows, ("", "x"), *[("", "")] * n_empty]
    text = end.join(",".join([*cells, *[""] * n_unnamed]) for cells in [("a", "b"), *body]) + end * has_last_end
    with open_blocks(io.BytesIO(text.encode()), block_bytes=block_bytes) as read:
        tables: list[Table] = list(read)

    found = [tuple(row.values()) for table in tables for row in table.columns.to_pylist()]
    assert found == [tuple(cell.strip('"') or None for cell in cells) for cells in body[: len(rows) + 2]]
    assert all(table.padding == Padding(n_empty, n_unnamed) for table in tables)


def test_a_table_of_empty_rows_has_no_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected rows below the header, got none"):
        read_table(written(tmp_path, "a;b\n;\n;\n"))


def test_cells_in_columns_without_a_name_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "Customers 2024;;\n;;\nname;age;bought\n" + "Ann;30;yes\n" * 4)

    with pytest.raises(DataError) as caught:
        read_table(path)

    assert caught.value.message.splitlines() == [
        f"{path}:3: expected an empty cell in column 2, which has no name, got 'age'",
        *[f"{path}:{line}: expected an empty cell in column 2, which has no name, got '30'" for line in (4, 5, 6, 7)],
    ]
    assert "lines above it" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("padding", "note"),
    [
        (Padding(), ()),
        (Padding(n_rows=1), ("t.csv: 1 empty row at the end is left out",)),
        (Padding(n_columns=2), ("t.csv: 2 empty columns without a name are left out",)),
        (
            Padding(n_rows=1_200, n_columns=1),
            ("t.csv: 1,200 empty rows at the end and 1 empty column without a name are left out",),
        ),
    ],
)
def test_what_was_left_out_is_told(padding: Padding, note: tuple[str, ...]) -> None:
    assert padding.notes("t.csv") == note
