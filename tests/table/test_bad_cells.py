import numpy as np
import pyarrow as pa
import pytest

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.table import Table
from dltrain.table.bad_cells import bad_cells_error, is_missing_marker
from tests.tables import csv_table


def message_and_hint(cells: list[str]) -> tuple[str, str | None]:
    table = csv_table("\n".join(["age", *cells]).encode())
    error = bad_cells_error(table, "age", np.ones(len(cells), np.bool_), expected="a number")
    return error.message, error.hint


def test_at_most_five_cells_are_named_with_their_lines() -> None:
    message, _ = message_and_hint(["a", "b", "c", "d", "e", "f", "g"])

    assert message == (
        "t.csv:2: column 'age': expected a number, got 'a'\n"
        "t.csv:3: column 'age': expected a number, got 'b'\n"
        "t.csv:4: column 'age': expected a number, got 'c'\n"
        "t.csv:5: column 'age': expected a number, got 'd'\n"
        "t.csv:6: column 'age': expected a number, got 'e'\n"
        "and 2 more of 7 cells"
    )


@pytest.mark.parametrize(
    ("cell", "shown"), [("x" * 41, "'" + "x" * 40 + "…'"), ("a\tb", r"'a\tb'"), ("it's", '"it\'s"')]
)
def test_long_and_odd_cells_are_shown_in_one_short_line(cell: str, shown: str) -> None:
    assert message_and_hint([cell])[0] == f"t.csv:2: column 'age': expected a number, got {shown}"


@pytest.mark.parametrize(
    ("cells", "hint"),
    [
        (["NA", "?", "NA"], 'if this means a missing value: data.missing_values: ["NA", "?"]'),
        ([" "], 'if this means a missing value: data.missing_values: [" "]'),
        (
            ["NA", "abc"],
            'if these mean missing values: data.missing_values: ["NA", "abc"]; if the column holds names rather than '
            "numbers: preprocessing.columns.age.kind: categorical",
        ),
        (["a\u00a0b"], "if the column holds names rather than numbers: preprocessing.columns.age.kind: categorical"),
        (["a1", "b"], "if the column holds names rather than numbers: preprocessing.columns.age.kind: categorical"),
        (list("abcdef"), "if the column holds names rather than numbers: preprocessing.columns.age.kind: categorical"),
        (['"3,5"'], 'if the comma stands before the fraction: data.decimal: ","'),
        (['"1,234,567.8"'], 'if the thousands are set apart in these numbers: data.thousands: ","'),
        (["1 234"], 'if the thousands are set apart in these numbers: data.thousands: " "'),
        (["1’234"], 'if the thousands are set apart in these numbers: data.thousands: "\'"'),
        (['"1.234,5"'], 'if the points stand between thousands: data.decimal: "," and data.thousands: "."'),
        (["1.234.567"], 'if the points stand between thousands: data.decimal: "," and data.thousands: "."'),
    ],
)
def test_the_hint_follows_from_what_the_cells_look_like(cells: list[str], hint: str) -> None:
    assert message_and_hint(cells)[1] == hint


def test_one_decimal_comma_among_points_does_not_change_the_format_of_all() -> None:
    error = bad_cells_error(
        csv_table(b'age\n"4,7"\n4.5\n3\n'), "age", np.array([True, False, False]), expected="a number"
    )
    assert error.hint == "write them as the other numbers are written"


def test_words_are_no_numbers_in_another_format() -> None:
    texts = TextFormat(separator=";", numbers=NumberFormat(",", "."), missing_values=("?",))
    table = csv_table(b"age\n1,5\nold\n", texts=texts)
    error = bad_cells_error(table, "age", np.array([False, True]), expected="a number")
    assert error.hint == (
        'if this means a missing value: data.missing_values: ["?", "old"]; if the column holds names rather than '
        "numbers: preprocessing.columns.age.kind: categorical"
    )


def test_numbers_that_the_declared_format_does_not_read_name_it() -> None:
    texts = TextFormat(separator=";", numbers=NumberFormat(",", "."))
    table = csv_table(b"age\n1,5\n2.5\n", texts=texts)
    error = bad_cells_error(table, "age", np.array([False, True]), expected="a number")
    assert str(error).splitlines() == [
        "t.csv:3: column 'age': expected a number, got '2.5'",
        "hint: data.decimal and data.thousands say that numbers have a decimal comma and thousands as 1.000",
    ]


def test_cells_that_are_no_text_have_a_row_and_no_hint() -> None:
    table = Table(pa.table({"x": [1.0, float("inf")]}), "t.parquet")

    error = bad_cells_error(table, "x", np.array([False, True]), expected="a number")

    assert str(error) == "t.parquet: row 2: column 'x': expected a number, got inf"


def test_usual_missing_markers_are_known_in_any_case() -> None:
    markers = ["NA", "n/a", "N.A.", "NaN", "NULL", "None", "?", "-", "---", "—", "..", ":", " ", "", "#DIV/0!"]
    others = ["0", "nano", "x", "*", "+", "-1", ".5"]

    is_marker = is_missing_marker(pa.chunked_array([[*markers, *others]])).to_pylist()
    assert is_marker == [True] * len(markers) + [False] * len(others)
