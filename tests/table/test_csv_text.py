import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.errors import DataError
from dltrain.table import csv_text
from dltrain.table.csv_text import CsvText, count_line_ends


def test_records_come_with_the_line_they_begin_in() -> None:
    text = CsvText(b'a,b\r\n1,"x\r\ny\nz"\r\n\r\n2,w\n', ",", "t.csv")

    assert list(text.records()) == [(1, ["a", "b"]), (2, ["1", "x\r\ny\nz"]), (5, []), (6, ["2", "w"])]


def test_cells_may_be_longer_than_the_csv_module_allows_and_its_limit_stays() -> None:
    limit = csv.field_size_limit()
    cell = "x" * (limit + 1)

    assert list(CsvText(f"a\n{cell}\n".encode(), ",", "t.csv").records())[1] == (2, [cell])
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (b'1,2\n3,"x\n5,6\n', "t.csv:3: the quote that opens a cell in this line is never closed"),
        (b'"p\nq","r\ns\n', "t.csv:3: the quote that opens a cell in this line is never closed"),
        (b'"p ""q\n', "t.csv:2: the quote that opens a cell in this line is never closed"),
        (
            b'1,2\n"x,2\n"y",3\n',
            "t.csv:3: the quoted cell that begins in this line closes in line 4, expected a delimiter or the end of "
            "the line there, got 'y'",
        ),
        (
            b'"He said "hi"",2\n',
            "t.csv:2: the quoted cell that begins in this line closes in line 2, expected a delimiter or the end of "
            "the line there, got 'h'",
        ),
        (
            b'1,"x" \n' + b"1,2\n" * 5000 + b"\xff\n",
            "t.csv:2: the quoted cell that begins in this line closes in line 2, expected a delimiter or the end of "
            "the line there, got ' '",
        ),
    ],
)
def test_a_bad_quote_is_named_with_the_line_it_opens_in(rows: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        list(CsvText(b"a,b\n" + rows, ",", "t.csv").records())
    assert caught.value.message == message


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_bad_quote_is_found_behind_every_delimiter(delimiter: str) -> None:
    data = 'a,b,c\n1,"2\n2",3\n4,"x"y,6\n'.replace(",", delimiter).encode()
    with pytest.raises(DataError, match=r"^t\.csv:4: the quoted cell that begins in this line closes in line 4, .*'y'"):
        list(CsvText(data, delimiter, "t.csv").records())


def test_bytes_that_are_no_utf_8_are_named_with_their_line() -> None:
    with pytest.raises(DataError) as caught:
        list(CsvText(b"a,b\r\n1,2\r\n3,caf\xe9\r\n", ",", "t.csv").records())

    assert str(caught.value) == (
        "t.csv:3: expected UTF-8 text, got the byte 0xe9\n"
        "hint: data.encoding says what else it is: cp1252 if it comes from Windows in Western Europe"
    )


def test_lines_are_counted_from_the_first_of_the_text() -> None:
    text = CsvText(b'1,"x\ny"\n2,z\n', ",", "t.csv", first_line=10)

    assert list(text.records()) == [(10, ["1", "x\ny"]), (12, ["2", "z"])]
    with pytest.raises(DataError, match=r"^t\.csv:12: expected UTF-8 text, got the byte 0xff"):
        list(replace(text, data=b"1\n\n\xff\n").records())
    with pytest.raises(DataError, match=r"^t\.csv:12: the quote that opens a cell in this line is never closed"):
        list(replace(text, data=b'1\n\n"x\n').records())


def test_a_mark_of_the_byte_order_is_text_inside_a_file() -> None:
    assert list(CsvText(b"\xef\xbb\xbf1\n", ",", "t.csv").records()) == [(1, ["\ufeff1"])]


def test_long_cells_are_allowed_until_the_last_reader_has_ended() -> None:
    limit = csv.field_size_limit()
    text = CsvText(b"a\n" + b"x" * (limit + 1), ",", "t.csv")
    first, second = text.records(), text.records()
    next(first)
    next(second)

    assert len(list(first)) == 1
    assert len(list(second)) == 1
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("counted_bytes", [1, 2, 3, 1000])
@given(st.lists(st.sampled_from(["a", "\n", "\r", "\r\n"])).map("".join))
def test_lines_are_those_of_the_csv_module(counted_bytes: int, content: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_text, "_COUNTED_BYTES", counted_bytes)
        text = CsvText(f"{content}x".encode(), ",", "t.csv")
        assert text.n_lines == len(list(io.StringIO(f"{content}x", newline="")))
        assert replace(text, data=f"{content}x\r\n".encode()).n_lines == text.n_lines


def test_every_kind_of_line_end_counts_once() -> None:
    assert count_line_ends("a\nb\r\nc\rd\r\r\n") == 5
