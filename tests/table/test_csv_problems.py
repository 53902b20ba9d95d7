from typing import Final

import pytest

from dltrain.errors import DataError
from dltrain.table.csv_problems import check_format, check_rows
from dltrain.table.csv_text import CsvText
from tests.tables import csv_table

XY: Final = ("x", "y")


def csv_text(data: bytes) -> CsvText:
    return CsvText(data, ",", "t.csv")


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        ("a,b\n".encode("utf-16"), "t.csv: expected UTF-8 text, got UTF-16 text", "data.encoding: utf-16 "),
        (b"\xfe\xff\0a", "t.csv: expected UTF-8 text, got UTF-16 text", "data.encoding: utf-16 "),
        (b"\x1f\x8b\x08\0", "t.csv: expected UTF-8 text, got gzip data", ".gz"),
        (b"PAR1\x15", "t.csv: expected UTF-8 text, got Parquet data", ".parquet"),
        (b"PK\x03\x04", "t.csv: expected UTF-8 text, got a zip archive or an Excel sheet", "save the sheet as CSV"),
    ],
)
def test_other_formats_and_encodings_are_recognised(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(DataError) as caught:
        check_format(data, "t.csv")
    assert caught.value.message == message
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        (b"1,2\n3\n4,5\n", "t.csv:3: expected 2 cells as in the header, got 1", None),
        (
            b"1,2\n\nnote\n",
            "t.csv:4: expected 2 cells as in the header, got 1",
            "if what begins in line 4 does not belong to the table, remove it from the file",
        ),
        (
            b"1\n1,2\n3\n",
            "t.csv:2: expected 2 cells as in the header, got 1\nt.csv:4: expected 2 cells as in the header, got 1",
            None,
        ),
        (b"1,2,3\n", "t.csv:2: expected 2 cells as in the header, got 3", "must stand in double quotes"),
        (
            b'"1,2\n3,4\n5"\n',
            "t.csv:2: expected 2 cells as in the header, got 1",
            "a quoted cell of line 2 runs over several lines",
        ),
        (
            b"1\n" * 7,
            "\n".join(f"t.csv:{line}: expected 2 cells as in the header, got 1" for line in range(2, 7))
            + "\nand 2 more rows",
            None,
        ),
    ],
)
def test_rows_that_do_not_fit_the_header_are_named(rows: bytes, message: str, hint: str | None) -> None:
    with pytest.raises(DataError) as caught:
        check_rows(csv_text(b"a,b\n" + rows), names=XY)
    assert caught.value.message == message
    assert caught.value.hint is None if hint is None else hint in str(caught.value.hint)


def test_rows_that_fit_the_header_pass() -> None:
    check_rows(csv_text(b'a,b\n1,"2\n3,4\n5,6"\n\n7,8'), names=XY)


def test_a_quote_in_the_middle_of_a_plain_cell_is_a_character() -> None:
    check_rows(csv_text(b'a,b\n1,5" pipe\n'), names=XY)


def test_a_quoted_cell_with_text_behind_it_is_refused() -> None:
    with pytest.raises(DataError, match="closes in line 2"):
        check_rows(csv_text(b'a,b\n1,"x"y\n'), names=XY)


def bad_rows(n_rows: int, first_line: int) -> CsvText:
    return CsvText(b"1\n" * n_rows, ",", "t.csv", first_line)


def test_bad_rows_are_counted_to_the_end_of_the_file() -> None:
    with pytest.raises(DataError) as caught:
        check_rows(bad_rows(4, 2), names=XY, later=[bad_rows(3, 6), CsvText(b"1,2\n", ",", "t.csv", 9)])

    assert caught.value.message.splitlines()[4:] == [
        "t.csv:6: expected 2 cells as in the header, got 1",
        "and 2 more rows",
    ]


def test_a_count_says_how_far_the_file_was_read() -> None:
    with pytest.raises(DataError, match=r"\nand 1,994 more rows up to line 2,001$"):
        check_rows(bad_rows(1999, 3), names=XY, later=None)


def test_sound_rows_leave_the_rest_of_the_file_alone() -> None:
    later = iter([bad_rows(1, 3)])

    check_rows(CsvText(b"1,2\n", ",", "t.csv", 2), names=XY, later=later)

    assert len(list(later)) == 1


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (b"\xff,2\n", "t.csv:4: expected UTF-8 text, got the byte 0xff"),
        (b"\0,2\n", "t.csv:4: expected UTF-8 text, got a zero byte"),
        (b'"x,2\n', "t.csv:4: the quote that opens a cell in this line is never closed"),
    ],
)
def test_problems_come_in_the_order_of_the_file(end: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        check_rows(csv_text(b"1,2\n1\n1,2\n" + end + b"3\n"), names=XY)
    assert caught.value.message == f"t.csv:2: expected 2 cells as in the header, got 1\n{message}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a,b\n1,2,\n3,4,\n", "all rows end with a separator: put one at the end of the header, too, or remove theirs"),
        ("a,b\n1,2,3\n4,5,\n", "all rows have one cell more: if the first one numbers or names the row"),
        ("report, May\na,b,c\n1,2,3\n", "if the header is in line 2, data.skip_lines: 1 leaves out"),
        ("a,b\n1,2\n3,4,\n", "a cell with the delimiter in it must stand in double quotes"),
        ("a,b\n1,2,3\n3,4\n", "a cell with the delimiter in it must stand in double quotes"),
        ("a,b\n1,2,3\n1,2,3,4\n", "a cell with the delimiter in it must stand in double quotes"),
    ],
)
def test_what_all_rows_have_in_common_is_the_cause(text: str, hint: str) -> None:
    with pytest.raises(DataError) as caught:
        csv_table(text.encode())
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(hint)
