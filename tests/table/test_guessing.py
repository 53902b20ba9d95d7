"""What a file shows of how its text is written."""

import gzip
from pathlib import Path

import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.table.guessing import Layout, guess_encoding, guess_layout


@pytest.mark.parametrize(
    ("name", "content", "separator"),
    [
        ("t.csv", b"a;b\n1,5;2\n", ";"),
        ("t.csv", b'"a, b";c;"d;e"\n1;2;3\n', ";"),
        ("t.csv", b"a\tb\n1\t2\n", "\t"),
        ("t.csv", b"a|b\n1|2\n", "|"),
        ("t.csv", b"sep=;\r\na;b\r\n1;2\r\n", ";"),
        ("t.csv", b"sep=,\na,b;c;d\n", None),
        ("t.csv", b"a,b\n1;2\n", None),
        ("t.csv", b"a,b;c\n1,2;3\n", None),
        ("t.csv", b"a\n1;2\n", None),
        ("t.csv", b"a;b (x, y);c\n1;2;3\n", ";"),
        ("t.csv", b"a;b (x, y);c\n1,5;2;3\n", ";"),
        ("t.csv", b"a,b;c,d\n1,2;3,4\n", None),
        ("t.csv", b"name; a; b; c,label\n3; 1; 2; 4,a\n5; 1; 2; 4,b\n", None),
        ("t.csv", b"a;b (x,y);c\n1;2;3\n", ";"),
        ("t.tsv", b"a;b\n1;2\n", None),
        ("t.csv", b"", None),
        ("t.csv", b"\xff;b\n", None),
    ],
)
def test_the_header_shows_what_stands_between_cells(
    tmp_path: Path, name: str, content: bytes, separator: str | None
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert guess_layout(path, TextFormat()) == Layout(separator)


def test_no_file_has_no_separator(tmp_path: Path) -> None:
    assert guess_layout(tmp_path / "t.csv", TextFormat()) == Layout()


@pytest.mark.parametrize(
    ("name", "content", "layout"),
    [
        ("t.csv", "Report\na,b,c\n1,2,3\n", Layout(None, 1)),
        ("t.csv", "Report\nfor Ann, by Bob\n\na,b,c,d,e\n1,2,3,4,5\n", Layout(None, 3)),
        ("t.csv", "Report,,\n,,\na,b,c\n1,2,3\n", Layout(None, 2)),
        ("t.csv", "Report; 2024\n\na;b;c;d;e\n1,5;2;3;4;5\n", Layout(";", 2)),
        ("t.tsv", "Report\na\tb\tc\n1\t2\t3\n", Layout(None, 1)),
        ("t.csv.gz", "Report\na|b|c\n1|2|3\n", Layout("|", 1)),
        ("t.csv", "sep=;\na;b;c\n1;2;3\n4;5;6\n", Layout(";")),
        ("t.csv", "name;where;x;y\n" + "n;Paris, Ile-de-France, France;5;8\n" * 9, Layout(";")),
        ("t.csv", "name|where|x\n" + "n|x0, y, z0|5\n" * 9, Layout("|")),
        ("t.csv", 'a;b;y\n1;2;3\n1;"x"z;3\n', Layout(";")),
        ("t.csv", "a,b,c\n1,2,3\n", Layout()),
        ("t.csv", "a, b, c\n1, x, 3\n", Layout(has_spaces=True)),
        ("t.csv", 'a, b, c\n1, "x, y", 3\n', Layout(has_spaces=True)),
        ("t.csv", "a,b,c\nx  ,y  ,3\nxyz,y  ,4\n", Layout(has_spaces=True)),
        ("t.csv", "a;b ;c\n1;2;3\n", Layout(";", has_spaces=True)),
        ("t.csv", "a,b,c\n1,2,3\n1, 2,3\n4,5,6\n", Layout()),
        ("t.csv", "a,b,c\n1,2,3 \n1,2,3 \n4,5,6\n", Layout(has_spaces=True)),
        ("t.txt", "a b c\n1  2 x\n4 5  y\n", Layout(" ")),
        ("t.data", '  a b c\n 1  2\t"x y"\n4 5  y\n', Layout(" ")),
        ("t.csv", "first name\nAnn Lee Fox\nJo\n", Layout()),
        ("t.csv", "first name,last name\nAnn May,De Lee\n", Layout()),
        ("t.tsv", "a b\tc\n1 2\t3\n", Layout()),
        ("t.csv", "event time\ttemp\n2020-01-01 12:00\t3.5\n2020-01-02 12:00\t4.5\n", Layout("\t")),
        ("t.csv", 'a,b\n" x",1\n" y",2\n', Layout(has_spaces=True)),
        ("t.csv", "\n\na,b,c\n1,2,3\n", Layout()),
        # R writes one name fewer than columns.
        ("t.csv", "a,b\nx,y,z\nx,y,z\n", Layout()),
        ("t.csv", "a\nx,y\nx,y\n", Layout()),
        ("t.csv", ",b,c\nx,2,3\n", Layout()),
        ("t.csv", "a\n1,2,3\n4,5,6\n", Layout()),
        ("t.csv", "Report\na,b,a\nx,y,z\n", Layout(None, 0)),
        ("t.csv", "Report\na,b,c\n1,2,3\n1,2\n1,2,3\n", Layout()),
        ("t.csv", "Report\n\na,b,c\n1,2,3\n1,2,3\n\nSource: us, 2024\n", Layout(None, 2)),
        ("t.csv", "Report\na,b,c\n1,2,3\n" * 2 + "see\n" * 7, Layout()),
        ("t.csv", "Report\na,b,c\n", Layout()),
    ],
)
def test_a_title_is_no_header(tmp_path: Path, name: str, content: str, layout: Layout) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    assert guess_layout(path, TextFormat()) == layout


LATE = b"x\n" * 1_000_000


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("t.csv", "Köln;Bonn\n".encode("cp1252"), "cp1252"),
        ("t.csv.gz", gzip.compress("Köln;Bonn\n".encode("cp1252")), "cp1252"),
        ("t.csv", LATE + "Köln\n".encode("cp1252"), "cp1252"),
        ("t.csv", "Köln\n".encode("utf-16"), "utf-16"),
        ("t.csv", "Köln\n".encode(), None),
        ("t.csv", "Köln\n".encode("utf-8-sig"), None),
        ("t.csv", "東京\n".encode(), None),
        ("t.csv", LATE + "東京\n".encode(), None),
        ("t.csv", b"plain\n", None),
        ("t.csv", b"\x81\x8d\n", None),
        ("t.parquet", b"\xe9", None),
    ],
    ids=range(11),
)
def test_bytes_that_are_no_utf8_are_those_of_windows(
    tmp_path: Path, name: str, content: bytes, encoding: str | None
) -> None:
    (tmp_path / name).write_bytes(content)
    assert guess_encoding(tmp_path / name) == encoding


def test_a_file_that_is_not_there_shows_nothing(tmp_path: Path) -> None:
    assert guess_encoding(tmp_path / "t.csv") is None


def test_a_file_without_a_header_has_no_title(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("5,,\na,b,c\n6,7,8\n")
    assert guess_layout(path, TextFormat()) == Layout(None, 1)
    assert guess_layout(path, TextFormat(headers=((),))) == Layout()
    path.write_text("|a title\n" + "1, 2, 3\n" * 5)
    assert guess_layout(path, TextFormat(headers=((),))) == Layout(has_spaces=True)


def test_commas_in_the_numbers_of_a_file_without_a_header_divide_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("8,3252;41,0;x\n7,1;12,25;y\n")
    assert guess_layout(path, TextFormat(headers=((),))) == Layout(";")
    assert guess_layout(path, TextFormat(headers=(("a", "b", "c"),))) == Layout(";")
    path.write_text("1,2;3,4\n4,5;6,7\n")
    assert guess_layout(path, TextFormat(headers=(("a", "b", "c"),))) == Layout()
