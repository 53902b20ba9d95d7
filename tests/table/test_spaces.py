"""Spaces between cells: Python's csv module, which knows none, is the reference for text that had none."""

import csv
import io
import random
import re

import pandas as pd
import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.table.frames import table_from_pandas
from dltrain.table.spaces import SpaceTrimmer, without_spaces
from tests.conftest import PROJECT
from tests.tables import csv_table

DELIMITERS = [",", ";", "|", "\t", " "]


def read_all(data: bytes, delimiter: str, n_bytes: int) -> bytes:
    """What a trimmer reads in blocks."""
    trimmer, found = SpaceTrimmer(io.BytesIO(data).read, delimiter), b""
    while part := trimmer.read(n_bytes):
        found += part
    return found


def cells_of(text: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter, strict=True))


def random_rows(rng: random.Random, delimiter: str, *, has_quotes: bool) -> tuple[list[list[str]], str]:
    """Some rows, and a text of them with spaces wherever they say nothing."""

    def spaces() -> str:
        return "".join(rng.choices(" " if delimiter == "\t" else " \t", k=rng.choice((0, 0, 1, 2, 9))))

    def cell() -> tuple[str, str]:
        if has_quotes and rng.random() < 0.4:
            text = "".join(rng.choices('ab "\n\r,; \té', k=rng.randint(1 if delimiter == " " else 0, 4)))
            return text, '"' + text.replace('"', '""') + '"'
        letters = 'ab"é' if has_quotes else "abé"
        text = "a" + "".join(rng.choices(letters, k=rng.randint(0, 2)))
        inner = "" if delimiter == " " or rng.random() < 0.7 else "  b"
        return text + inner, text + inner

    rows, text = [], ""
    for _ in range(rng.randint(1, 4)):
        cells = [cell() for _ in range(rng.randint(1, 4))]
        between = f" {spaces()}" if delimiter == " " else delimiter
        written = [f"{spaces()}{quoted}{'' if delimiter == ' ' else spaces()}" for _, quoted in cells]
        text += between.join(written) + spaces() + rng.choice(("\n", "\r\n", "\r"))
        rows.append([plain for plain, _ in cells])
    return rows, text


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("has_quotes", [True, False])
@pytest.mark.parametrize("n_bytes", [1, 3, 1000])
def test_cells_come_without_the_spaces_around_them(delimiter: str, has_quotes: bool, n_bytes: int) -> None:
    rng = random.Random(f"{delimiter}{has_quotes}")  # noqa: S311
    for _ in range(300):
        rows, text = random_rows(rng, delimiter, has_quotes=has_quotes)
        if rng.random() < 0.3:
            text = text.rstrip("\r\n")
        found = read_all(text.encode(), delimiter, n_bytes)
        assert cells_of(found, delimiter) == rows, text
        assert without_spaces(text.encode(), delimiter) == found


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_text_without_spaces_stays(delimiter: str) -> None:
    text = delimiter.join(["a", '"b c\n"', "d", '""']).encode() + b'\r\n5"\n\n\r"x'
    assert read_all(text, delimiter, 4) == text


def test_every_line_end_stays() -> None:
    text = b" a , b\n   \n\r\n , \r c,d "
    assert read_all(text, ",", 2) == b"a,b\n\n\r\n,\rc,d"


def test_a_byte_order_mark_is_no_part_of_the_first_cell() -> None:
    assert read_all(b'\xef\xbb\xbf"a, b", c\n', ",", 7) == b'"a, b",c\n'


@pytest.mark.parametrize(
    "text",
    [
        b"a" + b" " * 400_000 + b"b,c\n",
        b'"a' + b" " * 400_000 + b"b,c\n",
        b'"a" x' + b" a" * 200_000 + b"b,c\n" + b" " * 400_000 + b"x",
        b'"' + b'""' * 200_000 + b'" , b\n',
    ],
    ids=["blanks in a cell", "no closing quote", "behind a quote", "quotes"],
)
def test_long_cells_are_read_in_linear_time(text: bytes) -> None:
    # Steps that grow with the square of such a cell would take hours.
    assert read_all(text, ",", 1 << 12).rstrip(b"x ").endswith((b"b,c\n", b",b\n", b"b,c"))


def test_spaces_within_quotes_and_of_frames_are_left_out_too() -> None:
    texts = TextFormat(missing_values=("?",), trims_spaces=True)
    table = csv_table(b'a," b "\n 1," x "\n2,"  "\n3," ? "\n', texts=texts)
    assert table.columns.to_pydict() == {"a": ["1", "2", "3"], "b": ["x", None, None]}
    frame = table_from_pandas(pd.DataFrame({"a": [1, 2], "b": [" x ", " ?"]}), texts=texts)
    assert frame.columns.to_pydict() == {"a": [1.0, 2.0], "b": ["x", None]}


def test_groups_are_not_repeated_in_a_way_that_python_3_11_4_gets_wrong() -> None:
    """It leaves a part of a failed group behind; a group of quotes fails at its first one only."""
    kept, comment = r'(?:""[^"]*+)*+', re.compile("#.*")
    found = {
        path.name: re.findall(r"\)[*+?]\+", comment.sub("", path.read_text(encoding="utf-8").replace(kept, "")))
        for path in (PROJECT / "dltrain").rglob("*.py")
    }
    assert len(found) > 100
    assert {name: signs for name, signs in found.items() if signs} == {}
