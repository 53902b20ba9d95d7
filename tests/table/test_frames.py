import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table import infer_kind, numeric_values, table_from_pandas

EACH = "[str(name) for name in frame.columns]"
LEVEL = "frame.columns.get_level_values({})"
JOINED = "['_'.join(map(str, name)) for name in frame.columns]"


def levels(*names: tuple[Any, ...]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(names)


def each(columns: Any) -> list[str]:
    return [str(name) for name in columns]


def level(number: int) -> Callable[[Any], Any]:
    return lambda columns: columns.get_level_values(number)


def joined(columns: Any) -> list[str]:
    return ["_".join(map(str, name)) for name in columns]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 2, 3], pa.array([1.0, 2.0, 3.0])),
        ([1, 2.5, None], pa.array([1.0, 2.5, None])),
        ([0.5, np.nan, np.inf], pa.array([0.5, None, np.inf])),
        ([2**53 + 1, 1, 2], pa.array(["9007199254740993", "1", "2"])),
        (["a", None, ""], pa.array(["a", None, None])),
        (["a", np.nan, "NA"], pa.array(["a", None, None])),
        ([True, False, None], pa.array([True, False, None])),
        ([None, None, None], pa.array([None, None, None], pa.string())),
        (pd.array([1, None, 3], dtype="Int64"), pa.array([1.0, None, 3.0])),
        (pd.array([1.5, None, 3], dtype="Float64"), pa.array([1.5, None, 3.0])),
        (pd.array([True, None, False], dtype="boolean"), pa.array([True, None, False])),
        (pd.array(["a", None, "b"], dtype="string[pyarrow]"), pa.array(["a", None, "b"])),
        (pd.Categorical(["x", None, "y"]), pa.array(["x", None, "y"])),
        (pd.Categorical([3, None, 4]), pa.array([3.0, None, 4.0])),
        (pd.arrays.SparseArray([0, 1, 0]), pa.array([0.0, 1.0, 0.0])),
    ],
)
def test_every_usual_kind_of_column_is_read(cells: Any, expected: pa.Array) -> None:
    frame = pd.DataFrame({"x": cells}, index=[7, 7, 9])

    column = table_from_pandas(frame, texts=TextFormat(("NA",))).columns.column("x")

    assert column.type == expected.type
    assert column.to_pylist() == expected.to_pylist()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([1, "a"], "objects of the types 'int', 'str'"),
        ([1, True], "objects of the types 'int', 'bool'"),
        ([object(), None], "objects of the types 'object', 'NoneType'"),
        ([1j, 2j], "objects of the types 'complex'"),
        ([2**70, 1], "objects of the types 'int'"),
        ([datetime.time(12, 30), None], "the type time64"),
        ([[1], [2]], "the type list"),
        ([b"x", b"y"], "the type binary"),
        (pd.period_range("2024", periods=2), "the type extension<pandas.period"),
    ],
)
def test_other_columns_are_refused_only_when_they_are_used(cells: Any, found: str) -> None:
    table = table_from_pandas(pd.DataFrame({"x": cells, "y": [1, 2]}))

    assert numeric_values(table, "y").tolist() == [1, 2]
    with pytest.raises(DataError) as caught:
        infer_kind(table, "x")
    assert caught.value.message.startswith("DataFrame: column 'x': expected ")
    assert f", got {found}" in caught.value.message
    assert "data." not in str(caught.value.hint)


@pytest.mark.parametrize("name", ["Contract", "it's", 'a "b"', "two\nlines", "data.drop"])
def test_mixed_cells_can_be_made_text_as_the_hint_says(name: str) -> None:
    frame = pd.DataFrame({name: [1, "a", None, np.nan, True, 2.5, Decimal("0.5")]})
    with pytest.raises(DataError) as caught:
        table_from_pandas(frame).column(name)

    assert caught.value.hint == f"frame[{name!r}] = frame[{name!r}].map(str, na_action='ignore')"
    frame[name] = frame[name].map(str, na_action="ignore")

    expected = ["1", "a", None, None, "True", "2.5", "0.5"]
    assert table_from_pandas(frame).column(name).to_pylist() == expected


@pytest.mark.parametrize(
    "cells",
    [pd.period_range("2024-01", periods=2, freq="M"), pd.interval_range(0, 2), pd.cut([1, 2], [0, 1, 2])],
    ids=["period", "interval", "cut"],
)
def test_periods_and_intervals_can_be_made_text_as_the_hint_says(cells: Any) -> None:
    frame = pd.DataFrame({"x": cells})
    with pytest.raises(DataError) as caught:
        table_from_pandas(frame).column("x")

    assert caught.value.hint == "frame['x'] = frame['x'].map(str, na_action='ignore')"
    frame["x"] = frame["x"].map(str, na_action="ignore")

    assert table_from_pandas(frame).column("x").to_pylist() == [str(cell) for cell in cells]


@pytest.mark.parametrize("cells", [[b"x", 1], [object(), "a"], [[1], [2]]])
def test_cells_without_a_text_are_not_made_text(cells: Any) -> None:
    with pytest.raises(DataError) as caught:
        table_from_pandas(pd.DataFrame({"x": cells})).column("x")
    assert caught.value.hint == "convert the column to text or numbers"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame([[1, 2]]), "DataFrame: column names must be strings, got '0', '1'"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "DataFrame: column names must differ, got more than once: 'a'"),
        (
            pd.DataFrame([[1, 2]], columns=["a", ""]),
            "DataFrame: every column needs a name, got an empty one for column 2",
        ),
        (pd.DataFrame({"a": []}), "DataFrame: expected rows, got none"),
        (pd.DataFrame(index=[1, 2]), "DataFrame: expected columns and rows, got none"),
    ],
)
def test_frames_that_are_no_tables_are_an_error(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(DataError) as caught:
        table_from_pandas(frame)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("columns", "hint", "made", "expected"),
    [
        (pd.Index([0, 1]), EACH, each, ["0", "1"]),
        (levels(("mean", "age"), ("mean", "fare")), LEVEL.format(-1), level(-1), ["age", "fare"]),
        (levels(("age", ""), ("fare", "")), LEVEL.format(-2), level(-2), ["age", "fare"]),
        (levels(("age", 2023), ("fare", 2024)), LEVEL.format(-2), level(-2), ["age", "fare"]),
        (levels(("age", "min"), ("age", "max")), LEVEL.format(-1), level(-1), ["min", "max"]),
        (levels(("age", "min"), ("age", 5)), JOINED, joined, ["age_min", "age_5"]),
    ],
)
def test_other_column_names_become_strings_as_the_hint_says(
    columns: Any, hint: str, made: Callable[[Any], Any], expected: list[str]
) -> None:
    frame = pd.DataFrame([range(len(expected))], columns=columns)
    with pytest.raises(DataError) as caught:
        table_from_pandas(frame)

    assert caught.value.hint == f"frame.columns = {hint}"
    frame.columns = made(frame.columns)
    assert table_from_pandas(frame).column_names == expected


def test_bad_cells_are_named_by_row() -> None:
    table = table_from_pandas(pd.DataFrame({"x": ["1", "x"]}))

    with pytest.raises(DataError, match=r"^DataFrame: row 2: column 'x': expected a number, got 'x'"):
        numeric_values(table, "x")
