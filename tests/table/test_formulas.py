import re
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.table.formulas import without_formulas
from tests.table.test_writing import written

UNSEEN = {"\u00ad", "\ufeff", *map(chr, range(0x200B, 0x2010)), *map(chr, range(0x202A, 0x202F))} | {
    chr(code) for code in range(0x2060, 0x2070)
}


def without_formula(text: str) -> str:
    """The reference: one text, without Arrow."""
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text.strip(" \t\n\v\f\r"), re.ASCII | re.IGNORECASE):
        return text
    seen = text
    while seen and (unicodedata.category(seen[0]) in {"Cc", "Zs", "Zl", "Zp"} or seen[0] in UNSEEN):
        seen = seen[1:]
    return f"'{text}" if text[:1] in set("\t\r\n") or seen[:1] in set("=+-@＝＋－＠") else text


def mended(texts: list[str | None]) -> list[str | None]:
    found: list[str | None] = without_formulas(pa.array(texts, pa.string())).to_pylist()
    return found


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "=cmd|' /C calc'!A0", "+A1", "-A1", "@SUM(1)", "\tx", "\rx", "\n=1", "\nx", "-", "+", "--1", "-1+2"),
        *("+49 170", "-1,5", "-1_000", "-inf", "-0x10", "＝1", "＋1", "－1", "＠x", "-１"),
        *(" =1", "\u00a0=1", "\u3000-x", "\ufeff=1", "\u200b=1", "\x00=1", "\x1b-x", " \t =1", "\t"),
    ],
)
def test_what_could_be_a_formula_gets_a_quote(text: str) -> None:
    assert mended(["a", text, None, "b"]) == ["a", f"'{text}", None, "b"]
    assert without_formula(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "a", "a=1", "1-2", "'=1", "''", "x\n=1", "é", "é=", "あ", "\u00a0x", "1", "007", "0x10"),
        *("-3.5", "+1e5", "-.5", "-5.", "+0", "-1E-3", " -5 ", "\t5", "-1\n", "-1e999"),
    ],
)
def test_numbers_and_other_texts_stay(text: str) -> None:
    assert mended([text, None]) == [text, None]
    assert without_formula(text) == text


LETTERS = "=+-@＝＋'\t\r\n ,\"0159.eExA\u00a0\ufeff\u200b\u3000é"
TEXTS = st.text(LETTERS, max_size=6) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
CELLS = st.lists(st.none() | TEXTS, max_size=12)


@given(cells=CELLS, start=st.integers(0, 3))
def test_every_text_is_mended_as_one_by_one(cells: list[str | None], start: int) -> None:
    expected = [None if cell is None else without_formula(cell) for cell in cells[start:]]
    assert without_formulas(pa.array(cells, pa.string()).slice(start)).to_pylist() == expected


@given(CELLS)
def test_mended_texts_are_left_alone(cells: list[str | None]) -> None:
    once = mended(cells)
    assert mended(once) == once


def test_missing_cells_with_bytes_below_them_stay_missing() -> None:
    texts = pa.array(["=1", "=2"])
    hidden = pa.StringArray.from_buffers(2, *texts.buffers()[1:], pa.py_buffer(b"\x02"))
    assert without_formulas(hidden).to_pylist() == [None, "'=2"]


def test_only_texts_and_names_of_columns_are_mended_and_only_when_asked() -> None:
    columns = {
        "=id": pa.array(["-x", "-1"]),
        "label": pa.array(["=a", '@"']).dictionary_encode(),
        "long": pa.array(["+a", None], pa.large_string()),
        "whole": pa.array([-1, -2]),
        "-n": pa.array([-1.5, -1e300]),
        "day": pa.array([0, 1], pa.date32()),
    }
    assert written(columns, has_formulas=False) == (
        "'=id,label,long,whole,'-n,day\n'-x,'=a,'+a,-1,-1.5,1970-01-01\n-1,\"'@\"\"\",,-2,-1e+300,1970-01-02\n"
    )
    assert written(columns) == (
        '=id,label,long,whole,-n,day\n-x,=a,+a,-1,-1.5,1970-01-01\n-1,"@""",,-2,-1e+300,1970-01-02\n'
    )
