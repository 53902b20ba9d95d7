"""Two numbers in a cell."""

import pyarrow as pa
import pytest

from dltrain.profiling.pairs import are_pairs


@pytest.mark.parametrize(
    ("text", "is_pair"),
    [
        ("129/77", True),
        ("113 / 7.9", True),
        ("1920x1080", True),
        ("33-41", True),
        ("33 – 41", True),
        ("2:1", True),
        ("46.5, 5.1", True),
        ("48.2540,15.1325", True),
        ("(48.2540, -15.1325)", True),
        ("-5;+7", True),
        ("5'11\"", True),
        ("5' 9", True),
        ("6′0.5″", True),
        ("5 ft 11 in", True),
        ("5'12\"", False),
        ("1'234", False),
        ("12'345", False),
        ('11"', False),
        # A code, a year, one number, a text.
        ("4711-12", False),
        ("17-10234", False),
        ("555-1234", False),
        ("89/1234567", False),
        ("4711/12", False),
        ("12/2024", False),
        ("007/19", False),
        ("129/07", False),
        ("2019/20", False),
        ("2019-2020", False),
        ("1,234", False),
        ("12,5", False),
        ("1.5", False),
        ("12/5/24", False),
        ("B 12/5", False),
        ("12/x", False),
    ],
)
def test_two_numbers_are_told_from_codes_years_and_single_numbers(text: str, is_pair: bool) -> None:
    assert are_pairs(pa.array([text])).tolist() == [is_pair]


def test_no_texts_are_no_pairs() -> None:
    assert are_pairs(pa.array([], pa.string())).tolist() == []
