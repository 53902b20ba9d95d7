"""Dates that are read all at once; the reference is `datetime.strptime`."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dltrain.table.date_patterns import read_by_digits
from dltrain.table.date_text import parse_formatted_dates

FORMATS = (
    *("%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%d%m%Y", "%Y%m%d%H%M%S", "%H:%M"),
    *("%d %m %Y", "%Y", "%S.%M", "(%d)-%m*%y", "%d.%m.%Y  %H", "%Y-%m-%dT%H", "%Y-%m-%d %H:%M UTC", "%HkSs%Y"),
)
OTHER_FORMATS = (
    "%d %b %Y",
    "%I:%M %p",
    "%Y-%m-%d %z",
    "%Y %y",
    "%d.%d.%Y",
    "%Y-%m-1%d",
    "%Y-%m-%d %H²",
    "%j",
    "%",
    "31.01.2024",
    "%%%Y",
)


def expected(text: str, date_format: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), date_format)
    except ValueError:
        return None


def mangled(text: str, place: int, new: str) -> str:
    place %= len(text) + 1
    return text[:place] + new + text[place + 1 :]


TEXTS = st.builds(
    lambda time, date_format, place, new: mangled(f"{time:{date_format}}", place, new),
    st.datetimes(min_value=datetime(1000, 1, 1)),
    st.sampled_from(FORMATS),
    st.integers(0, 30),
    st.sampled_from(["", "0", "9", " ", "  ", "\t", "\x0b", "\u00a0", "٣", ".", "/", ":", "a", "t", "K", "\u212a"]),
)


@given(date_format=st.sampled_from(FORMATS), texts=st.lists(TEXTS | st.none(), max_size=20))
@example(date_format="%d.%m.%Y", texts=["29.02.2023", "29.02.2024", "31.04.2024", "1.2.2024", "01.01.0000", "", None])
@example(date_format="%d.%m.%y", texts=["01.01.68", "01.01.69", "01.01.00"])
@example(date_format="%H:%M", texts=["24:00", "8:5", "08:60"])
def test_texts_mean_what_strptime_says(date_format: str, texts: list[str | None]) -> None:
    found = parse_formatted_dates(pa.array(texts, pa.string()), date_format)
    reference = np.array(
        [None if text is None else expected(text, date_format) for text in texts], dtype="datetime64[us]"
    )
    np.testing.assert_array_equal(found.values, reference)
    assert found.is_bad.tolist() == [
        text is not None and bool(is_none) for text, is_none in zip(texts, np.isnat(reference), strict=True)
    ]


@pytest.mark.parametrize("date_format", FORMATS)
def test_usual_texts_are_read_at_once(date_format: str) -> None:
    times = [datetime(2024, 1 + n % 12, 1 + n % 28, n % 24, n % 60, n % 59) for n in range(500)]
    values = read_by_digits(pa.array([f"{time:{date_format}}" for time in times]), date_format)
    assert values is not None
    assert not np.isnat(values).any()


@pytest.mark.parametrize("date_format", OTHER_FORMATS)
def test_other_formats_are_left_to_strptime(date_format: str) -> None:
    assert read_by_digits(pa.array(["31.01.2024"]), date_format) is None
