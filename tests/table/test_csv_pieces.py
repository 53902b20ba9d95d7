import io

import pytest

from dltrain.errors import DataError
from dltrain.table import csv_pieces
from dltrain.table.csv_pieces import Cut, has_regular_quotes, last_cut, read_pieces
from dltrain.table.csv_text import CsvText


def pieces_of(data: bytes, piece_bytes: int) -> list[CsvText]:
    read = io.BytesIO(data).read
    return list(read_pieces(read, delimiter=",", source="t.csv", piece_bytes=piece_bytes))


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"a,b\n1,2\n3", 8),
        (b"a,b\r\n1,2\r\n3", 10),
        (b"a,b\r1,2\r3", 8),
        (b"a,b\r1,2\r", 4),
        (b"a,b", 0),
        (b"", 0),
        (b'1,"x\ny\nz', 0),
        (b'1,2\n1,"x\ny\nz', 4),
        (b'1,2\n1,"x\ny","\n', 4),
        (b'1,"x\n""y\n"\n3', 11),
        (b"1,2\n\n\n\r\n", 4),
        (b"\n\n\n", 0),
        (b"1,2\r\n" + 1_023 * b"\n", 5),
        (b"1,2\n" + 5_000 * b"\n", 4),
        (5_000 * b"\n", 0),
    ],
)
def test_text_is_cut_behind_the_last_whole_record_that_is_not_blank(data: bytes, end: int) -> None:
    assert last_cut(data, ",") == Cut(end, is_regular=True)


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b'1,5" pipe\n2,"x\ny"\n3', 18),
        (b'1,5" pipe\n2,"x\ny\n3', 10),
        (b'5" "x\n', 6),
        (b'1,5" pipe and "x\ny\n', 19),
    ],
)
def test_odd_quotes_are_left_to_the_csv_module(data: bytes, end: int) -> None:
    assert last_cut(data, ",") == Cut(end, is_regular=False)


def test_text_that_the_csv_module_refuses_is_handed_on_with_its_error() -> None:
    assert last_cut(b'1,2\n"x"y,2\n3,4\n5', ",") == Cut(15, is_regular=False)


@pytest.mark.parametrize(
    ("data", "is_regular"),
    [
        (b"a,b\n", True),
        (b'"a",b\n"1","2"\n', True),
        (b'"a"', True),
        (b'a,b\n1,"x ""y"" z"\n', True),
        (b'a,b\n1,"""x"""\n', True),
        (b'a,b\n1,""\n', True),
        (b'a,b\r\n"1\r\n","2"', True),
        (b'a,b\n1,5" pipe\n', False),
        (b'a,b\n1,"x"y\n', False),
        (b'a,b\n1, "x"\n', False),
        (b'a,b\n1,"x\n', False),
        (b'\xef\xbb\xbf"a",b\n', False),
    ],
)
def test_quotes_are_judged_by_their_neighbours(data: bytes, is_regular: bool) -> None:
    assert has_regular_quotes(data, ",") == is_regular


@pytest.mark.parametrize("piece_bytes", [1, 3, 8, 1000])
def test_pieces_make_up_the_text_and_know_their_lines(piece_bytes: int) -> None:
    data = b'a,b\r\n1,"x\ny"\n\n\n2,z\n3,w\n\n'

    pieces = pieces_of(b"\xef\xbb\xbf" + data, piece_bytes)

    assert b"".join(piece.data for piece in pieces) == data
    starts = [len(b"".join(piece.data for piece in pieces[:n])) for n in range(len(pieces))]
    assert [piece.first_line for piece in pieces] == [data[:start].count(b"\n") + 1 for start in starts]
    assert len(pieces) == {1: 5, 3: 5, 8: 5, 1000: 2}[piece_bytes]


def test_the_first_piece_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_pieces, "FIRST_BYTES", 8)

    assert [piece.data for piece in pieces_of(b"a,b\n" * 6, 16)] == [b"a,b\na,b\n", b"a,b\n" * 4]


def test_a_row_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_pieces, "LONGEST_ROW_BYTES", 1000)

    assert len(pieces_of(b'a,b\n1,"' + b"x" * 900 + b'"\n', 16)) == 2
    with pytest.raises(DataError) as caught:
        pieces_of(b'a,b\n1,"' + b"x\n" * 2000, 16)
    assert str(caught.value) == (
        "t.csv:2: the row that begins in this line is longer than 1,000 bytes\n"
        "hint: the closing quote of a cell may be missing"
    )


def test_a_slow_stream_is_read_to_its_end() -> None:
    data = iter([b"P", b"A", b"R", b"T,b\n1", b",2\n", b""])

    pieces = list(read_pieces(lambda _: next(data), delimiter=",", source="t.csv", piece_bytes=100))

    assert [piece.data for piece in pieces] == [b"PART,b\n", b"1,2\n"]


@pytest.mark.parametrize("piece_bytes", [1, 4, 1000])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_that_says_what_is_between_cells_is_a_blank_one(piece_bytes: int, mark: bytes, end: bytes) -> None:
    data = end.join([b"sep=,", b"a,b", b"1,2", b""])
    pieces = pieces_of(mark + data, piece_bytes)
    assert b"".join(piece.data for piece in pieces) == data.removeprefix(b"sep=,")
    assert [line for piece in pieces for line, cells in piece.records() if cells] == [2, 3]


@pytest.mark.parametrize("data", [b"sep=;\na,b\n", b"sep=,x\n1,2\n", b"sep=,"])
def test_other_first_lines_stay(data: bytes) -> None:
    assert b"".join(piece.data for piece in pieces_of(data, 1000)) == data
