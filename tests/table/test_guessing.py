"""What a file shows of how its text is written."""

import gzip
from pathlib import Path

import pytest

from dltrain.config.data import TextFormat
from dltrain.table.guessing import guess_encoding, guess_separator


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
    assert guess_separator(path, TextFormat()) == separator


def test_no_file_has_no_separator(tmp_path: Path) -> None:
    assert guess_separator(tmp_path / "t.csv", TextFormat()) is None


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
