from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dltrain.config.date_formats import format_problem


@pytest.mark.parametrize("date_format", ["%d.%m.%Y", "%Y%m%d", "%d/%m/%y %H:%M", "%B %d, %Y", "%G-W%V-%u"])
def test_formats_that_can_be_read_again_are_good(date_format: str) -> None:
    assert format_problem(date_format) is None


@pytest.mark.parametrize(
    ("date_format", "problem"),
    [
        ("%d.%m.", "a date format with a year"),
        ("%Q", "'Q' is a bad directive"),
        ("%d %d %Y", "each part of a date once"),
        ("", "a date format with a year"),
    ],
)
def test_what_is_wrong_is_said(date_format: str, problem: str) -> None:
    assert problem in str(format_problem(date_format))


@given(st.text(max_size=60) | st.lists(st.sampled_from(["%d", "%Y", "%", "\x1f", ".", "%y", "("])).map("".join))
@example("\x1f")
@example("%d" * 80)
def test_any_text_is_a_format_or_has_a_problem_that_can_be_shown(date_format: str) -> None:
    problem = format_problem(date_format)
    if problem is None:
        written = datetime(2023, 2, 1).strftime(date_format)
        assert datetime.strptime(written, date_format).year == 2023
    else:
        assert problem.isprintable()
