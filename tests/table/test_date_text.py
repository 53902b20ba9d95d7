import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.table.date_text import parse_formatted_dates, parse_iso_dates


def parsed(*texts: str | None) -> list[str]:
    return [str(value) for value in parse_iso_dates(pa.array(texts, pa.string())).values.astype("datetime64[ms]")]


def test_dates_with_and_without_times_and_offsets() -> None:
    assert parsed(
        "2024-01-31", " 2024-01-31 12:30 ", "2024-01-31T12:30:15.25Z", "2024-01-31T23:00:00+02:00", "1600-02-29"
    ) == [
        "2024-01-31T00:00:00.000",
        "2024-01-31T12:30:00.000",
        "2024-01-31T12:30:15.250",
        "2024-01-31T21:00:00.000",
        "1600-02-29T00:00:00.000",
    ]


def test_offsets_are_those_of_a_day() -> None:
    assert parsed("2024-01-31T12:00+23:59", "2024-01-31T12:00-23", "2024-01-31T12:00-0000") == [
        "2024-01-30T12:01:00.000",
        "2024-02-01T11:00:00.000",
        "2024-01-31T12:00:00.000",
    ]


def test_what_is_finer_than_microseconds_is_cut_off() -> None:
    values = parse_iso_dates(pa.array(["2024-01-31T00:00:00.123456789"])).values
    assert values.tolist() == [datetime(2024, 1, 31, 0, 0, 0, 123456)]


@pytest.mark.parametrize(
    "text",
    [
        *("2023-02-29", "2024-02-30", "2024-04-31", "2024-13-01", "2024-00-10", "0000-01-01", "2024-1-1", "2024-01"),
        *("2024-01-31T24:00", "2024-01-31T12:60", "2024-01-31 12", "20240131", "31.01.2024", "x", "2024-01-31 noon"),
        *(f"2024-01-31T12:00{offset}" for offset in ("+24:00", "+25", "+02:75", "-99:99", "+0260")),
    ],
)
def test_no_dates(text: str) -> None:
    found = parse_iso_dates(pa.array([text, "2024-01-31", None]))
    assert found.is_bad.tolist() == [True, False, False]
    assert np.isnat(found.values).tolist() == [True, False, True]


@given(
    st.lists(
        st.datetimes(timezones=st.sampled_from([None, UTC]) | st.timezones()) | st.dates() | st.none(), max_size=20
    )
)
def test_iso_texts_of_python_are_read_as_python_reads_them(times: list[datetime | None]) -> None:
    texts = [None if time is None else str(time) for time in times]
    found = parse_iso_dates(pa.array(texts, pa.string()))
    for text, value, is_bad in zip(texts, found.values, found.is_bad, strict=True):
        if text is None:
            assert np.isnat(value)
            assert not is_bad
            continue
        expected = datetime.fromisoformat(text)
        offset = expected.utcoffset()
        # Offsets with seconds, of times before there were time zones, are no ISO.
        if offset is not None and offset.total_seconds() % 60:
            assert is_bad
        else:
            naive = np.datetime64(expected.replace(tzinfo=None), "us")
            assert value == (naive if offset is None else naive - np.timedelta64(offset))


def test_declared_formats_are_those_of_strptime() -> None:
    texts = pa.array(["31.12.2023 08:15", " 1.1.2024 23:59", "2024-01-01", "30.02.2024 00:00", None])
    found = parse_formatted_dates(texts, "%d.%m.%Y %H:%M")
    assert found.is_bad.tolist() == [False, False, True, True, False]
    assert found.values[:2].tolist() == [datetime(2023, 12, 31, 8, 15), datetime(2024, 1, 1, 23, 59)]


@pytest.mark.parametrize("date_format", ["%d.%m.%Y ", " %d.%m.%Y", "%d. %b %Y\t"])
def test_spaces_around_declared_formats_do_not_matter(date_format: str) -> None:
    day = "01. Feb 2024" if "%b" in date_format else "01.02.2024"
    found = parse_formatted_dates(pa.array([day, f"{day} ", f" {day}"]), date_format)
    assert found.values.astype(str).tolist() == ["2024-02-01T00:00:00.000000"] * 3


def test_declared_offsets_are_moved_to_utc() -> None:
    found = parse_formatted_dates(pa.array(["2024-01-01 01:00 +0200", "0001-01-01 00:00 +1200"]), "%Y-%m-%d %H:%M %z")
    assert str(found.values[0]) == "2023-12-31T23:00:00.000000"
    assert found.is_bad.tolist() == [False, True]


def test_pandas_is_not_imported() -> None:
    code = (
        "import sys, io; from dltrain.table import datetime_values, infer_kind, open_blocks\n"
        "with open_blocks(io.BytesIO(b'x,y\\n2024-02-29T12:00Z,1\\n,2\\n2023-04-30,3\\n')) as blocks:\n"
        "    [table] = blocks\n"
        "assert infer_kind(table, 'x') == 'datetime'; datetime_values(table, 'x'); print('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
