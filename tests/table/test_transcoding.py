"""Text in other encodings than UTF-8."""

import io
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import Encoding, TextFormat
from dltrain.errors import DataError
from dltrain.table import open_blocks, read_table, row_places
from dltrain.table.transcoding import EncodedFile, Transcoder
from tests.tables import csv_table

TEXTS = {
    "shift_jis": "東京,大阪\n",
    "euc_kr": "서울,부산\n",
    "gb18030": "北京,上海\n",
    "big5": "台北,高雄\n",
    "cp1251": "Москва,Омск\n",
    "cp1253": "Αθήνα,Πάτρα\n",
}


@pytest.mark.parametrize("encoding", get_args(Encoding))
def test_a_table_of_every_encoding_is_read(tmp_path: Path, encoding: Encoding) -> None:
    text = "a,b\n" + TEXTS.get(encoding, "x,y\n")
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    texts = TextFormat(encoding=encoding)
    cells = text.splitlines()[1].split(",")
    assert read_table(path, texts=texts).columns.to_pylist() == [{"a": cells[0], "b": cells[1]}]
    assert csv_table(path.read_bytes(), texts=texts).columns.to_pylist() == [{"a": cells[0], "b": cells[1]}]
    with open_blocks(path, texts=texts) as blocks:
        assert [block.columns.to_pylist() for block in blocks] == [[{"a": cells[0], "b": cells[1]}]]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 5), st.sampled_from(["utf-16", "gb18030"]))
def test_characters_that_are_cut_in_two_come_whole(text: str, n_bytes: int, encoding: Encoding) -> None:
    reader = Transcoder(io.BytesIO(text.encode(encoding)).read, encoding, "t.csv")
    assert b"".join(iter(lambda: reader.read(n_bytes), b"")).decode() == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))), st.sampled_from(["utf-16", "gb18030", "utf-8"]))
def test_what_is_written_in_parts_is_one_text(parts: list[str], encoding: Encoding) -> None:
    file = io.BytesIO()
    encoded = EncodedFile(file, encoding)
    for part in parts:
        encoded.write(part.encode())
    assert file.getvalue().decode(encoding) == "".join(parts)


@pytest.mark.parametrize("n_bytes", [1, 3, 1_000])
def test_a_byte_that_is_none_of_the_encoding_is_named_with_its_line(n_bytes: int) -> None:
    reader = Transcoder(io.BytesIO(b"a,b\n1,2\n3,\x81\n").read, "cp1252", "t.csv")
    with pytest.raises(DataError) as caught:
        list(iter(lambda: reader.read(n_bytes), b""))
    assert caught.value.message == "t.csv:3: expected cp1252 text, got the byte 0x81"


@pytest.mark.parametrize("n_bytes", [1, 2, 5, 1_000])
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_are_counted_whatever_ends_them(end: bytes, n_bytes: int) -> None:
    reader = Transcoder(io.BytesIO(end.join([b"a,b", b"1,2", b"", b"3,\x81", b""])).read, "cp1252", "t.csv")
    with pytest.raises(DataError, match=r"^t\.csv:4: expected cp1252 text, got the byte 0x81"):
        list(iter(lambda: reader.read(n_bytes), b""))


@pytest.mark.parametrize("n_bytes", [1, 1_000])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark_is_refused(encoding: str, n_bytes: int) -> None:
    reader = Transcoder(io.BytesIO("a,b\n1,2\n".encode(encoding)).read, "utf-16", "t.csv")
    with pytest.raises(DataError) as caught:
        reader.read(n_bytes)
    assert str(caught.value) == (
        "t.csv: expected utf-16 text that begins with a byte order mark, got none\n"
        "hint: iconv -f UTF-16LE -t UTF-8 FILE > NEW_FILE, or UTF-16BE, makes UTF-8 of it"
    )


@pytest.mark.parametrize(
    ("encoding", "found", "expected"),
    [
        ("utf-8-sig", "utf-8", "cp1252"),
        ("utf-8-sig", "utf-8", "gb18030"),
        ("utf-8", "utf-8", "cp1252"),
        ("utf-16", "utf-16", "latin-1"),
    ],
)
def test_a_text_that_says_what_else_it_is_is_refused(encoding: str, found: str, expected: Encoding) -> None:
    reader = Transcoder(io.BytesIO("stadt\nKöln\n".encode(encoding)).read, expected, "t.csv")
    with pytest.raises(DataError) as caught:
        reader.read(100)
    assert caught.value.message == f"t.csv: expected {expected} text, got {found} text"
    assert caught.value.hint == f"data.encoding: {found} reads it"


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", "Köln,Zürich\n".encode("cp1252"), "Köln,Zürich\n".encode()[:2]])
def test_a_text_that_may_be_of_the_encoding_is_read(data: bytes) -> None:
    assert Transcoder(io.BytesIO(data).read, "cp1252", "t.csv").read(100).decode() == data.decode("cp1252")


def test_a_text_that_ends_in_a_character_is_an_error() -> None:
    reader = Transcoder(io.BytesIO("東".encode("shift_jis")[:1]).read, "shift_jis", "t.csv")
    with pytest.raises(DataError, match=r"t\.csv:1: expected shift_jis text, got the byte 0x93"):
        list(iter(lambda: reader.read(9), b""))


def test_lines_are_found_again_in_such_a_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('ä;b\n"1\nö";2\n3;ü\n'.encode("cp1252"))
    table = read_table(path, texts=TextFormat(separator=";", encoding="cp1252"))
    assert row_places(table, [0, 1]) == [f"{path}:2", f"{path}:4"]
