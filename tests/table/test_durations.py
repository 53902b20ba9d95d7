"""Durations as numbers."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import DURATIONS, NumberFormat, TextFormat
from dltrain.errors import DataError
from dltrain.table import numeric_values, read_table, table_from_pandas
from dltrain.table.durations import as_numbers, duration_unit
from dltrain.table.number_text import PLAIN
from tests.tables import csv_table

DURATION = st.timedeltas(datetime.timedelta(days=-9), datetime.timedelta(days=40)).map(
    lambda exact: datetime.timedelta(seconds=exact // datetime.timedelta(seconds=1))
)


def numbers(cells: list[str | None], unit: str, written: NumberFormat = PLAIN) -> list[str | None]:
    found: list[str | None] = as_numbers(pa.chunked_array([pa.array(cells, pa.string())]), unit, written).to_pylist()
    return found


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        ("3:28", "m:s", "208"),
        ("3:28", "h:m:s", "208"),
        ("1:02:05", "m:s", "3725"),
        ("58:40.5", "h:m:s", "3520.5"),
        ("-0:05", "m:s", "-5"),
        ("\u22120:05", "m:s", "-5"),
        ("0 days 03:28:00", "h:m:s", "12480"),
        ("1 day, 2:30:00", "h:m:s", "95400"),
        ("-1 day, 23:59:00", "h:m:s", "-60"),
        ("-1 days +23:59:00", "h:m:s", "-60"),
        ("-0:01:00", "h:m:s", "-60"),
        ("-1d 1h", "d h", "-25"),
        ("3:28", "h:m", "208"),
        ("25:00", "h:m", "1500"),
        ("2h 50m", "h m", "170"),
        ("19h", "h m", "1140"),
        ("45m", "h m", "45"),
        ("1h30", "h m", "90"),
        ("1.5 h", "h m", "90"),
        ("1,5 Std.", "h m", "90"),
        ("PT2H50M", "h m", "170"),
        ("P1DT2H", "h m", "1560"),
        ("1 hour, 20 minutes", "h m", "80"),
        ("3 hrs 5 mins", "h m", "185"),
        ("3m 28s", "m s", "208"),
        ("90 s", "h m", "1.5"),
        ("1d 3h", "d h", "27"),
        # What is no duration is for others to read, or to refuse.
        ("45", "m:s", "45"),
        ("45", "h m", "45"),
        ("1:75:00", "h:m:s", "1:75:00"),
        ("1:02:05", "h:m", "1:02:05"),
        ("3:28 am", "m:s", "3:28 am"),
        ("2h 50m", "h:m", "2h 50m"),
        ("2:50", "h m", "2:50"),
        ("2H26", "h m", "2H26"),
        ("29M7S", "m s", "29M7S"),
        ("pt", "h m", "pt"),
        ("t", "h m", "t"),
        ("h", "h m", "h"),
        ("PT", "h m", "PT"),
        ("-", "h m", "-"),
        ("5m/s", "m s", "5m/s"),
        ("soon", "m:s", "soon"),
        ("", "h m", ""),
        (None, "h m", None),
    ],
)
def test_a_duration_is_a_number_of_its_last_part(cell: str | None, unit: str, expected: str | None) -> None:
    assert numbers([cell], unit) == [expected]


@given(duration=DURATION)
def test_what_python_writes_comes_out_as_the_seconds_it_has(duration: datetime.timedelta) -> None:
    seconds = int(duration.total_seconds())
    assert numbers([str(duration), str(pd.Timedelta(duration))], "h:m:s") == [str(seconds)] * 2


@given(duration=DURATION.map(abs))
def test_the_same_duration_written_in_many_ways_is_the_same_number(duration: datetime.timedelta) -> None:
    seconds = int(duration.total_seconds())
    hours, minutes = seconds // 3600, seconds // 60
    texts: list[str | None] = [
        f"{hours}:{minutes % 60:02d}:{seconds % 60:02d}",
        f"{minutes}:{seconds % 60:02d}",
    ]
    assert numbers(texts, "m:s") == [str(seconds)] * 2
    in_letters: list[str | None] = [
        f"{hours}h {minutes % 60}m {seconds % 60}s",
        f"{minutes} min {seconds % 60} sec",
        pd.Timedelta(duration).isoformat(),
    ]
    assert numbers(in_letters, "h m s") == [str(seconds)] * 3
    assert numbers([f"{hours}:{minutes % 60:02d}", f"{hours} hours {minutes % 60} min"], "h:m")[0] == str(minutes)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["3:28", "4:05", "12:59"], "m:s"),
        (["58:40", "1:02:05"], "h:m:s"),
        (["0 days 03:28:00", "1 days 00:00:05"], "h:m:s"),
        (["08:15", "11:59"], "h:m"),
        (["2h 50m", "19h", "45m"], "h m"),
        (["3m 28s", "4m"], "m s"),
        (["1h 3m 28s", "4m"], "h m s"),
        (["1d 2h 3m", "4h"], "d h m"),
        (["1d 2h", "4h"], "d h"),
        (["2h 50m", "Rome"], None),
        ([*(f"2h {n}m" for n in range(20)), "Rome"], "h m"),
        (["5 m", "6 m"], None),
        (["90 min", "120 min"], None),
        (["3:28", "2h 50m"], None),
        (["2:1", "0:3"], None),
        (["7d4", "12h3"], None),
        (["Rome", "12"], None),
        (["45 min", "4 h", "2 hours"], "h m"),
        (["14 days", "5 hours"], "d h"),
        (["1d 2h 3m 4s", "5s"], "d h m s"),
        (["1:30", *map(str, range(20))], None),
        (["2H26", "4H11"], None),
        ([], None),
    ],
)
def test_the_unit_follows_from_the_cells(cells: list[str], expected: str | None) -> None:
    unit = duration_unit(pa.array(cells, pa.string()))
    assert unit == expected
    assert unit is None or unit in DURATIONS


def test_every_kind_of_table_is_read_with_durations(tmp_path: Path) -> None:
    texts = TextFormat(separator=";", numbers=NumberFormat(",", "."), units=(("x", "m:s"),), missing_values=("-",))
    expected = [208.5, np.nan, 60.0]
    np.testing.assert_array_equal(
        numeric_values(csv_table(b"x;y\n3:28,5;a\n-;b\n1:00;c\n", texts=texts), "x"), expected
    )
    frame = pd.DataFrame({"x": ["3:28,5", None, "1:00"], "y": [1, 2, 3]})
    np.testing.assert_array_equal(numeric_values(table_from_pandas(frame, texts=texts), "x"), expected)
    frame["x"] = pd.to_timedelta([208.5, None, 60], unit="s")
    np.testing.assert_array_equal(numeric_values(table_from_pandas(frame, texts=TextFormat()), "x"), expected)
    frame.to_parquet(tmp_path / "t.parquet")
    for unit, of_a_second in (("m:s", 1), ("h m", 60), ("d h", 3_600)):
        table = read_table(tmp_path / "t.parquet", texts=TextFormat(units=(("x", unit),)))
        np.testing.assert_array_equal(numeric_values(table, "x"), np.array(expected) / of_a_second)


def test_numbers_that_mean_missing_are_those_of_the_cells() -> None:
    texts = TextFormat(units=(("x", "m:s"),), missing_values=("90", "-"))
    table = csv_table(b"x,y\n1:30,90\n-,1\n90,2\n1:00,3\n", texts=texts)
    assert table.columns.to_pydict() == {"x": ["90", None, None, "60"], "y": [None, "1", "2", "3"]}


def test_groups_of_digits_are_as_the_table_writes_them() -> None:
    assert numbers(["12,000 s"], "m s", NumberFormat(thousands=",")) == ["12000"]
    assert numbers(["1.500 s", "1,5 s"], "m s", NumberFormat(",", ".")) == ["1500", "1,5"]


def test_a_cell_that_is_no_duration_is_named_with_its_line() -> None:
    table = csv_table(b"x\n3:28\nsoon\n", texts=TextFormat(units=(("x", "m:s"),)))
    with pytest.raises(DataError, match=r":3: column 'x': expected a number, got 'soon'"):
        numeric_values(table, "x")


def test_durations_among_numbers_are_told() -> None:
    with pytest.raises(DataError) as error:
        numeric_values(csv_table(b"x\n3:28\n4:05\n"), "x")
    assert error.value.hint == 'if these are durations: data.unit_of: {x: "m:s"}'
