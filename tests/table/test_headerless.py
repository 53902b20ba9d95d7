from collections.abc import Sequence

import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table.csv_header import Header
from dltrain.table.csv_text import CsvText
from dltrain.table.headerless import read_given_header

_ABC = ("a", "b", "c")


def _header(data: bytes, *headers: Sequence[str], skip_lines: int = 0, columns: tuple[str, ...] = ()) -> Header:
    texts = TextFormat(headers=tuple(map(tuple, headers)), skip_lines=skip_lines, columns=columns)
    return read_given_header(CsvText(data, ",", "t.csv"), texts)


@pytest.mark.parametrize(
    ("data", "headers", "names"),
    [
        (b"1,2\n3,4\n", ["ab"], ["a", "b"]),
        (b"\n1,2\n3,4\n", ["ab"], ["a", "b"]),
        (b"1,2,,\n3,4,,\n", ["ab"], ["a", "b", "", ""]),
        (b"1,,\n3,4,5\n", ["abc"], ["a", "b", "c"]),
        (b"1,2\n3,4\n", [""], ["column_1", "column_2"]),
        (b"1,2\n3,4\n", ["aby", "ab"], ["a", "b"]),
        (b"5\n1,2,3\n", [""], ["column_1"]),
    ],
)
def test_a_first_row_gets_the_names_that_are_given(data: bytes, headers: list[str], names: list[str]) -> None:
    header = _header(data, *headers)
    assert (header.names, header.rest.data, header.rest.first_line) == (names, data, 1)


@pytest.mark.parametrize(
    ("data", "columns"), [(b"a,b\n1,2\n", ()), (b"\xef\xbb\xbfa,b\n1,2\n", ()), (b"b,x,a\n1,2,3\n", ("a", "b"))]
)
def test_a_header_that_has_the_given_names_is_one(data: bytes, columns: tuple[str, ...]) -> None:
    header = _header(data, "ab", columns=columns)
    assert {"a", "b"} <= {name.removeprefix("\ufeff") for name in header.names}
    assert header.rest.first_line == 2


def test_rows_that_have_no_cell_for_each_given_name_are_refused() -> None:
    with pytest.raises(DataError, match=r"t\.csv:2: expected 2 or 3 cells, one for each name in data\.header, got 4"):
        _header(b"\n1,2,3,4\n", "aby", "ab")
    with pytest.raises(DataError, match=r"data\.header: column names must differ"):
        _header(b"1,2\n", "aa")
    with pytest.raises(DataError, match="expected a header and rows, got an empty file"):
        _header(b"", "ab")


@pytest.mark.parametrize("names", [_ABC, ()])
def test_a_title_above_rows_is_no_row(names: tuple[str, ...]) -> None:
    header = _header(b"\n|a title\n1,2,3\n", names)
    assert header.names == list(names or ("column_1", "column_2", "column_3"))
    assert (header.rest.data, header.rest.first_line) == (b"1,2,3\n", 3)


@pytest.mark.parametrize(("title", "skip_lines"), [(b"a title\n", 0), (b"a,title\n", 1), (b'a,"long\ntitle"\n', 2)])
def test_a_title_above_a_header_is_none(title: bytes, skip_lines: int) -> None:
    header = _header(title + b"a,b,c\n1,2,3\n", _ABC, skip_lines=skip_lines)
    assert (header.names, header.rest.data, header.rest.first_line) == ([*_ABC], b"1,2,3\n", 2 + title.count(b"\n"))


@pytest.mark.parametrize("first", [b"1,2,3\n", b"1,2\n"])
def test_no_more_lines_than_skip_lines_are_left_out(first: bytes) -> None:
    """Also none that has too few cells: whoever reads the rows says so."""
    assert _header(b"x,y\n" + first + b"4,5,6\n", _ABC, skip_lines=1).rest.data == first + b"4,5,6\n"
