from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.errors import DataError
from dltrain.table import (
    Table,
    boolean_values,
    categorical_values,
    mapped_values,
    numeric_values,
)
from dltrain.table.number_text import PLAIN
from tests import tables

GERMAN = NumberFormat(",", ".")


def csv_table(cells: list[str], *, numbers: NumberFormat = PLAIN) -> Table:
    rows = "\n".join(["x;y", *(f"{cell};" for cell in cells)]).encode()
    return tables.csv_table(rows, texts=TextFormat(separator=";", numbers=numbers))


def arrow_table(cells: list[Any], *, numbers: NumberFormat = PLAIN) -> Table:
    return Table(pa.table({"x": cells}), "t.parquet", texts=TextFormat(numbers=numbers))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (csv_table(["1", "", " -2.5 ", "007"]), [1, np.nan, -2.5, 7]),
        (csv_table(["", ""]), [np.nan, np.nan]),
        (arrow_table([1.0, None, float("nan")]), [1, np.nan, np.nan]),
        (arrow_table([True, False, None]), [1, 0, np.nan]),
    ],
)
def test_numbers_are_float64_with_nan_for_missing(table: Table, values: list[float]) -> None:
    numbers = numeric_values(table, "x")

    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, values)


def test_cells_that_are_no_numbers_are_named() -> None:
    with pytest.raises(DataError) as caught:
        numeric_values(csv_table(["1", "NA", "2"]), "x")
    assert str(caught.value) == (
        "t.csv:3: column 'x': expected a number, got 'NA'\n"
        'hint: if this means a missing value: data.missing_values: ["NA"]'
    )


def test_infinite_numbers_are_named() -> None:
    with pytest.raises(DataError, match=r"^t\.parquet: row 2: column 'x': expected a number, got -inf$"):
        numeric_values(arrow_table([1.0, float("-inf")]), "x")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (csv_table(["true", "FALSE", "", " True "]), [1, 0, np.nan, 1]),
        (csv_table(["1", "0", ""]), [1, 0, np.nan]),
        (csv_table(["1.0", " 0.0 ", "", "TRUE", "0"]), [1, 0, np.nan, 1, 0]),
        (arrow_table([True, False, None]), [1, 0, np.nan]),
        (arrow_table([1.0, 0.0, None]), [1, 0, np.nan]),
    ],
)
def test_booleans_are_one_and_zero_with_nan_for_missing(table: Table, values: list[float]) -> None:
    numbers = boolean_values(table, "x")

    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, values)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (csv_table(["true", "yes"]), "t.csv:3: column 'x': expected true or false, got 'yes'"),
        (csv_table(["1.0", "2.0"]), "t.csv:3: column 'x': expected true or false, got '2.0'"),
        (csv_table(["0", "1.000"], numbers=GERMAN), "t.csv:3: column 'x': expected true or false, got '1.000'"),
        (arrow_table([1.0, 2.0]), "t.parquet: row 2: column 'x': expected true or false, got 2.0"),
        (arrow_table([float("inf"), 1.0]), "t.parquet: row 1: column 'x': expected true or false, got inf"),
    ],
)
def test_other_cells_are_not_true_or_false(table: Table, message: str) -> None:
    with pytest.raises(DataError) as caught:
        boolean_values(table, "x")
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("table", "mapping", "values"),
    [
        (csv_table(["4.000", "2.500,5", "keine"], numbers=GERMAN), {"keine": 0}, [4000, 2500.5, 0]),
        (csv_table(["4.000", "1.000", "4"], numbers=GERMAN), {"4.000": 0}, [0, 1000, 4]),
        (csv_table(["True", "False", "unknown"]), {"True": 1, "False": 0, "unknown": 0.5}, [1, 0, 0.5]),
        (csv_table(["TRUE", " False "]), {"true": 2, "False": 3}, [2, 3]),
        (csv_table(["True", "true", "TRUE"]), {"true": 1, "True": 2}, [2, 1, 1]),
        (csv_table(["1.0", "9.0", "9", ""]), {"9.0": 0}, [1, 0, 0, np.nan]),
        (csv_table(["1.0", "9.0"]), {" 9": 0}, [1, 0]),
        (arrow_table([1.0, 9.0, None]), {"9.0": 0}, [1, 0, np.nan]),
        (arrow_table([True, False]), {"True": 2, "False": 3}, [2, 3]),
        (arrow_table([1.234, 9.0], numbers=GERMAN), {"9": 0}, [1.234, 0]),
        (arrow_table([0.5, 1.5, 1e-7], numbers=GERMAN), {"0,5": 50}, [50, 1.5, 1e-7]),
        (arrow_table([0.5, 1.5], numbers=GERMAN), {"0.5 ": 50, "2,5": 0}, [50, 1.5]),
        (arrow_table([0.5], numbers=GERMAN), {"0.5": 50, "0,5": 60}, [60]),
        (csv_table(["0,5", "1,5"], numbers=GERMAN), {"0,5": 50}, [50, 1.5]),
    ],
)
def test_mapped_texts_are_found_as_they_are_written_or_as_categories_are_spelled(
    table: Table, mapping: dict[str, float], values: list[float]
) -> None:
    np.testing.assert_array_equal(mapped_values(table, "x", mapping), values)


def test_a_text_that_is_not_mapped_is_named() -> None:
    with pytest.raises(DataError, match=r"^t\.csv:3: column 'x': expected a number or one of 'True', got 'False'"):
        mapped_values(csv_table(["True", "False"]), "x", {"True": 1})


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (csv_table(["1.000", "1", "1.0", "True"], numbers=GERMAN), ["1.000", "1", "1.0", "true"]),
        (csv_table(["1.0", "1,0"], numbers=NumberFormat(",")), ["1", "1,0"]),
        (csv_table(["b", "a", "", "b", " a"]), ["b", "a", None, "b", " a"]),
        (csv_table(["1.0", "1", "007", "TRUE"]), ["1", "1", "007", "true"]),
        (csv_table(["-2.00", "0.0", "1.10", "1.1"]), ["-2", "0", "1.10", "1.1"]),
        (csv_table(["True", "no"]), ["true", "no"]),
        (csv_table(["12345678901234567890", "12345678901234567891"]), ["12345678901234567890", "12345678901234567891"]),
        (csv_table(["", ""]), [None, None]),
        (arrow_table([1.0, 1.5, None, 0.0, -0.0, 1e20]), ["1", "1.5", None, "0", "0", "100000000000000000000"]),
        (arrow_table([True, None, False]), ["true", None, "false"]),
        (Table(pa.table({"x": pa.chunked_array([["a"], ["b", "a"]])}), "t"), ["a", "b", "a"]),
    ],
)
def test_categories_are_text_as_it_stands_or_numbers_in_their_shortest_form(
    table: Table, values: list[str | None]
) -> None:
    categories = categorical_values(table, "x")

    assert categories.type == pa.dictionary(pa.int32(), pa.string())
    assert categories.to_pylist() == values
    assert len(set(categories.dictionary.to_pylist())) == len(categories.dictionary)


@pytest.mark.parametrize("cells", [["1", "2", None], ["1", "2", None, "other"], ["true", "false", None]])
def test_a_category_is_spelled_alike_whatever_else_stands_in_its_file(cells: list[str | None]) -> None:
    as_pandas_writes = {"1": "1.0", "2": "2.0", "true": "True", "false": "False", None: ""}
    written = csv_table([as_pandas_writes.get(cell, cell or "") for cell in cells])

    assert categorical_values(written, "x").to_pylist() == cells


@pytest.mark.parametrize(
    ("known", "spelled"),
    [
        ((), ["0,5", "2", "1,25"]),
        (("0.5", "1,25", "1.25"), ["0.5", "2", "1,25"]),
    ],
)
def test_numbers_have_a_decimal_comma_where_texts_do_unless_they_are_known_with_a_point(
    known: tuple[str, ...], spelled: list[str]
) -> None:
    numbers, texts = [0.5, 2.0, 1.25], ["0,5", "2", "1,25"]
    assert categorical_values(arrow_table(numbers, numbers=GERMAN), "x", known=known).to_pylist() == spelled
    # Texts say themselves how they are spelled, and without a comma there is one spelling.
    assert categorical_values(csv_table(texts, numbers=GERMAN), "x", known=known).to_pylist() == texts
    assert categorical_values(arrow_table(numbers), "x", known=known).to_pylist() == ["0.5", "2", "1.25"]


@pytest.mark.parametrize("values", [numeric_values, boolean_values, categorical_values])
def test_dates_are_refused(values: Any) -> None:
    with pytest.raises(DataError, match="column 'x': expected text, numbers or booleans, got the type date32"):
        values(Table(pa.table({"x": pa.array([0], pa.date32())}), "t.parquet"), "x")
