import gzip
import io
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table import Table, blocks, numeric_values, open_blocks, read_table, row_places
from dltrain.table.bad_cells import bad_cells_error

SHIPPED = Path(__file__).parents[2] / "data"


def blocks_of(source: Path | BinaryIO, block_bytes: int = 50) -> list[Table]:
    with open_blocks(source, block_bytes=block_bytes) as read:
        return list(read)


def joined(read: Iterable[Table]) -> pa.Table:
    return pa.concat_tables([block.columns for block in read])


def read_until_error(source: Path | BinaryIO) -> tuple[int, DataError]:
    """The number of rows before the error, and the error."""
    read = list[Table]()
    with pytest.raises(DataError) as caught, open_blocks(source, block_bytes=10_000) as iterator:
        read.extend(iterator)
    return sum(block.n_rows for block in read), caught.value


class Stream(io.BytesIO):
    """A stream of bytes that are made while they are read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        super().__init__()
        self.lines = lines
        self.n_read = 0

    def read(self, size: int | None = -1) -> bytes:
        data = bytearray()
        assert size is not None
        while len(data) < size - 100 and (line := next(self.lines, None)) is not None:
            data += line
        self.n_read += len(data)
        return bytes(data)


def numbered_lines(n_rows: int) -> Iterator[bytes]:
    yield b"a,b\n"
    for row in range(n_rows):
        yield b"%d,x\n" % row


@pytest.mark.parametrize(
    ("name", "block_bytes"), [("penguins.csv", 300), ("wine_red.csv", 3000), ("adult_test.csv.gz", 100_000)]
)
def test_the_blocks_of_a_file_are_its_table(name: str, block_bytes: int) -> None:
    table = read_table(SHIPPED / name)

    read = blocks_of(SHIPPED / name, block_bytes)

    assert len(read) > 1
    assert joined(read).equals(table.columns)
    assert [block.first_row for block in read] == [0, *np.cumsum([block.n_rows for block in read])[:-1]]
    assert all(block.is_block and block.source == table.source for block in read)
    assert row_places(read[-1], [0]) == row_places(table, [read[-1].first_row])


def test_a_parquet_file_comes_in_blocks_with_the_types_of_its_table(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    # Beyond 2**53 there is one integer, in the last row group: all of its column is text, as in the whole table.
    columns = {
        "id": [*range(999), 2**60],
        "n": pa.array([None, *range(1, 1000)]),
        "s": ["NA", "x"] * 500,
        "d": pa.array(["p", None] * 500).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), path, row_group_size=300)
    table = read_table(path, texts=TextFormat(("NA",)))

    with open_blocks(path, texts=TextFormat(("NA",)), block_bytes=3000) as read:
        parts = list(read)

    assert len(parts) > 5
    assert joined(parts).equals(table.columns)
    assert table.columns.schema.types == [pa.string(), pa.float64(), pa.string(), pa.string()]
    assert row_places(parts[-1], [0]) == [f"{path}: row {parts[-1].first_row + 1}"]


def test_a_damaged_end_of_a_parquet_file_is_an_error_when_it_is_reached(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    values = np.random.default_rng(0).normal(size=2000)
    pq.write_table(pa.table({"a": values}), path, row_group_size=1000, write_page_checksum=True, use_dictionary=False)
    place = pq.read_metadata(path).row_group(1).column(0).data_page_offset + 500
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)

    with open_blocks(path, block_bytes=4000) as read:
        first = next(read)
        np.testing.assert_array_equal(numeric_values(first, "a"), values[: first.n_rows])
        with pytest.raises(DataError, match="the file is not Parquet, or is damaged"):
            list(read)


@pytest.mark.parametrize("names", [["a"], ["a", "b"]])
@pytest.mark.parametrize("most_rows", [1, 7, 1000])
def test_blocks_have_a_bounded_number_of_rows(
    monkeypatch: pytest.MonkeyPatch, names: list[str], most_rows: int
) -> None:
    monkeypatch.setattr(blocks, "MOST_BLOCK_ROWS", most_rows)
    cells = [f"{row}" for row in range(100)]
    text = "".join(",".join([cell] * len(names)) + "\n" for cell in [names[0], *cells])
    text = text.replace("a,a", "a,b")

    read = blocks_of(io.BytesIO(text.encode()), 1000)

    assert joined(read).column("a").to_pylist() == cells
    assert max(block.n_rows for block in read) <= most_rows
    places = [place for block in read for place in row_places(block, range(block.n_rows))]
    assert places == [f"standard input:{line}" for line in range(2, 102)]


def test_a_bad_cell_deep_in_a_stream_is_named_with_its_line() -> None:
    lines = (b"12,bad\n" if row == 900_000 else line for row, line in enumerate(numbered_lines(1_000_000)))

    messages = []

    with open_blocks(Stream(lines)) as read:
        for block in read:
            is_bad = np.array(block.columns.column("b").to_pylist()) == "bad"
            if is_bad.any():
                messages.append(bad_cells_error(block, "b", is_bad, expected="x").message)

    assert messages == ["standard input:900001: column 'b': expected x, got 'bad'"]


def test_a_count_of_bad_cells_says_of_which_rows() -> None:
    read = blocks_of(io.BytesIO(b"a,b\n" + b"1,x\n" * 5000), 8000)[1]

    error = bad_cells_error(read, "b", np.ones(read.n_rows, np.bool_), expected="a number")

    first, last = read.first_row + 2, read.first_row + read.n_rows + 1
    assert error.message.splitlines()[0].startswith(f"standard input:{first}: ")
    assert error.message.splitlines()[5] == f"and {read.n_rows - 5:,} more of the lines {first:,} to {last:,}"


def test_places_of_rows_taken_from_a_block_are_those_in_the_file() -> None:
    block = blocks_of(io.BytesIO(b'a,b\n1,x\n2,"\n"\n3,z\n4,w\n'), 8)[-1]

    taken = block.take(np.array([block.n_rows - 1]), ["a"])

    assert (block.first_row > 0, row_places(taken, [0])) == (True, ["standard input:6"])
    assert taken.extent("cells") == "1 cells"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: expected a header and rows, got an empty file"),
        (b"a,a\n1,2\n", ":1: column names must differ, got more than once: 'a'"),
        (b"PK\x03\x04", ": expected UTF-8 text, got a zip archive or an Excel sheet"),
        ("a,b\n1,2\n".encode("utf-16-le"), ":1: expected UTF-8 text, got a zero byte"),
    ],
)
def test_a_bad_header_is_an_error_before_any_block(content: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught, open_blocks(io.BytesIO(content)):
        pytest.fail("opened")
    assert caught.value.message == f"standard input{message}"


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_missing_file_is_an_error_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="there is no such file"), open_blocks(tmp_path / name):
        pytest.fail("opened")


@pytest.mark.parametrize("content", [b"a,b", b"a,b\n", b"a,b\r\n\r\n\n"])
@pytest.mark.parametrize("block_bytes", [1, 1000])
def test_a_header_without_rows_is_an_error(content: bytes, block_bytes: int) -> None:
    with pytest.raises(DataError, match=r"^standard input:1: expected rows below the header, got none$"):
        blocks_of(io.BytesIO(content), block_bytes)


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (b"1,caf\xe9\n", "20002: expected UTF-8 text, got the byte 0xe9"),
        (b"1,\0\n", "20002: expected UTF-8 text, got a zero byte"),
        (b"1\n1\n", "20002: expected 2 cells as in the header, got 1"),
        (b'1,2\n1,"x', "20003: the quote that opens a cell in this line is never closed"),
    ],
)
def test_what_is_wrong_deep_in_a_stream_is_named_after_the_blocks_before(end: bytes, message: str) -> None:
    n_rows, error = read_until_error(io.BytesIO(b"".join(numbered_lines(20_000)) + end))

    assert error.message.splitlines()[0] == f"standard input:{message}"
    assert n_rows > 18_000


def test_gzip_data_that_ends_too_early_is_an_error_after_the_blocks_before(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"".join(numbered_lines(20_000)))[:-9])

    n_rows, error = read_until_error(path)

    assert "ends too early" in error.message
    assert n_rows > 18_000


def test_no_more_is_read_than_the_blocks_asked_for() -> None:
    source = Stream(numbered_lines(1_000_000))

    with open_blocks(source) as read:
        first = next(read)

    assert first.n_rows > 1000
    assert source.n_read < 300_000


def test_memory_does_not_grow_with_the_stream() -> None:
    most = 0

    with open_blocks(Stream(numbered_lines(500_000)), block_bytes=100_000) as read:
        before = pa.total_allocated_bytes()
        for block in read:
            assert block.n_rows > 0
            most = max(most, pa.total_allocated_bytes() - before)

    assert most < 2_000_000


def test_blocks_can_be_read_in_another_thread() -> None:
    read = list[Table]()
    with open_blocks(SHIPPED / "adult_test.csv.gz", block_bytes=100_000) as iterator:
        thread = threading.Thread(target=lambda: read.extend(iterator))
        thread.start()
        thread.join()

    assert sum(block.n_rows for block in read) == 16_281


def test_what_the_user_of_the_blocks_raises_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")

    with pytest.raises(OSError, match="disk full"), open_blocks(path):
        raise OSError("disk full")


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "1", "a b", 'q"', "x\ny", "\r\n", ",", "é", "\n\n"])] * 2), min_size=1),
    st.integers(1, 30),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_blocks_of_any_size_hold_what_was_written(rows: list[tuple[str, str]], block_bytes: int, end: str) -> None:
    text = "".join('"{}","{}"{}'.format(*(cell.replace('"', '""') for cell in row), end) for row in [("a", "b"), *rows])

    read = blocks_of(io.BytesIO(text.encode()), block_bytes)

    expected = [tuple(cell or None for cell in row) for row in rows]
    assert [tuple(row.values()) for row in joined(read).to_pylist()] == expected
