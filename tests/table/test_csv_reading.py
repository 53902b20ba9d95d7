import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.errors import DataError
from dltrain.table import csv_reading, open_blocks, read_csv_stream, row_places


def read(data: bytes, *missing_values: str) -> pa.Table:
    return read_csv_stream(io.BytesIO(data), source="t.csv", missing_values=missing_values).columns


def read_with_python(data: bytes) -> list[list[str | None]]:
    """The reference: header and rows, empty cells as None; rows that do not fit the header make it fail."""
    lines = io.StringIO(data.decode("utf-8-sig"), newline="")
    records = [record for record in csv.reader(lines, strict=True) if record]
    if any(len(record) != len(records[0]) for record in records):
        raise csv.Error("ragged")
    return [list(records[0]), *([cell or None for cell in record] for record in records[1:])]


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


FRAGMENTS = [
    *('"', '""', ",", "\n", "\r", "\r\n", "\t", " ", "a", "é", "\ufeff", "'", "\\", ";", "\n\n", "\u2028", "\x0b"),
    *("x,y\n", '"p\nq",r\r\n', ",\n", "1,2,3\n", "\0"),
]
SEEDS = [
    b'age,city,"n\nx"\n1,Paris,2\n"2","a ""b"", c",3.5\n3,"x\ny",NA\n007,,0x10\n,\xc3\xa9,\n',
    b'\xef\xbb\xbfa,b\r\n1,"x\r\ny"\r\n\r\n"",z\r\n',
    b'a\n1\n""\n3\n',
    b'a,b\n1,2\n3 4,5"6\n',
    b'"a","b"\n"1","2"\n"3","4"\n"5","6"\n',
    b"a,b,c\r1,2,3\r4,5,6\r",
    b'a,b\n1,"x, 5"\n2,5" pipe\n3,"q\n\n""w"\n4,""\n',
    "a,b\né,1\nü,2\n".encode(),
]


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    for _ in range(random.integers(1, 4)):
        start, end = sorted(random.integers(0, len(data) + 1, 2))
        fragment = FRAGMENTS[random.integers(len(FRAGMENTS))].encode()
        match random.integers(5):
            case 0 | 1:
                data = data[:start] + fragment + data[start:]
            case 2:
                data = data[:start] + fragment + data[start + 1 :]
            case 3:
                data = data[:start] + data[start + 2 :]
            case _:
                data = data[:end] + data[start:end] + data[end:]
    return data


def blocks_of(data: bytes, block_bytes: int) -> tuple[pa.Table, list[str]]:
    """All rows of all blocks, and their places."""
    with open_blocks(io.BytesIO(data), block_bytes=block_bytes) as blocks:
        read = list(blocks)
    places = [place for block in read for place in row_places(block, range(block.n_rows))]
    return pa.concat_tables([block.columns for block in read]), places


def problem_of(data: bytes, block_bytes: int | None = None) -> str | None:
    """The first line of the error, read whole or in blocks."""
    try:
        if block_bytes is None:
            read_csv_stream(io.BytesIO(data))
        else:
            blocks_of(data, block_bytes)
    except DataError as error:
        return error.message.splitlines()[0]
    return None


def line_of_every_record(data: bytes) -> list[int]:
    """The reference: where the records begin that are not blank."""
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    lines, line = [], 1
    for record in reader:
        lines += [line] if record else []
        line = reader.line_num + 1
    return lines


@pytest.mark.parametrize("seed", range(5))
def test_mutated_text_gives_the_values_of_the_csv_module_or_an_error_in_blocks_of_any_size(seed: int) -> None:
    random = np.random.default_rng(seed)
    n_tables = 0
    for _ in range(600):
        data = mutated(SEEDS[random.integers(len(SEEDS))], random)
        block_bytes = int(random.choice([1, 2, 3, 5, 11, 16, 40]))
        problem = problem_of(data)
        if problem is not None:
            assert problem_of(data, block_bytes) == problem, data
            continue
        table = read_csv_stream(io.BytesIO(data))
        n_tables += 1
        assert rows_of(table.columns) == read_with_python(data), data
        places = [f"standard input:{line}" for line in line_of_every_record(data)[1:]]
        assert row_places(table, range(table.n_rows)) == places, data
        columns, places_in_blocks = blocks_of(data, block_bytes)
        assert columns.equals(table.columns), data
        assert places_in_blocks == places, data
    assert n_tables > 60


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    rows = [(x.replace("\0", ""), y.replace("\0", "") or "y") for x, y in rows]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("a", "b"), *rows])

    columns = read(text.getvalue().encode(errors="replace"))

    expected = [[cell.encode(errors="replace").decode() or None for cell in row] for row in rows]
    assert rows_of(columns)[1:] == expected
