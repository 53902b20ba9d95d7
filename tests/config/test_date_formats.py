from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dltrain.config.sections.date_formats import format_problem, is_instant, is_time_of_day, iso_instant, says_day


@pytest.mark.parametrize(
    "date_format", ["%d.%m.%Y", "%Y%m%d", "%d/%m/%y %H:%M", "%B %d, %Y", "%G-W%V-%u", "%d.%m.%Y %H:%M %z"]
)
def test_formats_that_can_be_read_again_are_good(date_format: str) -> None:
    assert format_problem(date_format) is None
    assert not is_time_of_day(date_format)


@pytest.mark.parametrize("date_format", ["%H:%M", "%H:%M:%S", "%I:%M %p", "%H"])
def test_a_format_may_name_the_time_only(date_format: str) -> None:
    assert format_problem(date_format) is None
    assert is_time_of_day(date_format)


def test_iso_dates_are_no_times_of_day() -> None:
    assert not is_time_of_day(None)


@pytest.mark.parametrize(
    ("text", "date_format", "expected"),
    [
        ("2024-01-31", None, True),
        ("2024-01-31T08:30", "%d.%m.%Y", True),
        ("08:30", None, False),
        ("08:30", "%H:%M", True),
        ("2024-01-31T08:30", "%H:%M", False),
        ("half past eight", "%H:%M", False),
        ("31.01.2024", "%d.%m.%Y", False),
    ],
)
def test_what_fills_a_column_is_an_iso_date_or_a_time(text: str, date_format: str | None, expected: bool) -> None:
    assert is_instant(text, date_format) is expected


@pytest.mark.parametrize("date_format", [None, "%d.%m.%Y", "%Y%m%d %H", "%Y-%j", "%G-W%V-%u", "%Y-W%W-%a", "%x", "%c"])
def test_a_format_with_a_day_says_one(date_format: str | None) -> None:
    assert says_day(date_format)


@pytest.mark.parametrize("date_format", ["%Y-%m", "%b %Y", "%m/%y", "%Y", "%a %B %Y", "%Y-%m %H:%M", "%%d %Y"])
def test_a_format_of_months_says_no_day(date_format: str) -> None:
    assert not says_day(date_format)


def test_a_time_is_read_as_strptime_reads_it() -> None:
    assert iso_instant("08:30") == datetime.strptime("08:30", "%H:%M")
    assert iso_instant("08:30+02:00") == datetime.strptime("06:30", "%H:%M")


@pytest.mark.parametrize(
    ("date_format", "problem"),
    [
        ("%d.%m.", "a date format with a year"),
        ("%Q", "'Q' is a bad directive"),
        ("%d %d %Y", "each part of a date once"),
        ("", "a date format with a year"),
        ("%d %H:%M", "a date format with a year"),
        ("%A %H:%M", "one of times of day, such as %H:%M"),
        ("%I:%M", "one of times of day, such as %H:%M"),
        ("%M:%S", "one of times of day, such as %H:%M"),
    ],
)
def test_what_is_wrong_is_said(date_format: str, problem: str) -> None:
    assert problem in str(format_problem(date_format))


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["%d", "%Y", "%", "\x1f", ".", "%y", "(", "%H", "%I", "%p"])).map("".join)
)
@example("\x1f")
@example("%d" * 80)
def test_any_text_is_a_format_or_has_a_problem_that_can_be_shown(date_format: str) -> None:
    problem = format_problem(date_format)
    if problem is None:
        written = datetime(2023, 2, 1).strftime(date_format)
        assert datetime.strptime(written, date_format).year == (1900 if is_time_of_day(date_format) else 2023)
    else:
        assert problem.isprintable()
