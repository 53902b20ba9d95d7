import csv
import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.table import CsvWriter, numeric_values
from dltrain.table.spaces import without_spaces
from tests.tables import csv_table


def written(columns: dict[str, Any], **options: Any) -> str:
    destination = io.BytesIO()
    CsvWriter(destination, **options).write(pa.table(columns))
    return destination.getvalue().decode()


def test_only_cells_that_need_quotes_get_them() -> None:
    text = written({"id,": ["x", "a,b", 'q"r', "l\nm", "c\rd", " s ", "=1", "é"], "n": list(range(8))})

    assert text == '"id,",n\nx,0\n"a,b",1\n"q""r",2\n"l\nm",3\n"c\rd",4\n s ,5\n=1,6\né,7\n'


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array([1.0, 1e5, 0.1, 1e300, -2.5e-7]), ["1", "100000", "0.1", "1e+300", "-2.5e-7"]),
        (pa.array([123456789012345.0, -(2.0**52)]), ["123456789012345", "-4503599627370496"]),
        (pa.array([None, float("nan"), 1.5]), ["", "", "1.5"]),
        (pa.array([0.1, 16777216], pa.float32()), ["0.1", "16777216"]),
        (pa.array([0.5], pa.float16()), ["0.5"]),
        (pa.array([True, False, None]), ["true", "false", ""]),
        (pa.array([2**60, None]), [str(2**60), ""]),
        (pa.array(["", None, "a"]), ['""', "", "a"]),
        (pa.array(["a", "b", None, "a"]).dictionary_encode(), ["a", "b", "", "a"]),
        (pa.array(["a,b", "", "x", "x"]).dictionary_encode(), ['"a,b"', '""', "x", "x"]),
        (pa.DictionaryArray.from_arrays([0, 1, None], pa.array([None, 'q"r'])), ["", '"q""r"', ""]),
        (pa.array([0.5, 2.0]).dictionary_encode(), ["0.5", "2"]),
        (pa.array([1.0, 2.0, None]), ["1", "2", ""]),
        (pa.array([None, None], pa.float64()), ["", ""]),
        (pa.array(["a,b", "x", ""]).slice(1), ["x", '""']),
        (pa.array([None, None], pa.string()), ["", ""]),
        (pa.array([0], pa.date32()), ["1970-01-01"]),
    ],
)
def test_every_type_has_its_text(column: pa.Array, cells: list[str]) -> None:
    assert written({"x": column, "y": [0] * len(column)}) == "x,y\n" + "".join(f"{cell},0\n" for cell in cells)


def test_a_missing_cell_of_a_single_column_is_no_blank_line() -> None:
    text = written({"x": ["a", None, "", "b"]})

    assert text == 'x\na\n""\n""\nb\n'
    assert csv_table(text.encode()).columns.to_pydict() == {"x": ["a", None, None, "b"]}


def test_a_table_without_rows_is_a_header() -> None:
    assert written({"x": pa.array([], pa.float64()), "y": pa.array([], pa.string())}) == "x,y\n"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_read_back_exactly(values: list[float]) -> None:
    table = csv_table(written({"x": values, "y": ["a"] * len(values)}).encode())

    np.testing.assert_array_equal(numeric_values(table, "x"), values)


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_decimal_comma_stands_in_quotes_where_cells_are_divided_by_commas(separator: str) -> None:
    columns = {"x": pa.array([0.5, None, 2.0, -1.5e-7]), "y": ["a.b"] * 4}
    comma = '"{}"' if separator == "," else "{}"
    rows = [(comma.format("0,5"), "a.b"), ("", "a.b"), ("2", "a.b"), (comma.format("-1,5e-7"), "a.b")]
    lines = "".join(f"{separator.join(row)}\n" for row in [("x", "y"), *rows])
    assert written(columns, separator=separator, decimal=",") == lines


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1))
def test_text_reads_back_exactly_here_and_elsewhere(texts: list[str]) -> None:
    text = written({"x": texts, "y": [1] * len(texts)})

    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""), strict=True)] == ["x", *texts]
    table = csv_table(text.encode())
    assert table.columns.column("x").to_pylist() == [cell or None for cell in texts]


def test_pandas_reads_the_same_numbers() -> None:
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)

    frame = pd.read_csv(io.StringIO(written({"x": values})), dtype=np.float32)

    np.testing.assert_array_equal(frame["x"], values)


def test_rows_keep_their_order_across_batches() -> None:
    values = pa.chunked_array([list(range(100_000)), list(range(100_000, 150_000))])

    assert written({"x": values, "y": values}) == "x,y\n" + "".join(f"{i},{i}\n" for i in range(150_000))


def test_rows_written_bit_by_bit_stand_below_one_header() -> None:
    columns = pa.table({"x": ["a", "b", 'q"'], "y": [1.5, 2.0, None]})
    destination = io.BytesIO()
    writer = CsvWriter(destination)

    for row in range(3):
        writer.write(columns.slice(row, 1))

    assert destination.getvalue() == b'x,y\na,1.5\nb,2\n"q""",\n'


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=3) | st.sampled_from(',"\r\n')))
def test_a_dictionary_is_written_like_its_texts(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.string())

    assert written({"x": column.dictionary_encode(), "y": column}) == written({"x": column, "y": column})


@given(st.lists(st.text(alphabet='a;,|\t"\n 1', max_size=4), min_size=1), st.sampled_from([";", "\t", "|"]))
def test_another_separator_is_read_back(cells: list[str], separator: str) -> None:
    text = written({"id": ["x"] * len(cells), "cell": cells}, separator=separator)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    assert rows == [["id", "cell"], *(["x", cell] for cell in cells)]


def test_spaces_may_divide_cells() -> None:
    texts = ["a", " a", "a\t", "\tb c ", "x  y", None, "", 'q" ', " \n ", "é"]
    columns = {"the text": texts, "n": [None, *range(9)]}
    text = without_spaces(written(columns, separator=" ").encode(), " ").decode()
    found = list(csv.reader(io.StringIO(text, newline=""), delimiter=" "))
    rows = zip(*columns.values(), strict=True)
    assert found == [
        ["the text", "n"],
        *([name or "", "" if number is None else str(number)] for name, number in rows),
    ]
