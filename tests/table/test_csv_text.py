import csv

import pytest

from dltrain.errors import DataError
from dltrain.table.csv_text import CsvText, count_line_ends


def test_records_come_with_the_line_they_begin_in() -> None:
    text = CsvText(b'\xef\xbb\xbfa,b\r\n1,"x\r\ny\nz"\r\n\r\n2,w\n', ",", "t.csv")

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


def test_bytes_that_are_no_utf_8_are_named_with_their_line() -> None:
    with pytest.raises(DataError) as caught:
        list(CsvText(b"a,b\r\n1,2\r\n3,caf\xe9\r\n", ",", "t.csv").records())

    assert str(caught.value) == (
        "t.csv:3: expected UTF-8 text, got the byte 0xe9\n"
        "hint: if the text is Latin-1: iconv -f LATIN1 -t UTF-8 FILE > NEW_FILE"
    )


def test_every_kind_of_line_end_counts_once() -> None:
    assert count_line_ends("a\nb\r\nc\rd\r\r\n") == 5
