import pyarrow as pa
import pytest

from dltrain.errors import DataError
from dltrain.table import Table
from dltrain.table.table import MIXED_CELLS, check_column_names


def test_a_table_knows_its_size_and_names() -> None:
    table = Table(pa.table({"age": [1.0, 2.0, None], "city": ["a", "b", None]}), "data.csv")

    assert (table.n_rows, table.column_names) == (3, ["age", "city"])


def test_an_unknown_column_is_answered_with_the_similar_one() -> None:
    table = Table(pa.table({"age": [1.0], "city": ["a"]}), "data.csv")

    with pytest.raises(DataError) as caught:
        table.column("citty")

    assert str(caught.value) == (
        "data.csv: there is no column 'citty', the columns are 'age', 'city'\nhint: did you mean 'city'?"
    )


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pa.array([[1], [2]]), "the type list<item: int64>"),
        (pa.array([{"x": 1}]), "the type struct<x: int64>"),
        (pa.array([b"x"]), "the type binary"),
    ],
)
def test_columns_without_single_values_are_refused_when_used(column: pa.Array, found: str) -> None:
    table = Table(pa.table({"x": column}), "data.parquet")

    with pytest.raises(DataError) as caught:
        table.column("x")

    expected = "expected text, numbers, booleans, dates or durations"
    assert caught.value.message == f"data.parquet: column 'x': {expected}, got {found}"
    assert "`data.drop: [x]`" in str(caught.value.hint)
    assert caught.value.table_hint == "convert the column to text or numbers"


def test_dates_can_be_carried_along_but_not_computed_with() -> None:
    table = Table(pa.table({"day": pa.array([0], pa.date32())}), "data.parquet")

    assert table.column("day").type == pa.date32()
    with pytest.raises(DataError, match=r"got the type date32\[day\]"):
        table.value_column("day")


def test_the_note_on_mixed_cells_is_shown() -> None:
    field = pa.field("x", pa.null(), metadata={MIXED_CELLS: "objects of the types 'int', 'str'"})
    table = Table(pa.table([pa.nulls(1)], schema=pa.schema([field])), "DataFrame")

    with pytest.raises(DataError, match=r"expected cells of one type .*, got objects of the types 'int', 'str'"):
        table.column("x")


@pytest.mark.parametrize(
    ("names", "message", "hint"),
    [
        (["a", "", "c", ""], "every column needs a name, got an empty one for column 2, 4", None),
        (["", "a"], "every column needs a name, got an empty one for column 1", None),
        (
            ["a", "b", "a", "b", "c"],
            "column names must differ, got more than once: 'a', 'b'",
            "give columns 1, 3 different",
        ),
        (["5.1", "3.5", "5.1"], "column names must differ, got more than once: '5.1'", "no header"),
    ],
)
def test_columns_without_a_name_of_their_own_are_refused(names: list[str], message: str, hint: str | None) -> None:
    with pytest.raises(DataError) as caught:
        check_column_names(names, where="data.csv:1")

    assert caught.value.message == f"data.csv:1: {message}"
    assert caught.value.hint is None if hint is None else hint in str(caught.value.hint)


def test_numbers_may_be_column_names_when_they_differ() -> None:
    check_column_names(["0", "1", "2"], where="data.csv:1")
