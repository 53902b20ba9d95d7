import pyarrow as pa
import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table import csv_reading
from tests.tables import csv_table


def read(data: bytes, *missing_values: str) -> pa.Table:
    return csv_table(data, texts=TextFormat(tuple(missing_values))).columns


def rows_of(columns: pa.Table) -> list[list[str | None]]:
    return [list(columns.column_names), *(list(row.values()) for row in columns.to_pylist())]


def test_no_value_is_guessed() -> None:
    cells = ["007", "0x10", "NA", "nan", "null", "1e3", " 1 ", "true", "2020-01-01", "9" * 70, "-", "\t"]
    data = "a,b\n" + "".join(f"{cell},x\n" for cell in cells)

    columns = read(data.encode())

    assert columns.schema == pa.schema({"a": pa.string(), "b": pa.string()})
    assert columns.column("a").to_pylist() == cells


def test_a_type_that_changes_in_the_last_line_changes_nothing() -> None:
    columns = read(b"a,b\n" + b"1,2\n" * 300_000 + b"x,2\n")

    assert columns.column("a").to_pylist() == ["1"] * 300_000 + ["x"]


def test_missing_cells_are_empty_or_named() -> None:
    columns = read(b'a,b\n,1\n"",2\nNA,3\n"NA",4\n?,5\n ,6\nna,7\n', "NA", "?")

    assert columns.column("a").to_pylist() == [None, None, None, None, None, " ", "na"]


def test_columns_without_a_name_at_the_end_are_none_when_they_are_empty() -> None:
    columns = read(b'a,b,c,,\n1,2,3,,\n3,,4,"",NA\n', "NA")
    assert rows_of(columns) == [["a", "b", "c"], ["1", "2", "3"], ["3", None, "4"]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"a,b,c,\n1,2,3,\n3,4,5,x\n5,6,,y\n",
            "t.csv:3: expected an empty cell in column 4, which has no name, got 'x'",
        ),
        (b"a,b,c,\n1,2,3, \n3,4\n", "t.csv:2: expected an empty cell in column 4, which has no name, got ' '"),
        (b"a,b,c,\n1,2\n3,4,5,x\n", "t.csv:2: expected 4 cells as in the header, got 2"),
    ],
)
def test_columns_without_a_name_hold_nothing(data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(data)
    assert caught.value.message.split("\n")[0] == message
    assert caught.value.hint == "name the column in the header, or empty its cells"


SKIP = "if the header is in line 2, data.skip_lines: 1 leaves out what stands above it"
NAME = "name the column in the header, or empty its cells"


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"Region,Name,Year,Cost,\nid,nm,yr,low,high\n1,a,2000,1,2\n2,b,2001,1,3\n", SKIP),
        (b"id,weather,traffic,,\nid,temp,rain,cars,bikes\n0,85,-0.59,85,0.65\n", SKIP),
        (b"a,b,c,\n1,2,3,\nid,nm,yr,low\n1,2,3,4\n", NAME),
        (b"a,b,c,\nx,y,z,u\nu,v,w,x\n", NAME),
        (b"a,b,c,\nx,y,z,u\n", NAME),
    ],
)
def test_a_header_of_two_lines_whose_last_group_is_the_widest_is_told(data: bytes, hint: str) -> None:
    with pytest.raises(DataError, match="expected an empty cell in column") as caught:
        read(data)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
        (b'a,b\n1,"x\r\ny\n"\n', [["1", "x\r\ny\n"]]),
        (b"a,b\n\n1,2\n\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        (b"a,b\n\xef\xbb\xbf1,2\n", [["\ufeff1", "2"]]),
        (b"\xef\xbb\xbfa,b\n1,\xe2\x82\xac\n", [["1", "€"]]),
        (b'a\n""\n1\n', [[None], ["1"]]),
        (b'a,b\n5" pipe,x""y\n', [['5" pipe', 'x""y']]),
    ],
)
def test_odd_but_sound_text_is_read(data: bytes, rows: list[list[str | None]]) -> None:
    assert rows_of(read(data))[1:] == rows


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n", "t.csv:1: expected rows below the header, got none"),
        (b"a,b\r\n\r\n\n", "t.csv:1: expected rows below the header, got none"),
        (b"a,b\n1,2\n3\n4,5\n", "t.csv:3: expected 2 cells as in the header, got 1"),
        (b"a,b\n1,2\n3,\xe9\n", "t.csv:3: expected UTF-8 text, got the byte 0xe9"),
        (b'a,b\n1,2\n3,"x\n', "t.csv:3: the quote that opens a cell in this line is never closed"),
        (b"a\n1\n\n3\n", "t.csv:3: expected a cell, got a blank line"),
        (b"a,b\n1,2\n\0\n", "t.csv:3: expected UTF-8 text, got a zero byte"),
    ],
)
def test_text_that_is_no_table_is_an_error_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(data)
    assert caught.value.message == message


def test_a_row_longer_than_a_piece_is_read() -> None:
    cell = "x" * (2 * csv_reading.PIECE_BYTES)

    assert read(f"a,b\n1,{cell}\n".encode()).column("b").to_pylist() == [cell]


def test_line_ends_inside_quoted_cells_survive_the_ends_of_pieces() -> None:
    cells = ["x" * (n % 7) + "\r\n" for n in range(1_000_000)]
    data = "a,b\r\n" + "".join(f'1,"{cell}"\r\n' for cell in cells)
    assert len(data) > 2 * csv_reading.PIECE_BYTES

    assert read(data.encode()).column("b").to_pylist() == cells


@pytest.mark.parametrize(
    ("data", "blank_line"),
    [
        (b"a\n1\n2\n", None),
        (b"\n\na\n1\n2\n\n\r\n", None),
        (b'a\n"1\n\n2"\n3\n', None),
        (b"a\n\n1\n", 2),
        (b"a\r\n1\r\n\r\n2\r\n", 3),
        (b"a\r1\r\r2\r", 3),
        (b"a\n1\n\r2\n", 3),
        (b'a\n"x\ny"\n\n2\n', 4),
    ],
)
def test_blank_lines_between_the_rows_of_one_column_are_refused(data: bytes, blank_line: int | None) -> None:
    if blank_line is None:
        assert all(read(data).column("a").to_pylist())
        return
    with pytest.raises(DataError) as caught:
        read(data)
    assert caught.value.message == f"t.csv:{blank_line}: expected a cell, got a blank line"


@pytest.mark.parametrize(
    "data",
    [
        b"a,b,c\n1,2,3\na,b,c\n3,4,5\n",
        b'a,b,c\n1,2,3\n"a",b,c\r\n',
        b",b,c\n1,2,3\n,b,c\n",
        b",b,c\n1,2,3\nUnnamed: 0,b,c\n",
        b"a,b,c,\n1,2,3,\na,b,c,\n",
        b"\xef\xbb\xbfa,b,c\n1,2,3\n\xef\xbb\xbfa,b,c\n",
        b"a,NA,c\n1,2,3\na,NA,c\n",
        b"a,b\n1,2\na,b\n3,4\n",
        b"a,NA\n1,2\na,NA\n",
        b"a,b,,\n1,2,,\na,b,,\n",
    ],
)
def test_a_header_among_the_rows_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="expected a row, got the header again") as caught:
        read(data, "NA")
    assert caught.value.message == "t.csv:3: expected a row, got the header again"
    assert "where files are put together" in str(caught.value.hint)


@pytest.mark.parametrize(
    "data",
    [b"a,b,c\n1,2,3\na,b,5\n", b"a\n1\na\n", b",b,c\n1,2,3\n,4,c\n", b"a,b,c\n1,2,3\nA,B,C\n"],
)
def test_cells_that_are_names_are_cells(data: bytes) -> None:
    assert read(data).num_rows == 2
