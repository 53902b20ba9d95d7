import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.errors import DataError
from dltrain.table import Table, datetime_values, have_offsets, read_table, table_from_pandas
from tests.tables import csv_table


def test_csv_parquet_and_data_frames_hold_the_same_instants(tmp_path: Path) -> None:
    times = pd.Series(pd.date_range("2023-12-30 22:15", periods=9, freq="7h31min"))
    times = times.mask(times.index == 4)
    frames = [times, times.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin"), times.astype("datetime64[ms]")]
    expected = times.to_numpy().astype("datetime64[us]")
    for number, column in enumerate(frames):
        frame = pd.DataFrame({"when": column, "y": 1})
        frame.to_csv(tmp_path / "t.csv", index=False)
        pq.write_table(pa.table({"when": pa.array(column), "y": [1] * 9}), tmp_path / f"{number}.parquet")
        tables = [table_from_pandas(frame), read_table(tmp_path / "t.csv"), read_table(tmp_path / f"{number}.parquet")]
        for table in tables:
            np.testing.assert_array_equal(datetime_values(table, "when"), expected)


def test_numbers_of_parquet_have_the_declared_format_of_csv_texts() -> None:
    frame = pd.DataFrame({"day": [20240131, 20231224, None]})
    found = datetime_values(table_from_pandas(frame), "day", date_format="%Y%m%d")
    assert [str(time)[:10] for time in found] == ["2024-01-31", "2023-12-24", "NaT"]


def test_a_cell_that_is_no_date_is_named_with_its_line() -> None:
    table = csv_table(b"when,y\n31.1.2024,1\n1.2.2024,1\nsoon,2\n")
    with pytest.raises(DataError) as caught:
        datetime_values(table, "when", date_format="%d.%m.%Y")
    assert caught.value.message == "t.csv:4: column 'when': expected a date as '%d.%m.%Y' says, got 'soon'"
    with pytest.raises(DataError, match=r"t.csv:2: .*expected a date as 2024-01-31 .*got '31.1.2024'"):
        datetime_values(table, "when")


def test_times_of_day_may_end_in_zeros_behind_a_point() -> None:
    table = csv_table(b"at,y\n8.00,1\n08.30,2\n10.00,3\n")
    found = datetime_values(table, "at", date_format="%H.%M")
    assert [str(time)[11:16] for time in found] == ["08:00", "08:30", "10:00"]


def test_dates_that_other_programs_wrote_as_fractions_are_read() -> None:
    table = csv_table(b"day,y\n20240131.0,1\n,2\n20231224.0,3\n")
    found = datetime_values(table, "day", date_format="%Y%m%d")
    assert [str(time)[:10] for time in found] == ["2024-01-31", "NaT", "2023-12-24"]


def test_a_cell_that_is_no_time_of_day_is_called_so() -> None:
    table = csv_table(b"at,y\n08:30,1\n25:10,2\n")
    with pytest.raises(DataError, match=r"t.csv:3: column 'at': expected a time as '%H:%M' says, got '25:10'"):
        datetime_values(table, "at", date_format="%H:%M")


@pytest.mark.parametrize(
    "column",
    [
        pa.array([0, 2_932_897, -719_163, None, 2**31 - 1], pa.int32()).cast(pa.date32()),
        pa.array([0, 253_402_300_800, -62_135_596_801, None, 2**62]).cast(pa.timestamp("s")),
        pa.array([0, 2**60, -(2**60), None, 2**62]).cast(pa.timestamp("us", "Europe/Berlin")),
    ],
)
def test_years_beyond_those_of_the_calendar_are_refused(column: pa.Array) -> None:
    table = Table(pa.table({"x": column}), "t.parquet")
    with pytest.raises(DataError) as caught:
        datetime_values(table, "x")
    lines = caught.value.message.splitlines()
    assert [line.partition(": column")[0] for line in lines] == [f"t.parquet: row {row}" for row in (2, 3, 5)]
    assert all("expected a date of the years 1 to 9999, got " in line for line in lines)


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us")])
def test_the_first_and_the_last_day_are_read(kind: pa.DataType) -> None:
    days = pa.array([-719_162, 2_932_896, None], pa.int32()).cast(pa.date32()).cast(kind)
    found = datetime_values(Table(pa.table({"x": days}), "t.parquet"), "x")
    assert [str(day)[:10] for day in found] == ["0001-01-01", "9999-12-31", "NaT"]


def test_texts_beyond_the_calendar_in_utc_are_refused() -> None:
    table = csv_table(b"x,y\n2024-01-31,1\n9999-12-31T23:00-05:00,2\n")
    with pytest.raises(DataError) as caught:
        datetime_values(table, "x")
    assert str(caught.value) == (
        "t.csv:3: column 'x': expected a date of the years 1 to 9999, got '9999-12-31T23:00-05:00'\n"
        "hint: times with an offset are moved to UTC"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
@given(st.lists(st.dates() | st.none(), min_size=1, max_size=20))
def test_days_are_the_same_as_arrow_dates_and_as_texts(days: list[object]) -> None:
    as_dates = table_from_pandas(pd.DataFrame({"x": pd.Series(days, dtype="object"), "y": 1}))
    as_texts = table_from_pandas(pd.DataFrame({"x": [None if day is None else str(day) for day in days], "y": 1}))
    np.testing.assert_array_equal(datetime_values(as_dates, "x"), datetime_values(as_texts, "x"))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["Z", "", "", ""], "row 1: column 'x': expected a time without an offset from UTC, as all others have"),
        (
            ["", "Z", "+01:00", "-0500"],
            "row 1: column 'x': expected a time with an offset such as +01:00, as all others",
        ),
        (["Z", "Z", "", "", ""], "row 1: column 'x': expected a time without an offset from UTC, as 3 of 5 cells have"),
        (["Z", "Z", "", ""], "row 3: column 'x': expected a time with an offset such as +01:00, as 2 of 4 cells have"),
        (
            [None, "", "Z", "Z", "Z", ""],
            "row 2: column 'x': expected a time with an offset such as +01:00, as 3 of 5 cells have",
        ),
    ],
)
def test_of_times_with_and_without_an_offset_the_fewer_are_named(cells: list[str | None], message: str) -> None:
    times = [None if offset is None else f"2024-01-31T12:00:00{offset}" for offset in cells]
    with pytest.raises(DataError, match=re.escape(message)):
        have_offsets(Table(pa.table({"x": pa.array(times, pa.string())}), "table"), "x")
