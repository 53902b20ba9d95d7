import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import DataError
from dltrain.table import Table, infer_kind, kinds, read_table
from tests.tables import csv_table

TWENTY = [str(number) for number in range(20)]


def table_of(cells: list[str]) -> Table:
    return csv_table("\n".join(["x,y", *(f"{cell}," for cell in cells)]).encode())


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["true", "False", "", "TRUE"], "boolean"),
        (["true", "false", "maybe"], "categorical"),
        (["0", "1", "1"], "numeric"),
        (["1.5", "", "-2e3", " 7 "], "numeric"),
        (["0.5", "0", "-0.1"], "numeric"),
        (["9" * 70], "numeric"),
        (["007", "12"], "categorical"),
        (["0x10", "16"], "categorical"),
        (["EU", "NA", "US"], "categorical"),
        (["NA", "NA"], "categorical"),
        (["1", "2", "NA"], "categorical"),
        (["1", "2", "3", "3+"] * 5, "categorical"),
        ([*TWENTY, "a", "b", "c"], "categorical"),
        ([*TWENTY, "01234", "K1A 0B1"], "categorical"),
        (["2024-01-01", "", " 2024-01-02T12:00Z"], "datetime"),
        (["2024-01-01", "2023-02-30"], "categorical"),
        (["2024-01", "2024-02"], "categorical"),
        (["2024", "2023"], "numeric"),
        (["20240101", "20240102"], "numeric"),
        (["01.01.2024", "02.01.2024"], "categorical"),
        ([*(f"2024-01-{day}" for day in range(10, 20)), "?", "a", "b"], "categorical"),
        (["inf", "1"], "categorical"),
    ],
)
def test_the_kind_follows_from_all_cells(cells: list[str], kind: Kind) -> None:
    assert infer_kind(table_of(cells), "x") == kind


def test_nearly_dates_are_an_error() -> None:
    days = [f"2024-01-{day}" for day in range(10, 31)]
    with pytest.raises(DataError) as caught:
        infer_kind(table_of([*days, "2023-02-30", "soon"]), "x")
    assert caught.value.message.splitlines() == [
        "t.csv:23: column 'x': expected a date as 2024-01-31 or 2024-01-31T12:00:00, got '2023-02-30'",
        "t.csv:24: column 'x': expected a date as 2024-01-31 or 2024-01-31T12:00:00, got 'soon'",
    ]
    assert "preprocessing.columns.x.format" in str(caught.value.hint)


def test_dates_behind_many_words_are_found() -> None:
    days = [f"{np.datetime64('1980-01-01') + day}" for day in range(15_000)]
    with pytest.raises(DataError, match=r"t.csv:2: column 'x': expected a date .*, got 'open'"):
        infer_kind(table_of([*["open"] * 1_500, *days]), "x")


@pytest.mark.parametrize(
    ("cells", "line", "bad"),
    [
        ([*TWENTY, "abc"], 22, "'abc'"),
        ([*TWENTY, "abc", "def"], 22, "'abc'"),
        ([*TWENTY, "1e999"], 22, "'1e999'"),
        ([*TWENTY, "inf"], 22, "'inf'"),
        # However many they are, markers of missing values do not make categories of numbers.
        ([*["NA"] * 20, *TWENTY], 2, "'NA'"),
        ([*TWENTY, " "], 22, "' '"),
    ],
)
def test_nearly_numeric_columns_are_an_error(cells: list[str], line: int, bad: str) -> None:
    with pytest.raises(DataError) as caught:
        infer_kind(table_of(cells), "x")
    assert caught.value.message.startswith(f"t.csv:{line}: column 'x': expected a number, got {bad}")


def test_a_type_that_changes_in_the_last_line_is_noticed() -> None:
    with pytest.raises(DataError, match=r"t\.csv:100001: column 'x': expected a number, got 'x'"):
        infer_kind(table_of([str(number) for number in range(99_999)] + ["x"]), "x")


@pytest.mark.parametrize(
    "table",
    [
        table_of(["1", "2"]),
        Table(pa.table({"y": pa.array([None], pa.float64())}), "t.csv"),
        Table(pa.table({"y": pa.array([None], pa.bool_())}), "t.csv"),
    ],
)
def test_a_column_without_values_has_no_kind(table: Table) -> None:
    with pytest.raises(DataError) as caught:
        infer_kind(table, "y")
    assert str(caught.value) == (
        "t.csv: column 'y': expected values, every cell is missing\nhint: leave the column out: data.drop: [y]"
    )


def test_rows_without_a_value_say_nothing_about_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_ROWS_AT_ONCE", 2)

    assert infer_kind(table_of(["true", "", "", "", "", "false"]), "x") == "boolean"
    assert infer_kind(table_of(["true", "", "", "", "", "maybe"]), "x") == "categorical"


def test_arrow_types_decide_where_there_are_some() -> None:
    table = Table(pa.table({"b": [True, None], "f": [1.0, None], "s": ["1", "x"]}), "t.parquet")

    assert [infer_kind(table, name) for name in "bfs"] == ["boolean", "numeric", "categorical"]


def test_kinds_of_a_real_table() -> None:
    table = read_table(Path(__file__).parents[2] / "data" / "penguins.csv")

    found = {name: infer_kind(table, name) for name in table.column_names}

    assert [name for name, kind in found.items() if kind != "numeric"] == ["species", "island", "sex"]


MARKERS = ["", "-", "--", ".", "?", "n/a", "na", "nan", "<na>", "nil", "none", "null", "missing"]
MARKERS += ["#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"]


def kind_by_definition(cells: list[str | None]) -> Kind | None:
    """The reference: cell by cell; None means that the column is refused."""
    present = [cell.strip(" \t") for cell in cells if cell is not None]
    is_number = [re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", cell) is not None for cell in present]
    if not present:
        return None
    if all(cell.lower() in ("true", "false") for cell in present):
        return "boolean"
    if any(re.match("[+-]?0[0-9]", cell) for cell in present):
        return "categorical"
    if all(is_number):
        return "numeric"
    meant = [number for number, cell in zip(is_number, present, strict=True) if number or cell.lower() not in MARKERS]
    is_nearly_numeric = sum(meant) >= 0.9 * len(meant)
    return None if is_nearly_numeric and len({cell for cell in cells if cell is not None}) > 10 else "categorical"


@given(
    st.lists(
        st.none()
        | st.integers(-9, 99).map(str)
        | st.sampled_from(["true", "FALSE ", "NA", "null", " ?", "a", "b c", "007", "-0.5", "0", " 7\t", "."])
        | st.just("7"),
        max_size=40,
    ),
    st.integers(0, 9),
)
def test_kinds_are_those_of_the_definition(cells: list[str | None], split: int) -> None:
    for some in (cells, [cell for cell in cells if cell in (None, "true", "FALSE ", "7")], [*TWENTY, *cells]):
        column = pa.chunked_array([pa.array(some[:split], pa.string()), pa.array(some[split:], pa.string())])
        table = Table(pa.table({"x": column}), "t.csv")
        expected = kind_by_definition(some)
        if expected is None:
            with pytest.raises(DataError):
                infer_kind(table, "x")
        else:
            assert infer_kind(table, "x") == expected
