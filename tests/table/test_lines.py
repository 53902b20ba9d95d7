import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dltrain.table import Table, read_table, row_places
from tests.tables import csv_table

CONTENT = b'\n"a\nb",c\r\n1,"x\r\ny"\r\n\r\n2,z\n\n\n3,w\n'
LINES = [4, 7, 10]


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_lines_are_right_with_blank_lines_and_line_ends_inside_cells(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(CONTENT) if name.endswith(".gz") else CONTENT)
    table = read_table(path)

    assert table.columns.column("c").to_pylist() == ["x\r\ny", "z", "w"]
    assert row_places(table, range(3)) == [f"{path}:{line}" for line in LINES]


def test_lines_of_tab_separated_files_and_streams_are_found(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_bytes(b'a\tb\n"1\n"\t2\n3\t4\n')

    assert row_places(read_table(path), [1]) == [f"{path}:4"]
    assert row_places(csv_table(CONTENT), [2]) == ["t.csv:10"]


def test_places_name_lines_in_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(CONTENT)

    assert row_places(read_table(path), [2, 0, 2]) == [f"{path}:10", f"{path}:4", f"{path}:10"]


def test_places_count_rows_from_one_where_there_are_no_lines() -> None:
    table = Table(pa.table({"a": [1.0, 2.0]}), "t.parquet")

    assert row_places(table, [0, 1]) == ["t.parquet: row 1", "t.parquet: row 2"]


def test_places_count_rows_when_the_file_has_gone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(CONTENT)
    table = read_table(path)
    path.unlink()

    assert row_places(table, [1]) == [f"{path}: row 2"]


def test_places_of_taken_rows_are_those_they_were_read_from(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(CONTENT)
    taken = read_table(path).take(np.array([2, 0]), ["c"])

    assert taken.columns.to_pydict() == {"c": ["w", "x\r\ny"]}
    assert row_places(taken, [0, 1]) == [f"{path}:10", f"{path}:4"]
    assert row_places(taken.take(np.array([1]), ["c"]), [0]) == [f"{path}:4"]


def test_places_of_rows_of_one_line_each_need_no_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\n" + b"a,b\r\n" + b"c,d\r\n" * 399_999)
    table = read_table(path)
    path.unlink()

    assert len(table.lines) > 1
    assert row_places(table, [0, 399_998]) == [f"{path}:3", f"{path}:400001"]


def test_a_stream_keeps_only_the_text_that_lines_must_be_looked_up_in() -> None:
    table = csv_table(b"a,b\n" + b"1,2\n" * 400_000 + b'"\n",2\n3,4\n')

    assert [part.text is None for part in table.lines] == [True] * (len(table.lines) - 1) + [False]
    assert len(table.lines) > 1
    assert row_places(table, [399_999, 400_000, 400_001]) == [f"t.csv:{line}" for line in (400_001, 400_002, 400_004)]
