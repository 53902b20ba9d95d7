import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.split import ColumnStrategy
from dltrain.errors import DataError
from dltrain.splitting import split_keys
from dltrain.table import Table

WITH_COLUMN: tuple[ColumnStrategy, ...] = get_args(ColumnStrategy)


def table_of(cells: Any) -> Table:
    return Table(pa.table({"x": cells}), "table")


def keys_of(cells: Any, strategy: ColumnStrategy, seed: int = 0) -> np.ndarray:
    return split_keys(table_of(cells), "x", strategy=strategy, seed=seed)


def test_rows_of_a_group_share_a_key_and_missing_values_have_their_own() -> None:
    keys = keys_of(["a", None, "b", "a", None], "group")

    assert keys[0] == keys[3]
    assert len(set(keys.tolist())) == 4


def test_a_column_without_groups_has_a_key_for_every_row() -> None:
    assert len(set(keys_of(pa.array([None, None, None], pa.string()), "group").tolist())) == 3


def test_numbers_can_be_groups() -> None:
    keys = keys_of([1.0, 2.0, 1.0], "group")

    assert keys[0] == keys[2] != keys[1]


def test_dates_of_a_declared_format_are_sorted_by_time() -> None:
    table = table_of(["02.01.2024", "01.02.2024", "31.12.2023"])
    assert split_keys(table, "x", strategy="time", date_format="%d.%m.%Y").tolist() == [2, 3, 1]


@pytest.mark.parametrize(
    "ascending",
    [
        ["2", "10", "10.5", "1e3"],
        [-1.0, 0.0, 7.5],
        ["2009", "2010"],
        ["2023-12-31", "2024-01-01", "2024-01-02T00:00:00", "2024-01-02 00:00:01"],
        ["2023-12", "2024-01", "2024-02-01"],
        [" 2023-12-31", "2024-01-01 ", " 2024-01-02 "],
        ["2024-01-01T02:00:00+02:00", "2024-01-01T00:00:01Z", "2024-01-01T00:00:02Z"],
        ["1815-06-18", "1969-12-31T23:59:59.999999", "1970-01-01T00:00:00.000001", "9999-12-31"],
        [date(1960, 1, 1), date(2024, 2, 29)],
        [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=1)],
    ],
)
def test_time_keys_ascend_with_time(ascending: list[Any]) -> None:
    later_first = keys_of([*ascending[::-1], ascending[0]], "time").tolist()

    assert all(later > earlier for later, earlier in pairwise(later_first[:-1]))
    assert later_first[-1] == later_first[-2]


def test_times_with_an_offset_beside_others_without_are_refused() -> None:
    with pytest.raises(DataError, match="expected a time with an offset"):
        keys_of(["2024-01-01T02:00:00+02:00", "2024-01-01T00:00:01"], "time")


def test_times_do_not_depend_on_the_time_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setenv("TZ", "America/New_York")
        time.tzset()
        # There, the clocks had no half past two that night.
        keys = keys_of(["2024-03-10T02:30:00", "2024-03-10T03:00:00"], "time")
    time.tzset()

    assert keys.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["2024-01-31", "31.01.2024"], "row 2: column 'x': expected a number, or a date as in .*, got '31.01.2024'"),
        (["2024-01-31", "soon"], "row 2: column 'x': expected a number, or a date as in .*, got 'soon'"),
        (["2024-01-31", "2024-02-30"], "got '2024-02-30'"),
        (["a", None, None], "row 2: column 'x': strategy 'time' needs a value in every row, 2 of 3 are missing"),
        ([True, False], "expected a number, or a date"),
    ],
)
def test_cells_without_a_time_are_refused(cells: list[Any], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        keys_of(cells, "time")


def test_parts_are_named_in_any_case() -> None:
    cells = ["train", "Train ", "VALIDATION", "val", "valid", "test"]

    assert keys_of(cells, "column").tolist() == [0, 0, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["train", "dev"], "table: row 2: column 'x': expected train, validation or test, got 'dev'"),
        (["train", None], "table: row 2: column 'x': strategy 'column' needs a value in every row, 1 of 2 are missing"),
        ([1.0, 2.0], "expected train, validation or test, got 1.0"),
    ],
)
def test_other_parts_are_refused(cells: list[Any], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        keys_of(cells, "column")


@given(texts=st.lists(st.text(st.characters(codec="utf-8")), min_size=1), seed=st.integers(0, 2**32 - 1))
def test_hashes_depend_on_seed_and_text_alone(texts: list[str], seed: int) -> None:
    keys = keys_of(texts, "hash", seed)

    assert ((keys >= 0) & (keys < 1)).all()
    np.testing.assert_array_equal(keys_of(["new", *texts[::-1]], "hash", seed)[1:], keys[::-1])
    assert len(set(keys.tolist())) == len(set(texts))


def test_hashes_are_uniform_differ_by_seed_and_stay_the_same_forever() -> None:
    texts = [f"id-{number}" for number in range(20_000)]

    keys, others = keys_of(texts, "hash", 0), keys_of(texts, "hash", 1)

    counts = np.histogram(keys, bins=20, range=(0, 1))[0]
    assert abs(counts - 1_000).max() < 5 * np.sqrt(1_000)
    assert abs(np.corrcoef(keys, others)[0, 1]) < 0.05
    assert keys_of(["id-0", "id-1"], "hash").tolist() == [0.6570411820474107, 0.3542287408675482]


def test_hashes_need_a_value_in_every_row() -> None:
    with pytest.raises(DataError, match="table: row 3: column 'x': strategy 'hash' needs a value in every row"):
        keys_of(["a", "b", None], "hash")


@pytest.mark.parametrize("strategy", WITH_COLUMN)
def test_a_column_that_does_not_exist_is_refused(strategy: ColumnStrategy) -> None:
    with pytest.raises(DataError, match="there is no column 'day'"):
        split_keys(table_of(["a"]), "day", strategy=strategy)
