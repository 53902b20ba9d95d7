import pytest

from dltrain.errors import DataError
from dltrain.table import csv_problems
from dltrain.table.csv_problems import check_blank_lines, check_format, check_quotes, check_rows
from dltrain.table.csv_text import CsvText


def csv_text(data: bytes) -> CsvText:
    return CsvText(data, ",", "t.csv")


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        ("a,b\n".encode("utf-16"), "t.csv: expected UTF-8 text, got UTF-16 text", "iconv -f UTF-16 "),
        (b"\xfe\xff\0a", "t.csv: expected UTF-8 text, got UTF-16 text", "iconv -f UTF-16 "),
        ("a,b\n1,2\n".encode("utf-16-le"), "t.csv:1: expected UTF-8 text, got a zero byte", "iconv -f UTF-16LE"),
        (b"a,b\n1,2\r\n3,\0\n", "t.csv:3: expected UTF-8 text, got a zero byte", "iconv"),
        (b"\x1f\x8b\x08\0", "t.csv: expected UTF-8 text, got gzip data", ".gz"),
        (b"PAR1\x15", "t.csv: expected UTF-8 text, got Parquet data", ".parquet"),
        (b"PK\x03\x04", "t.csv: expected UTF-8 text, got a zip archive or an Excel sheet", "save the sheet as CSV"),
    ],
)
def test_other_formats_and_encodings_are_recognised(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(DataError) as caught:
        check_format(csv_text(data))
    assert caught.value.message == message
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("rows", "message", "hint"),
    [
        (b"1,2\n3\n", "t.csv:3: expected 2 cells as in the header, got 1", None),
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
        check_rows(csv_text(b"a,b\n" + rows), n_columns=2)
    assert caught.value.message == message
    assert caught.value.hint is None if hint is None else hint in str(caught.value.hint)


def test_rows_that_fit_the_header_pass() -> None:
    check_rows(csv_text(b'a,b\n1,"2\n3,4\n5,6"\n\n7,8'), n_columns=2)


@pytest.mark.parametrize(
    ("data", "is_regular"),
    [
        (b'"a",b\n"1","2"\n', True),
        (b'"a"', True),
        (b'a,b\n1,"x ""y"" z"\n', True),
        (b'a,b\n1,"""x"""\n', True),
        (b'a,b\n1,""\n', True),
        (b'a,b\r\n"1\r\n","2"', True),
        (b'\xef\xbb\xbf"a",b\n1,2\n', True),
        (b'a,b\n1,5" pipe\n', False),
        (b'a,b\n1,"x"y\n', False),
        (b'a,b\n1, "x"\n', False),
        (b'a,b\n1,"x\n', False),
    ],
)
@pytest.mark.parametrize("scanned_bytes", [3, 1000])
def test_quotes_are_judged_by_their_neighbours(
    monkeypatch: pytest.MonkeyPatch, data: bytes, is_regular: bool, scanned_bytes: int
) -> None:
    monkeypatch.setattr(csv_problems, "_SCANNED_BYTES", scanned_bytes)

    assert csv_problems._quotes_are_regular(csv_text(data)) == is_regular


def test_a_quote_in_the_middle_of_a_plain_cell_is_a_character() -> None:
    check_quotes(csv_text(b'a,b\n1,5" pipe\n'), n_columns=2)


def test_a_quoted_cell_with_text_behind_it_is_refused() -> None:
    with pytest.raises(DataError, match="closes in line 2"):
        check_quotes(csv_text(b'a,b\n1,"x"y\n'), n_columns=2)


@pytest.mark.parametrize(
    ("data", "blank_line"),
    [
        (b"a\n1\n2\n", None),
        (b"\n\na\n1\n2\n\n\r\n", None),
        (b'a\n"1\n\n2"\n3\n', None),
        (b"a\n\n1\n", 2),
        (b"a\r\n1\r\n\r\n2\r\n", 3),
        (b"a\r1\r\r2\r", 3),
        (b'a\n"x\ny"\n\n2\n', 4),
    ],
)
def test_blank_lines_between_the_rows_of_one_column_are_refused(data: bytes, blank_line: int | None) -> None:
    if blank_line is None:
        check_blank_lines(csv_text(data))
        return
    with pytest.raises(DataError) as caught:
        check_blank_lines(csv_text(data))
    assert caught.value.message == f"t.csv:{blank_line}: expected a cell, got a blank line"
