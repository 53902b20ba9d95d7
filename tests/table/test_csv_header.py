import csv
import io

import pandas as pd
import pytest

from dltrain.errors import DataError
from dltrain.table.csv_header import read_header
from dltrain.table.csv_text import ROW_NUMBERS, CsvText, count_line_ends


@pytest.mark.parametrize(
    ("data", "names", "rest"),
    [
        (b"a,b\n1,2\n", ["a", "b"], b"1,2\n"),
        (b"a,b\r\n1,2\r\n", ["a", "b"], b"1,2\r\n"),
        (b"a,b\r1,2\r", ["a", "b"], b"1,2\r"),
        (b"a,b", ["a", "b"], b""),
        (b'"a\nb","c\r\nd"\r\n1,2\n', ["a\nb", "c\r\nd"], b"1,2\n"),
        (b"\n\r\na,b\n1,2\n", ["a", "b"], b"1,2\n"),
        (b'" a ","q""r",\xc3\xa9\n1,2,3\n', [" a ", 'q"r', "é"], b"1,2,3\n"),
    ],
)
def test_the_header_ends_where_the_first_row_begins(data: bytes, names: list[str], rest: bytes) -> None:
    header = read_header(CsvText(data, ",", "t.csv"))

    assert (header.names, header.rest.data) == (names, rest)
    assert not rest or header.rest.first_line == count_line_ends(data.decode())


def test_a_first_column_without_a_name_has_the_one_that_pandas_gives_it() -> None:
    names = read_header(CsvText(b",a,b\n0,1,2\n", ",", "t.csv")).names
    assert names == pd.read_csv(io.StringIO(",a,b\n0,1,2\n")).columns.tolist() == [ROW_NUMBERS, "a", "b"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "t.csv:1: expected a header and rows, got an empty file"),
        (b"\n\n", "t.csv:1: expected a header and rows, got an empty file"),
        (b"a,,c\n1,2,3\n", "t.csv:1: every column needs a name, got an empty one for column 2"),
        (b",,c\n1,2,3\n", "t.csv:1: every column needs a name, got an empty one for column 2"),
        (b'a,,\n"1,2,3\n', "t.csv:1: every column needs a name, got an empty one for column 2, 3"),
        (b",5.1,3\n1,2,3\n", "t.csv:1: every column needs a name, got an empty one for column 1"),
        (b",Unnamed: 0\n1,2\n", "t.csv:1: every column needs a name, got an empty one for column 1"),
        (b"\n\na,a\n1,2\n", "t.csv:3: column names must differ, got more than once: 'a'"),
        (b'"a,b\n1,2\n', "t.csv:1: the quote that opens a cell in this line is never closed"),
        (b",".join(b"%d" % n for n in range(100_001)), "t.csv:1: expected at most 100,000 columns, got 100,001"),
        (b"caf\xe9,b\n1,2\n", "t.csv:1: expected UTF-8 text, got the byte 0xe9"),
    ],
)
def test_a_bad_header_is_an_error_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_header(CsvText(data, ",", "t.csv"))
    assert caught.value.message == message


OR = "reads such files; or save it with ','"


@pytest.mark.parametrize(
    ("data", "delimiter", "got", "hint"),
    [
        (
            b"a;b\n1;2\n",
            ",",
            "expected cells separated by ',', got one cell with ';' in it",
            f"data.separator: ';' {OR}",
        ),
        (
            b"a\tb\n1\t2\n",
            ",",
            "expected cells separated by ',', got one cell with tabs in it",
            f"data.separator: tab {OR}",
        ),
        (b"a,b\n1,2\n", "\t", "expected cells separated by tabs, got one cell with ',' in it", "name the file .csv"),
    ],
)
def test_another_delimiter_is_not_guessed_but_named(data: bytes, delimiter: str, got: str, hint: str) -> None:
    with pytest.raises(DataError) as caught:
        read_header(CsvText(data, delimiter, "t"))
    assert (caught.value.message, caught.value.hint) == (f"t:1: {got}", hint)


def test_cells_at_the_end_of_the_header_need_no_name() -> None:
    assert read_header(CsvText(b"a,b,c,,\n1,2,3,,\n", ",", "t.csv")).names == ["a", "b", "c", "", ""]
    assert read_header(CsvText(b",b,\n1,2,\n", ",", "t.csv")).names == [ROW_NUMBERS, "b", ""]


MIDDLE = "only at the end may a column without a name stand, if it is empty: name the others, or remove them"


@pytest.mark.parametrize(
    ("data", "delimiter", "hint"),
    [
        (b"a;\n1;\n", ";", "the header ends with ';': remove the columns without a name, or name them"),
        (b"a;;\n1;;\n", ";", "the header ends with ';': remove the columns without a name, or name them"),
        (b"a\t\t\t\n", "\t", "the header ends with a tab: remove the columns without a name, or name them"),
        (b"a,,c\n1,2,3\n", ",", MIDDLE),
        (b"a,,c,\n1,2,3,\n", ",", MIDDLE),
        (b"a,,c,,,,\n1,2,3,,,,\n", ",", MIDDLE),
    ],
)
def test_a_header_with_a_separator_too_many_is_told(data: bytes, delimiter: str, hint: str) -> None:
    with pytest.raises(DataError, match="every column needs a name") as caught:
        read_header(CsvText(data, delimiter, "t.csv"))
    assert caught.value.hint == hint


def test_the_limit_of_the_csv_module_is_restored_while_an_error_is_kept() -> None:
    limit = csv.field_size_limit()
    with pytest.raises(DataError) as caught:
        read_header(CsvText(b"a,a\n1,2\n", ",", "t.csv"))
    assert caught.value.__traceback__ is not None
    assert csv.field_size_limit() == limit


def test_a_header_of_two_lines_is_told_with_the_line_that_has_all_names() -> None:
    with pytest.raises(DataError, match="every column needs a name, got an empty one for column 2") as caught:
        read_header(CsvText(b"Sales,,Figures,\nNo,Region,Qty,Sum\n1,North,2,3\n", ",", "t.csv"))
    assert caught.value.hint == "if the header is in line 2, data.skip_lines: 1 leaves out what stands above it"


def test_a_header_below_titles_that_repeat_is_told() -> None:
    with pytest.raises(DataError, match="column names must differ, got more than once: 'Inputs'") as caught:
        read_header(CsvText(b"Inputs,Inputs,Site,Out\na,b,region,y\n1,2,N,3\n", ",", "t.csv"))
    assert caught.value.hint == "if the header is in line 2, data.skip_lines: 1 leaves out what stands above it"
