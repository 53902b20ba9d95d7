from collections import Counter
from datetime import date, time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.profiling import ColumnProfile, profile_column
from dltrain.table import Table
from tests.features.tables import table_of


def profile(cells: list[Any]) -> ColumnProfile:
    return profile_column(table_of(x=cells), "x")


@settings(deadline=None)
@given(st.lists(st.none() | st.sampled_from(["a", "b", "7", "7.5", "true", "2024-01-31"]), min_size=1, max_size=30))
def test_counts_are_those_of_a_loop(cells: list[str | None]) -> None:
    counts = Counter(cell for cell in cells if cell is not None)
    found = profile(cells)
    assert (found.n_rows, found.n_missing, found.n_distinct) == (len(cells), cells.count(None), len(counts))
    if counts:
        assert found.n_most_frequent == max(counts.values())
        assert counts[found.most_frequent or ""] == found.n_most_frequent


@pytest.mark.parametrize(
    ("cells", "looks"),
    [
        (["1", "2.5", "-3e4", None], "number"),
        ([1.0, 2.5, None], "number"),
        (["007", "012"], "text"),
        (["True", "FALSE", None], "boolean"),
        ([True, False], "boolean"),
        (["2024-01-31", "2024-02-01"], "date"),
        (["31.1.2024", "1.2.2024"], "date"),
        (["31.01.24", "01.02.24"], "date"),
        (["1.2.24", "1.10.3"], "text"),
        (["Jan 3, 2024", "3 Feb 2024"], "date"),
        (["1.10", "1.2.3", "2.0.0"], "text"),
        (["1", "x"], "text"),
        ([None, None], "empty"),
    ],
)
def test_what_cells_look_like(cells: list[Any], looks: str) -> None:
    assert profile(cells).looks == looks


def test_the_range_of_numbers_is_that_of_all_cells() -> None:
    found = profile(["3", "-1.5", None, "20"])
    assert (found.minimum, found.maximum, found.is_whole) == (-1.5, 20.0, False)
    assert profile(["3", "20.0"]).is_whole


def test_dates_beyond_those_of_python_have_a_profile() -> None:
    days = pa.array([2_932_897, 2_932_897, 0], pa.int32()).cast(pa.date32())
    found = profile_column(Table(pa.table({"day": days}), "t.parquet"), "day")
    assert (found.looks, found.most_frequent, found.n_most_frequent) == ("date", "10000-01-01", 2)


def test_columns_of_any_type_have_a_profile() -> None:
    columns = {
        "day": pa.array([date(2024, 1, 31), None]),
        "time": pa.array([time(8, 30), None]),
        "list": pa.array([[1], None]),
        "none": pa.nulls(2),
    }
    table = Table(pa.table(columns), "table")
    assert [profile_column(table, name).looks for name in columns] == ["date", "other", "other", "empty"]


def test_equal_columns_share_their_content_and_renamed_ones_their_pattern() -> None:
    table = table_of(a=["x", "y", "x"], b=["x", "y", "x"], c=["1", "2", "1"], d=["x", "x", "y"])
    a, b, c, d = (profile_column(table, name) for name in "abcd")
    assert a.content == b.content != c.content
    assert a.pattern == c.pattern != d.pattern


def test_a_missing_cell_is_no_value() -> None:
    assert profile(["x", None, "y"]).pattern != profile(["x", "x", "y"]).pattern


def test_infinite_numbers_are_no_limits() -> None:
    found = profile([1.0, float("inf"), -2.0])
    assert (found.looks, found.minimum, found.maximum, found.is_whole) == ("number", -2.0, 1.0, False)
    assert profile([float("inf")]).minimum is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["n/k"], (1, ("n/k",))),
        (["n/k", "Subtotal"], (1, ("n/k",))),
        (["n/k", "Subtotal", "Subtotal", "Total 2023"], (1, ("n/k",))),
        (["n/k", "n/k", "Total 2023"], (2, ("n/k",))),
        (["Subtotal", "Total"], (0, ())),
    ],
)
def test_words_for_missing_are_counted_without_those_for_totals(
    texts: list[str], expected: tuple[int, tuple[str, ...]]
) -> None:
    profile = profile_column(table_of(x=[*(str(n) for n in range(200)), *texts]), "x")
    assert profile.missing_words == expected
