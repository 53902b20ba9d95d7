"""Numbers with a unit beside them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.errors import DataError
from dltrain.table import numeric_values, read_table, table_from_pandas
from dltrain.table.units import without_units
from tests.tables import csv_table


def bare(cells: list[str | None], unit: str) -> list[str | None]:
    cells_without: list[str | None] = (
        without_units(pa.table({"x": pa.array(cells, pa.string())}), TextFormat(units=(("x", unit),)))
        .column("x")
        .to_pylist()
    )
    return cells_without


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        ("12 kg", "kg", "12"),
        ("12kg", "kg", "12"),
        (" -1.5 kg ", "kg", " -1.5"),
        ("12,5\u00a0%", "%", "12,5"),
        ("$1,234.50", "$", "1,234.50"),
        ("-$5", "$", "-5"),
        ("$-5", "$", "-5"),
        ("€ 5", "€", "5"),
        ("€.5", "€", ".5"),
        ("12", "kg", "12"),
        ("12 lb", "kg", "12 lb"),
        ("kg", "kg", "kg"),
        ("12 kg kg", "kg", "12 kg kg"),
        ("1.5 (m)", "(m)", "1.5"),
        ("12. kg", "kg", "12."),
        (None, "kg", None),
    ],
)
def test_the_unit_is_taken_away_beside_a_number(cell: str | None, unit: str, expected: str | None) -> None:
    assert bare([cell], unit) == [expected]


@given(st.floats(-1e9, 1e9), st.sampled_from(["%", "€", "kg", "$", "m²", "°C", "a+b"]), st.booleans())
def test_any_number_comes_out_as_it_went_in(number: float, unit: str, is_in_front: bool) -> None:
    text = f"{number:.3f}"
    assert bare([f"{unit}{text}" if is_in_front else f"{text} {unit}"], unit) == [text]


def test_other_columns_and_numbers_stay() -> None:
    columns = pa.table({"x": ["1 kg"], "y": [2.0], "z": ["1 kg"]})
    without = without_units(columns, TextFormat(units=(("z", "kg"), ("y", "kg"), ("w", "kg"))))
    assert without.to_pylist() == [{"x": "1 kg", "y": 2.0, "z": "1"}]


def test_a_text_that_means_missing_may_have_a_unit_too() -> None:
    texts = TextFormat(missing_values=("-999",), units=(("x", "kg"),))
    table = csv_table(b"x,y\n-999 kg,-999\n2 kg,3\n-999,4\n", texts=texts)
    assert table.columns.to_pydict() == {"x": [None, "2", None], "y": [None, "3", "4"]}


def test_every_kind_of_table_is_read_without_units(tmp_path: Path) -> None:
    texts = TextFormat(separator=";", numbers=NumberFormat(",", "."), units=(("x", "€"),))
    expected = [1234.5, 2.0]
    table = csv_table("x;y\n1.234,5 €;a\n2;b\n".encode(), texts=texts)
    np.testing.assert_array_equal(numeric_values(table, "x"), expected)
    frame = pd.DataFrame({"x": ["1.234,5 €", "2"]})
    np.testing.assert_array_equal(numeric_values(table_from_pandas(frame, texts=texts), "x"), expected)
    pq.write_table(pa.table({"x": ["1.234,5 €", "2"]}), tmp_path / "t.parquet")
    np.testing.assert_array_equal(numeric_values(read_table(tmp_path / "t.parquet", texts=texts), "x"), expected)


def test_cells_with_a_unit_that_nobody_named_get_the_key() -> None:
    table = csv_table(b"x\n1 kg\n2\n")
    with pytest.raises(DataError) as caught:
        numeric_values(table, "x")
    assert caught.value.hint == 'if these are numbers with a unit: data.unit_of: {x: "kg"}'


def test_the_unit_that_is_missing_is_named_beside_those_that_the_config_has() -> None:
    table = csv_table(b"a b,x\n1 m,1 kg\n2 m,3\n", texts=TextFormat(units=(("a b", "m"),)))
    with pytest.raises(DataError) as caught:
        numeric_values(table, "x")
    assert caught.value.hint == 'if these are numbers with a unit: data.unit_of: {a b: "m", x: "kg"}'
