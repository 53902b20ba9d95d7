"""Rows divided by a column."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.cli.output import SHOWN_CHARACTERS
from dltrain.errors import DataError
from dltrain.features import Preprocessing
from dltrain.features.datetimes import DatetimeFeature, FittedPart
from dltrain.run import load_run
from dltrain.table import Table
from dltrain.workflows.rows.row_groups import group_rows
from tests.conftest import GOLDEN
from tests.features.tables import table_of

PREPROCESSING = load_run(GOLDEN / "people-1").preprocessing


def groups(cells: list[Any], name: str = "x") -> list[tuple[str | None, list[int]]]:
    table = table_of(**{name: cells})
    found = group_rows(table, np.arange(len(cells)), name, PREPROCESSING)
    return [(group.name, group.rows.tolist()) for group in found]


def test_texts_are_groups_the_largest_first() -> None:
    assert groups(["b", "a", "c", "b", None, "c", "b"]) == [("b", [0, 3, 6]), ("c", [2, 5]), ("a", [1]), (None, [4])]


def test_few_numbers_are_groups_and_many_are_quarters() -> None:
    assert groups(["1", "2.0", "1", "2"]) == [("1", [0, 2]), ("2", [1, 3])]
    assert groups([str(n) for n in range(1, 21)]) == [
        ("1 to 5", list(range(5))),
        ("6 to 10", list(range(5, 10))),
        ("11 to 15", list(range(10, 15))),
        ("16 to 20", list(range(15, 20))),
    ]


def test_truth_values_and_dates_are_groups() -> None:
    assert groups(["True", "false", "TRUE", None]) == [("true", [0, 2]), ("false", [1]), (None, [3])]
    table = Table(pa.table({"day": pa.array([date(2024, 1, 31), None, date(2024, 1, 31)])}), "table")
    found = group_rows(table, np.arange(3), "day", PREPROCESSING)
    assert [(group.name, group.rows.tolist()) for group in found] == [("2024-01-31", [0, 2]), (None, [1])]


def test_many_dates_are_quarters_in_the_order_of_time() -> None:
    days = [f"2024-0{1 + n % 8}-{10 + n}" for n in range(16)]
    found = groups([*days, None])
    assert [name for name, _ in found] == [
        "2024-01-10 to 2024-02-19",
        "2024-03-12 to 2024-04-21",
        "2024-05-14 to 2024-06-23",
        "2024-07-16 to 2024-08-25",
        None,
    ]
    assert groups([f"{day}T12:30:00" for day in days])[0][0] == "2024-01-10 to 2024-02-19"
    assert groups(days[:2] * 2) == [("2024-01-10", [0, 2]), ("2024-02-11", [1, 3])]


@pytest.mark.parametrize(
    ("times", "first", "last"),
    [
        ([f"2024-01-{10 + n // 4}T0{n % 4}:30" for n in range(16)], "2024-01-10", "2024-01-13"),
        (
            [f"2024-01-31T08:{10 + n}:27.5" for n in range(16)],
            "2024-01-31T08:10 to 2024-01-31T08:13",
            "2024-01-31T08:22 to 2024-01-31T08:25",
        ),
        (
            [f"2024-01-31T08:27:{10 + n}.5" for n in range(16)],
            "2024-01-31T08:27:10 to 2024-01-31T08:27:13",
            "2024-01-31T08:27:22 to 2024-01-31T08:27:25",
        ),
        (
            [f"2024-01-31T08:27:40.{10 + n}" for n in range(16)],
            "2024-01-31T08:27:40.100000 to 2024-01-31T08:27:40.130000",
            "2024-01-31T08:27:40.220000 to 2024-01-31T08:27:40.250000",
        ),
    ],
    ids=["days", "minutes", "seconds", "microseconds"],
)
def test_quarters_are_named_no_finer_than_tells_them_apart(times: list[str], first: str, last: str) -> None:
    names = [name for name, _ in groups(times)]
    assert (names[0], names[-1]) == (first, last)
    assert len(set(names)) == 4


def test_times_with_an_offset_are_shown_as_those_of_utc() -> None:
    times = [f"2024-01-31T{8 + n:02}:27:40+01:00" for n in range(15)]
    stored = pa.array([datetime.fromisoformat(time) for time in times], pa.timestamp("us", "Europe/Paris"))
    for cells in (pa.array(times), stored):
        found = group_rows(Table(pa.table({"at": cells}), "table"), np.arange(15), "at", PREPROCESSING)
        assert found[0].name == "2024-01-31T07:27 to 2024-01-31T10:27 UTC"
        assert max(len(str(group.name)) for group in found) <= SHOWN_CHARACTERS
    assert groups(times[:1])[0][0] == "2024-01-31T07:27:40 UTC"
    assert groups([time[:-6] for time in times])[0][0] == "2024-01-31T08:27 to 2024-01-31T11:27"


def test_times_of_which_some_have_an_offset_are_not_said_to_be_in_utc() -> None:
    assert [name for name, _ in groups(["2024-01-31T08:27", "2024-01-31T08:27+01:00"])] == [
        "2024-01-31T07:27",
        "2024-01-31T08:27",
    ]


def test_dates_of_a_feature_are_read_in_its_format() -> None:
    day = DatetimeFeature(
        name="day",
        format="%d.%m.%Y",
        impute="error",
        fill_value=None,
        parts=(FittedPart(part="month", scaler=None),),
        first_year=2024,
        last_year=2024,
    )
    table = table_of(day=[f"{1 + n:02}.{1 + n % 3:02}.2024" for n in range(16)])
    found = group_rows(table, np.arange(16), "day", Preprocessing(features=(day,), target=PREPROCESSING.target))
    assert found[0].name == "2024-01-01 to 2024-01-10"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(range(3), "00:00"), (range(16), "00:00 to 03:00"), ([0] * 3, "00:00")],
    ids=["few", "many", "midnight"],
)
def test_times_of_day_are_named_without_a_day(hours: Sequence[int], expected: str) -> None:
    at = DatetimeFeature(
        name="at",
        format="%H:%M",
        impute="error",
        fill_value=None,
        parts=(FittedPart(part="hour", scaler=None),),
        first_year=None,
        last_year=None,
    )
    table = table_of(at=[f"{hour:02}:00" for hour in hours])
    found = group_rows(table, np.arange(len(hours)), "at", Preprocessing(features=(at,), target=PREPROCESSING.target))
    assert found[0].name == expected


def test_times_of_day_are_groups() -> None:
    table = Table(pa.table({"at": pa.array([time(12, 30), time(8), time(8)])}), "table")
    assert [group.name for group in group_rows(table, np.arange(3), "at", PREPROCESSING)] == [
        "08:00:00.000000",
        "12:30:00.000000",
    ]


def test_a_feature_of_categories_is_not_divided_into_quarters() -> None:
    cells = [str(n) for n in range(20)]
    assert len(groups(cells, "other")) == 4
    assert len(groups(cells, "city")) == 20


def test_words_among_numbers_are_groups_of_texts() -> None:
    assert len(groups([*(str(n) for n in range(30)), "none"])) == 31


@pytest.mark.parametrize("cells", [[None, None], [None]])
def test_a_column_without_values_is_one_group(cells: list[None]) -> None:
    assert groups(cells) == [(None, list(range(len(cells))))]


def test_positions_are_those_among_the_rows() -> None:
    found = group_rows(table_of(x=["a", "b", "a", "b"]), np.array([1, 3, 2]), "x", PREPROCESSING)
    assert [(group.name, group.rows.tolist()) for group in found] == [("b", [0, 1]), ("a", [2])]


def test_a_column_that_is_not_there_is_told_with_the_right_one() -> None:
    with pytest.raises(
        DataError, match=r"there is no column 'citi', the columns are 'city'\nhint: did you mean 'city'"
    ):
        group_rows(table_of(city=["a"]), np.arange(1), "citi", PREPROCESSING)


NUMBERS = st.none() | st.integers(0, 40).map(float) | st.floats(-1e300, 1e300)


@given(cells=st.lists(NUMBERS | st.none(), min_size=1, max_size=60))
def test_groups_of_numbers_are_a_partition_in_ascending_order(cells: list[float | None]) -> None:
    found = groups([*cells, 0.0])
    assert sorted(row for _, rows in found for row in rows) == list(range(len(cells) + 1))
    assert len({name for name, _ in found}) == len(found)
    different = {cell for cell in [*cells, 0.0] if cell is not None}
    if len(different) > 12:
        values = np.array([np.nan if cell is None else cell for cell in [*cells, 0.0]])
        known = [values[rows] for name, rows in found if name is not None]
        assert all(low.max() < high.min() for low, high in pairwise(known))
        assert len(known) <= 4
