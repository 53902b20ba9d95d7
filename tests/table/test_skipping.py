"""Lines above the header, against the lines that Python sees."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table import read_table
from dltrain.table.skipping import LineSkipper
from tests.tables import csv_table

TITLED = 'Sales, "2024\r\nexported by Ann; north\r\n\r\nage,city\r\n31,Köln\r\n32,Rome\r\n'
ROWS = {"age": ["31", "32"], "city": ["Köln", "Rome"]}


@given(
    st.lists(st.sampled_from(["a", '"', ",", "\r", "\n", "\r\n"])).map("".join), st.integers(1, 6), st.integers(1, 5)
)
def test_the_first_lines_lose_all_but_their_ends(text: str, n_lines: int, n_bytes: int) -> None:
    lines = list(io.StringIO(text, newline=""))
    expected = "".join(line.lstrip('a",') for line in lines[:n_lines]) + "".join(lines[n_lines:])
    skipper = LineSkipper(io.BytesIO(text.encode()).read, n_lines, "t.csv")
    if lines and not "".join(lines[n_lines:]).strip("\r\n"):
        message = (
            rf"^t.csv: expected a header in line {n_lines + 1}, got {len(lines)} lines?\nhint: data.skip_lines says"
        )
        with pytest.raises(DataError, match=message):
            skipper.read(n_bytes)
        return
    parts = list(iter(lambda: skipper.read(n_bytes), b""))
    assert b"".join(parts).decode() == expected
    assert all(len(part) <= n_bytes for part in parts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_table_below_a_title_is_that_table(tmp_path: Path, name: str, encoding: str) -> None:
    data = TITLED.encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    texts = TextFormat(encoding="utf-8" if encoding == "utf-8-sig" else encoding, skip_lines=3)  # type: ignore[arg-type]
    assert read_table(tmp_path / name, texts=texts).columns.to_pydict() == ROWS
    assert csv_table(data, texts=texts).columns.to_pydict() == ROWS


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TITLED + "33\r\n")
    with pytest.raises(DataError, match=r"t.csv:7: expected 2 cells as in the header, got 1"):
        read_table(path, texts=TextFormat(skip_lines=3))


NAMES = ("city", "age")
HEADERS = ["age,city", 'id,"city",age,"a, b"', '"years\n(unused)",city,age', 'city,"no\n\n",age,"years\n"']


@given(
    st.lists(st.sampled_from(["", "Sales of Ann", "age", '"from, to",x', "31,Köln"]), max_size=8),
    st.sampled_from(HEADERS),
    st.lists(st.sampled_from(["31,Köln", "age,city", "", '"', "x"]), max_size=3),
    st.sampled_from(["\n", "\r", "\r\n"]),
    st.integers(0, 9),
    st.integers(1, 9),
)
def test_a_header_is_found_by_its_names(
    above: list[str], header: str, below: list[str], end: str, n_lines: int, n_bytes: int
) -> None:
    text = end.join([*above, header, *below])
    skipper = LineSkipper(io.BytesIO(text.encode()).read, n_lines, "t.csv", names=NAMES)
    expected = end.join([*("" for _ in above), header, *below])
    assert b"".join(iter(lambda: skipper.read(n_bytes), b"")).decode() == expected


@pytest.mark.parametrize(
    ("text", "n_lines", "expected"),
    [
        ("Title\nage,x\n1,2\n", 0, "\nage,x\n1,2\n"),  # a column is missing
        ("age,x\n1,2\n", 1, "age,x\n1,2\n"),
        ("Title\nx,y\n1,2\n", 1, "\nx,y\n1,2\n"),
        ("Title\nx,y\n1,2\n", 0, "Title\nx,y\n1,2\n"),
        ("x\n" * 60 + "age,city\n", 0, "x\n" * 60 + "age,city\n"),  # such a long title is none
        ("x\n" * 60 + "age,city\n1,2", 60, "\n" * 60 + "age,city\n1,2"),
        ("", 0, ""),
        ("\ufeffcity,age\n1,2\n", 2, "\ufeffcity,age\n1,2\n"),
        # Those with names of several lines.
        ('age,"x\ncity",x\n1,2,3\n', 0, 'age,"x\ncity",x\n1,2,3\n'),
        ('x,"x\n(y)",city\n1,2,3\n', 0, 'x,"x\n(y)",city\n1,2,3\n'),
    ],
)
def test_where_no_line_names_all_columns_the_next_best_is_taken(text: str, n_lines: int, expected: str) -> None:
    skipper = LineSkipper(io.BytesIO(text.encode()).read, n_lines, "t.csv", names=NAMES)
    assert b"".join(iter(lambda: skipper.read(5), b"")).decode() == expected


TITLES = [
    "Report\na,b,c\n1,2,3\n4,5,6\n",
    "Report\n\na,b,c\n1,2,3\n",
    "Report\nfor Ann\n\na,b,c\nx,2,3\n",
    "Report\nfrom,to\na,b,c,d\n1,2,3,4\n",
    "Report,,\na,b,c\n1,2,3\n",
    ",,Report,,\na,b,c,d,e\n1,2,3,4,5\n",
]


@pytest.mark.parametrize("content", TITLES)
def test_a_title_is_told_with_the_line_of_the_header(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    header = content.split("\n").index(next(line for line in content.split("\n") if line.startswith("a,")))
    with pytest.raises(DataError) as caught:
        read_table(path)
    expected = f"if the header is in line {header + 1}, data.skip_lines: {header} leaves out what stands above it"
    assert caught.value.hint == expected
    assert read_table(path, texts=TextFormat(skip_lines=header)).columns.column_names[:2] == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2,3\n4,5,6\n",
        "a,b,c\n1,2,3\n4,5,6,7,8,9\n",
        "a\n" + "1\n" * 60 + "1,2\n1,2\n",
        "a,,\n1,2,3\n",
        "a,b,\n1,2,3\n",
        "a\n1,2\n",
        "price\n0,5\n1,5\n2,5\n",
    ],
)
def test_a_bad_row_is_no_header(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert "skip_lines" not in str(caught.value)
