import re
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import NumberFormat
from dltrain.table.number_text import has_codes, is_number_text, parse_numbers

NUMBERS = ["0", "7", "+1", "-2.5", "1.", ".5", "-.5e-3", "1E5", "1e+5", "007", " 3 ", "\t4", "1e-999", "9" * 70, "-0"]
OTHERS = [
    *("abc", "", " ", "-", "+", ".", "e5", "1e", "1e5.0", "--1", "+-1", "1 2", "1,5", "1,000", "1_000", "0x10", "0b1"),
    *("inf", "-inf", "Infinity", "nan", "NaN", "NA", "1e999", "-1e999", "1d5", "1f", "١٢", "½", "1\u00a0", "$5", "5%"),
    *("−−1", "-−1", "1−", "−", "−inf"),
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_decimal_number_is_read_as_python_reads_it(text: str) -> None:
    values, is_bad = parse_numbers(pa.chunked_array([[text]]))

    assert (values.tolist(), is_bad.tolist()) == ([float(text)], [False])


@pytest.mark.parametrize(
    ("text", "numbers", "value"),
    [
        ("−5.2", NumberFormat(), -5.2),
        (" −.5e-3 ", NumberFormat(), -0.0005),
        ("−1.234,5", NumberFormat(decimal=",", thousands="."), -1234.5),
    ],
)
@pytest.mark.parametrize("other", ["1", "x"])
def test_a_minus_sign_of_a_typesetter_is_a_minus(text: str, numbers: NumberFormat, value: float, other: str) -> None:
    cells = pa.chunked_array([[text, other]])
    assert parse_numbers(cells, numbers).values[0] == value
    assert is_number_text(cells, numbers) == (other == "1")


@pytest.mark.parametrize("text", OTHERS)
def test_everything_else_is_bad(text: str) -> None:
    values, is_bad = parse_numbers(pa.chunked_array([[text, "1"]]))

    np.testing.assert_array_equal(values, [np.nan, 1])
    assert is_bad.tolist() == [True, False]


def test_missing_cells_are_not_bad_and_chunks_do_not_matter() -> None:
    values, is_bad = parse_numbers(pa.chunked_array([["1", None], ["x", "+2 "]], pa.string()))

    np.testing.assert_array_equal(values, [1, np.nan, np.nan, 2])
    assert is_bad.tolist() == [False, False, True, False]


@given(st.from_regex(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?[ \t]*", fullmatch=True))
def test_whatever_looks_like_a_number_equals_pythons(text: str) -> None:
    # The second cell takes both columns through the slow path and the fast one.
    for other in ("x", "1"):
        assert parse_numbers(pa.chunked_array([[text, other]])).values[0] == float(text)


@given(st.text(alphabet="0123456789+-.eE xnaif_,", max_size=8))
def test_text_is_a_number_exactly_when_it_matches_the_grammar(text: str) -> None:
    is_number = re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text)

    is_bad = parse_numbers(pa.chunked_array([[text]])).is_bad[0]

    assert is_bad == (is_number is None or np.isinf(float(text)))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_the_way_through_text(value: float) -> None:
    assert parse_numbers(pa.chunked_array([[repr(value)]])).values[0] == value


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["7", "007"], True),
        (["-01"], True),
        ([" 01"], True),
        (["00"], True),
        (["0", "0.5", "-0", "0e1", "10", None], False),
        ([None], False),
    ],
)
def test_digits_behind_a_leading_zero_are_codes(texts: list[str | None], expected: bool) -> None:
    assert has_codes(pa.chunked_array([texts], pa.string())) == expected


CELLS = st.lists(
    st.none() | st.text(alphabet="0019+-. \tx\u00a0é", max_size=5) | st.sampled_from(["1e999", "inf", "-007", " 01"])
)


@given(CELLS, st.integers(0, 3), st.integers(0, 3))
def test_codes_are_found_wherever_they_stand(cells: list[str | None], start: int, split: int) -> None:
    texts = pa.chunked_array([pa.array(cells[:split], pa.string()), pa.array(cells[split:], pa.string())]).slice(start)

    trimmed = [(cell or "").strip(" \t") for cell in cells[start:]]
    assert has_codes(texts) == any(re.match("[+-]?0[0-9]", cell) for cell in trimmed)


@given(CELLS)
def test_texts_are_numbers_when_none_is_bad(cells: list[str | None]) -> None:
    texts = pa.chunked_array([pa.array(cells, pa.string())])

    assert is_number_text(texts) == (not parse_numbers(texts).is_bad.any())


SIGNS = [(",", None), (",", "."), (".", ","), (",", " "), (".", "'")]


@pytest.mark.parametrize(("decimal", "thousands"), SIGNS)
@given(value=st.floats(-1e12, 1e12), digits=st.integers(0, 5))
def test_a_number_is_read_in_the_format_it_was_written_in(
    decimal: str, thousands: str | None, value: float, digits: int
) -> None:
    written = f"{value:,.{digits}f}"
    written = "".join({".": decimal, ",": thousands or ""}.get(sign, sign) for sign in written)
    numbers = NumberFormat(decimal, thousands)
    column = pa.chunked_array([[written, "x"]])
    assert parse_numbers(column, numbers).values[0] == float(f"{value:.{digits}f}")
    assert is_number_text(column.slice(0, 1), numbers)


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        (NumberFormat(",", None), ["1.5", "1.234,5", "1,2,3", ",", "1 234", "NA"]),
        (NumberFormat(",", "."), ["1.5", "12.34", "1234.567", "1.23,4", "0.123", ".123", "1..234", "1.234."]),
        (NumberFormat(".", ","), ["1,5", "1,23", "12,34.5", "1,234,5", "0,123", "1,,234"]),
        (NumberFormat(".", "'"), ["1,234", "1'23"]),
    ],
)
def test_other_formats_are_not_guessed(numbers: NumberFormat, texts: list[str]) -> None:
    assert parse_numbers(pa.chunked_array([texts]), numbers).is_bad.all()
    assert not is_number_text(pa.chunked_array([texts]), numbers)


def test_signs_that_look_alike_are_one() -> None:
    texts = ["1 234", "1\u00a0234", "1\u202f234"]
    assert parse_numbers(pa.chunked_array([texts]), NumberFormat(",", " ")).values.tolist() == [1234.0] * 3
    assert parse_numbers(pa.chunked_array([["1'234", "1’234"]]), NumberFormat(".", "'")).values.tolist() == [1234.0] * 2


def test_missing_cells_stay_missing_in_every_format() -> None:
    values, is_bad = parse_numbers(pa.chunked_array([["1,5", None]]), NumberFormat(",", None))
    np.testing.assert_array_equal(values, [1.5, np.nan])
    assert not is_bad.any()


def test_every_format_is_read_while_pandas_cannot_be_imported() -> None:
    # A fit hides it from Keras while the columns are read, and Arrow asks for it to make a scalar of a Python value.
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from dltrain.config.sections.data import NumberFormat\n"
        "from dltrain.table.number_text import parse_numbers\n"
        "from dltrain.table.numpy_arrow import text_array\n"
        "import pyarrow as pa\n"
        "numbers = NumberFormat(',', '.')\n"
        "print(parse_numbers(pa.chunked_array([text_array(['1.234,5', 'x'])]), numbers).values)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[1234.5    nan]\n", "")
