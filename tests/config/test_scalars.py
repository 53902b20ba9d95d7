import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.yaml.scalars import MAX_DIGITS, is_text, read_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1.", 1.0),
        ("+1.5E3", 1500.0),
        ("-.inf", -math.inf),
        ("+.INF", math.inf),
    ],
)
def test_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    read = read_scalar(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text",
    ["no", "on", "yes", "y", "12:30:45", "2024-01-31", "1_000", "0b1", "1e", ".", "-", "tRue", "nULL", "٣", "0x", "<<"],
)
def test_what_yaml_1_1_would_change_stays_text(text: str) -> None:
    assert read_scalar(text) == text
    assert is_text(text)


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(float(str(read_scalar(".NaN"))))


@pytest.mark.parametrize("text", ["9" * (MAX_DIGITS + 1), "0x" + "f" * 290, "1." + "0" * MAX_DIGITS, "9" * 2**20])
def test_numbers_beyond_the_limit_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at most 300 digits"):
        read_scalar(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_from_its_shortest_form(number: float) -> None:
    assert float(str(read_scalar(repr(number)))) == number


@given(st.text(max_size=10))
def test_text_is_what_is_read_as_itself(text: str) -> None:
    assert is_text(text) == (read_scalar(text) == text)


@given(st.integers(-(10**20), 10**20))
def test_decimal_integers_agree_with_yaml_1_1(number: int) -> None:
    assert read_scalar(str(number)) == yaml.safe_load(str(number))
