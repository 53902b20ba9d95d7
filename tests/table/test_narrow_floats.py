"""Numbers of float32 and float16 are the numbers, categories and mapped texts that a CSV file of them has."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.table import Table, categorical_values, mapped_values, numeric_values, read_table, table_from_pandas
from dltrain.table.narrow_floats import in_shortest_decimals
from tests.tables import csv_table

NARROW = ["float32", "float16"]


def csv_of(frame: pd.DataFrame) -> Table:
    return csv_table(frame.to_csv(index=False).encode())


@pytest.mark.parametrize("kind", NARROW)
def test_narrow_numbers_are_the_categories_of_their_csv(kind: str) -> None:
    frame = pd.DataFrame({"x": np.array([0.1, 0.25, 1.7, np.nan, 3.0, 0.1, -0.3], kind), "y": "a"})
    expected = categorical_values(csv_of(frame), "x").to_pylist()
    assert expected == ["0.1", "0.25", "1.7", None, "3", "0.1", "-0.3"]
    assert categorical_values(table_from_pandas(frame), "x").to_pylist() == expected


@pytest.mark.parametrize("kind", NARROW)
def test_narrow_numbers_are_mapped_as_in_their_csv(kind: str) -> None:
    frame = pd.DataFrame({"x": np.array([0.1, 1.7, 2.3], kind), "y": "a"})
    for table in (csv_of(frame), table_from_pandas(frame)):
        np.testing.assert_array_equal(mapped_values(table, "x", {"0.1": 50}), [50, 1.7, 2.3])


@given(st.lists(st.floats(-1e6, 1e6, width=32).filter(lambda x: abs(x) > 1e-3 and x % 1), min_size=1, max_size=20))
def test_fractions_of_float32_are_the_categories_of_their_csv(values: list[float]) -> None:
    frame = pd.DataFrame({"x": np.array(values, np.float32), "y": "a"})
    in_csv = categorical_values(csv_of(frame), "x").to_pylist()
    assert categorical_values(table_from_pandas(frame), "x").to_pylist() == in_csv


def test_whole_numbers_keep_all_their_digits() -> None:
    # float32 knows 123456792 as 1.2345679e+08, too.
    frame = pd.DataFrame({"x": np.array([123456792, 0.1], np.float32)})
    assert categorical_values(table_from_pandas(frame), "x").to_pylist() == ["123456792", "0.1"]


@pytest.mark.parametrize(
    ("known", "spelled"),
    [
        ((), "0,1"),
        (("0.1",), "0.1"),
        (("0.10000000149011612",), "0.10000000149011612"),
        (("0.1", "0,1"), "0,1"),
        (("0.2",), "0,1"),
    ],
)
def test_what_earlier_runs_know_otherwise_is_found_again(known: Any, spelled: str) -> None:
    texts = TextFormat(numbers=NumberFormat(","))
    table = table_from_pandas(pd.DataFrame({"x": np.array([0.1], np.float32)}), texts=texts)
    assert categorical_values(table, "x", known=known).to_pylist() == [spelled]


@pytest.mark.parametrize("kind", NARROW)
def test_numbers_are_those_of_their_shortest_decimals(kind: str) -> None:
    """As NumPy writes them, for all float16 and as many float32 of every size."""
    bits = np.random.default_rng(0).integers(0, 2**32, 60_000, np.uint32) if kind == "float32" else np.arange(2**16)
    values = bits.astype(np.uint32 if kind == "float32" else np.uint16).view(kind)
    values = values[np.isfinite(values)]
    expected = [float(value) if value == np.trunc(value) else float(str(value)) for value in values]
    np.testing.assert_array_equal(in_shortest_decimals(values), expected)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_shortest_decimals_mean_the_same_narrow_numbers(values: list[float]) -> None:
    narrow = np.array(values, np.float32)
    np.testing.assert_array_equal(in_shortest_decimals(narrow).astype(np.float32), narrow)


@pytest.mark.parametrize("kind", NARROW)
def test_numbers_to_compute_with_are_those_of_their_csv(kind: str) -> None:
    frame = pd.DataFrame({"x": np.array([0.1, 0.0003, np.nan, -2.5], kind), "y": "a"})
    np.testing.assert_array_equal(numeric_values(table_from_pandas(frame), "x"), numeric_values(csv_of(frame), "x"))


def test_a_parquet_file_keeps_how_narrow_its_numbers_are(tmp_path: Any) -> None:
    values = np.array([0.1, 1.7, 0.1], np.float32)
    frame = pd.DataFrame({"x": values, "sort": pd.Categorical(values), "y": np.array([0.1, 1.7, 0.1])})
    path = tmp_path / "t.parquet"
    frame.to_parquet(path)
    assert pq.read_schema(path).field("x").type == "float"
    for table in (read_table(path), read_table(path).take(np.array([0, 1, 2]), ["x", "sort", "y"])):
        for name in table.column_names:
            assert categorical_values(table, name).to_pylist() == ["0.1", "1.7", "0.1"]


def test_missing_values_of_narrow_numbers_stay_missing() -> None:
    frame = pd.DataFrame({"x": np.array([0.1, -99.9], np.float32)})
    table = table_from_pandas(frame, texts=TextFormat(missing_values=("-99.9",)))
    assert categorical_values(table, "x").to_pylist() == ["0.1", None]
