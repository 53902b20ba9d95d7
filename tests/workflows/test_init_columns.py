"""Which columns a written config uses, leaves out, and how."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from dltrain.errors import DataError
from dltrain.workflows.init import init
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, columns_of, read_back, starter_of

DECISIONS: list[tuple[str, Any, str, str]] = [
    ("id", [f"P{n:04d}" for n in range(N_ROWS)], "id", "all 600 values are different"),
    ("number_id", list(range(7, 7 + N_ROWS)), "id", "all 600 whole numbers from 7 to 606 are different"),
    ("prediction", [f"P{n:04d}" for n in range(N_ROWS)], "drop", "all 600 values are different"),
    ("constant", ["same"] * N_ROWS, "drop", "every cell is 'same'"),
    ("empty", [None] * N_ROWS, "drop", "expected values, every cell is missing"),
    ("a_again", columns_of()["a"], "drop", "all 600 cells are those of 'a'"),
    ("text", [f"this is the text of row {n}" for n in range(N_ROWS)], "drop", "free text"),
    ("leak", [cell + "!" for cell in columns_of()["y"]], "drop", "gives the target away"),
    ("date", [f"0{n % 9 + 1}/0{n % 8 + 1}/{n % 30 + 2000}" for n in range(N_ROWS)], "drop", "different dates"),
    ("comma", [f'"{n},{n % 7}5"' for n in range(N_ROWS)], "drop", "numbers with decimal commas"),
    ("units", [f"{n} {'kg' if n % 2 else 'lb'}" for n in range(N_ROWS)], "drop", "numbers with a unit"),
]


@pytest.mark.parametrize(("name", "cells", "role", "reason"), DECISIONS, ids=[case[0] for case in DECISIONS])
def test_a_column_that_is_no_feature_is_left_out_with_its_reason(
    tmp_path: Path, name: str, cells: list[Any], role: str, reason: str
) -> None:
    column: dict[str, Any] = {name: cells}
    starter = starter_of(tmp_path, **column)
    assert starter.content["data"][role] == [name]
    assert reason in starter.reasons["data", role, 0]
    assert starter.report.exit_code == 0
    assert str(tmp_path) not in starter.reasons["data", role, 0]
    comments = "".join(line.strip(" #") + " " for line in starter.text(tmp_path, name="").splitlines() if "# " in line)
    assert reason in comments


def test_a_clean_table_loses_no_column(tmp_path: Path) -> None:
    starter = starter_of(tmp_path)
    assert set(starter.content["data"]) == {"path", "target", "task", "positive"}
    assert starter.topics == {}
    assert set(starter.content) == {"data", "split", "model", "training"}
    assert starter.summary.config.data.features == ("a", "b")


def test_row_numbers_without_a_name_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pd.DataFrame(columns_of()).to_csv(path)
    starter = init(path, "y")
    assert starter.content["data"]["drop"] == ["Unnamed: 0"]
    assert starter.summary.config.data.features == ("a", "b")


def test_numeric_codes_become_categories(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, region_code=[n % 7 for n in range(N_ROWS)])
    assert starter.content["preprocessing"] == {"columns": {"region_code": {"kind": "categorical"}}}
    assert starter.remarks == ()


def test_texts_that_are_all_rare_are_left_out(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, address=[f"{n % (N_ROWS // 2 - 1)} Main Street" for n in range(N_ROWS)])
    assert starter.content["data"]["drop"] == ["address"]


def test_texts_that_the_config_gives_a_meaning_are_not_read_as_missing(tmp_path: Path) -> None:
    dose = ["none" if n % 40 == 3 else f"{n % 97}.5" for n in range(N_ROWS)]
    size = [("none", "low", "high")[n % 3] for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", {**columns_of(), "dose": dose, "amount": dose, "size": size})
    for override, left_out in (
        ("preprocessing.columns.size.order=[none,low,high]", ["dose", "amount"]),
        ("preprocessing.columns.dose.map={none: 0}", ["amount"]),
    ):
        starter = init(table, "y", [override])
        assert starter.content["data"]["drop"] == left_out
        assert "missing_values" not in starter.content["data"]
        assert read_back(starter, tmp_path).preprocessing.columns
    pressure = ["-999" if n % 30 == 3 else f"{900 + n % 97}" for n in range(N_ROWS)]
    grade = [("-999", "1", "2")[n % 3] for n in range(N_ROWS)]
    table = write_table(tmp_path / "far.csv", {**columns_of(), "pressure": pressure, "grade": grade})
    starter = init(table, "y", ["preprocessing.columns.grade.order=['-999','1','2']"])
    assert "missing_values" not in starter.content["data"]
    assert starter.warnings[0].startswith("pressure: ")
    assert "would make the cells of 'grade' of that text missing too" in starter.warnings[0]


def test_rare_texts_share_an_input(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n_rows = 3_000
    columns = {
        "a": rng.normal(size=n_rows).round(3).tolist(),
        "name": [f"n{n // 5}" if n % 2 else "n0" for n in rng.integers(0, 3_500, n_rows)],
        "y": rng.choice(["yes", "no"], n_rows).tolist(),
    }
    starter = init(write_table(tmp_path / "table.csv", columns), "y")
    assert starter.content["preprocessing"]["columns"] == {"name": {"min_count": 10}}
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_a_parquet_table_with_times_and_lists_is_mended(tmp_path: Path) -> None:
    columns = columns_of()
    days = np.arange(N_ROWS).astype("datetime64[D]").astype("datetime64[ms]")
    table = pa.table({**columns, "when": days, "tags": [["x"]] * N_ROWS})
    pq.write_table(table, tmp_path / "table.parquet")
    starter = init(tmp_path / "table.parquet", "y")
    assert set(starter.content["data"]["drop"]) == {"tags"}
    assert "when" in (starter.summary.config.data.features or ())


def test_a_column_that_is_named_as_a_feature_is_one(tmp_path: Path) -> None:
    columns = columns_of(same=[1] * N_ROWS, name=[f"n{n}" for n in range(N_ROWS)])
    table = write_table(tmp_path / "table.csv", columns)
    by_options = init(table, "y", ["preprocessing.columns.name.kind=categorical"])
    assert "id" not in by_options.content["data"]
    assert by_options.content["data"]["drop"] == ["same"]
    assert init(table, "y", ["data.drop=[]"]).content["data"]["drop"] == []
    by_list = init(table, "y", ["data.features=[a, name]"])
    assert {"id", "drop"}.isdisjoint(by_list.content["data"])


def test_a_table_without_a_feature_says_why_none_is_left(tmp_path: Path) -> None:
    columns = {"id": range(N_ROWS), "same": ["x"] * N_ROWS, "y": columns_of()["y"]}
    with pytest.raises(DataError) as caught:
        init(write_table(tmp_path / "table.csv", columns), "y")
    message = str(caught.value)
    assert "no column is left to be a feature" in message
    assert "left out: column 'id': all 600 whole numbers" in message
    assert "left out: column 'same': every cell is 'x'" in message
    assert "name it in a config: data.features" in str(caught.value.hint)
