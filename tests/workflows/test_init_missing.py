"""What a written config reads as missing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.workflows.init import init
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, dltrain_loaded, starter_of


def test_words_that_mean_missing_are_read_as_missing(tmp_path: Path) -> None:
    cells = ["-" if n % 40 == 3 else f"{n % 97}.5" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, dose=cells)
    assert starter.content["data"]["missing_values"] == ["-"]
    assert {column.profile.name: column.kind for column in starter.report.columns}["dose"] == "numeric"


def test_numbers_that_programs_write_for_missing_are_read_as_missing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pressure = np.where(rng.random(N_ROWS) < 0.1, "-999", rng.integers(90, 170, N_ROWS).astype(str))
    height = np.where(rng.random(N_ROWS) < 0.1, "-999.0", rng.normal(170, 9, N_ROWS).round(1).astype(str))

    starter = starter_of(tmp_path, pressure=pressure, height=height)

    assert starter.content["data"]["missing_values"] == ["-999", "-999.0"]
    assert "far below all others" in starter.reasons["data", "missing_values", 0]
    assert not any("-999" in remark for remark in starter.remarks)


def test_words_in_the_place_of_numbers_are_asked_about(tmp_path: Path) -> None:
    prices = ["free" if n % 97 == 5 else n / 4 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, price=prices)
    assert starter.remarks[0] == (
        "price: 'free' (7 cells) is read as missing; what means a number is taken out of data.missing_values and put "
        "into preprocessing.columns.price.map: {free: 0}; of names of things, "
        "preprocessing.columns.price.kind=categorical makes categories"
    )
    table = tmp_path / "table.csv"
    mapped = init(table, "y", ["preprocessing.columns.price.map={free: 0}"])
    assert "missing_values" not in mapped.content["data"]
    assert init(table, "y", ["data.missing_values=[]"]).content["data"]["drop"] == ["price"]


@pytest.mark.parametrize("every", [12, 7, 3, 2])
def test_words_in_up_to_half_of_the_places_of_many_numbers_are_read_as_missing(tmp_path: Path, every: int) -> None:
    income = ["unknown" if n % every == 1 and n > 2 else 20_000 + 37 * n % 140 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, income=income)
    n_words = income.count("unknown")
    assert starter.content["data"]["missing_values"] == ["unknown"]
    reason = f"{N_ROWS - n_words} of 600 cells are numbers, and {n_words} say 'unknown', which makes the column text"
    assert starter.reasons["data", "missing_values", 0] == f"'income': {reason}"
    assert starter.remarks[0].startswith(f"income: 'unknown' ({n_words} cells) is read as missing; what means a number")
    assert {column.profile.name: column.kind for column in starter.report.columns}["income"] == "numeric"
    assert init(tmp_path / "table.csv", "y", ["data.missing_values=[]"]).content["data"]["drop"] == ["income"]


def test_words_among_many_numbers_that_name_something_elsewhere_leave_the_column_out(tmp_path: Path) -> None:
    income = ["other" if n % 4 == 1 else 20_000 + 37 * n % 140 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, income=income, job=["nurse", "smith", "other"] * 200)
    assert starter.content["data"]["drop"] == ["income"]
    assert "would make the cells of 'job' of that text missing too" in starter.lost_numbers["income"]


def test_words_among_amounts_of_money_are_read_as_missing(tmp_path: Path) -> None:
    income = ["Prefer not to say" if n % 7 == 1 else f"${20_000 + 37 * n:,}" for n in range(N_ROWS)]
    data = starter_of(tmp_path, income=[f'"{text}"' for text in income]).content["data"]
    assert (data["unit_of"], data["thousands"]) == ({"income": "$"}, ",")
    assert data["missing_values"] == ["Prefer not to say"]
    assert "drop" not in data


def test_words_among_many_numbers_and_dates_mean_missing(tmp_path: Path) -> None:
    number = ["k.A." if n % 97 == 5 else "?" if n % 83 == 2 else n / 4 for n in range(N_ROWS)]
    date = ["soon" if n % 97 == 5 else f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    german = ["bald" if n % 97 == 5 else f"{n % 28 + 1}.{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, number=number, date=date, german=german)
    assert set(starter.content["data"]["missing_values"]) == {"k.A.", "?", "soon", "bald"}
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert (kinds["number"], kinds["date"], kinds["german"]) == ("numeric", "datetime", "datetime")


def test_a_unit_without_a_number_means_missing(tmp_path: Path) -> None:
    pressures = ["--- hPa" if n % 37 == 5 else f"{1000 + n % 40}.{n % 9} hPa" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, press=pressures)
    assert starter.content["data"]["missing_values"] == ["--- hPa"]
    assert starter.content["data"]["unit_of"] == {"press": "hPa"}
    assert not any("holds dates" in remark for remark in starter.remarks)


def test_a_footer_in_a_column_of_numbers_means_missing(tmp_path: Path) -> None:
    numbers = [*(n / 4 for n in range(N_ROWS - 1)), "Exported by the clinic on 2024-01-01"]
    labels = [*(("yes", "no")[n % 3 == 0] for n in range(N_ROWS - 1)), ""]
    starter = init(write_table(tmp_path / "table.csv", {"x": numbers, "y": labels}), "y")
    assert starter.content["data"]["missing_values"] == ["Exported by the clinic on 2024-01-01"]
    assert starter.content["data"]["missing_target"] == "drop"
    assert "drop" not in starter.content["data"]


@pytest.mark.parametrize("slip", ["7O.5", "12..5", "inf", "70 EUR", '"12,5"', "about 12", "about 12 to 15 kg"])
def test_a_slip_among_many_numbers_costs_its_cell_and_not_its_column(tmp_path: Path, slip: str) -> None:
    starter = starter_of(tmp_path, x=[slip if n == 5 else n / 4 for n in range(N_ROWS)])
    text = slip.strip('"')
    assert starter.content["data"]["missing_values"] == [text]
    assert "drop" not in starter.content["data"]
    assert any(remark.startswith(f"x: '{text}' (1 cell) is read as missing") for remark in starter.remarks)


def test_a_slip_in_a_target_costs_its_row(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "t.csv",
        {"x": [n * 7 % 11 for n in range(N_ROWS)], "y": ["7O.5", *(n / 4 for n in range(1, N_ROWS))]},
    )
    data = init(table, "y").content["data"]
    assert (data["missing_values"], data["missing_target"], data["task"]) == (["7O.5"], "drop", "regression")


def test_many_cells_that_are_no_numbers_are_no_slips(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, x=[f"{n}?{n}" if n % 50 == 5 else n / 4 for n in range(N_ROWS)])
    assert "missing_values" not in starter.content["data"]
    assert "x" in starter.lost_numbers


def test_columns_that_share_their_words_for_missing_are_all_kept(tmp_path: Path) -> None:
    first = ["NA" if n == 3 else "broken" if n == 7 else n / 4 for n in range(N_ROWS)]
    second = ["NA" if n == 8 else "broken" if n == 9 else n / 8 + 1 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, first=first, second=second, z=["broken" if n == 5 else n / 3 for n in range(N_ROWS)])
    assert sorted(starter.content["data"]["missing_values"]) == ["NA", "broken"]
    assert "drop" not in starter.content["data"]


def test_numbers_dates_and_times_that_share_a_word_for_missing_are_all_kept(tmp_path: Path) -> None:
    cells: dict[str, Any] = {
        "dose": [n / 4 for n in range(N_ROWS)],
        "when": [f"{n % 28 + 1:02d}.0{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)],
        "till": [f"{n % 27 + 2:02d}.0{n % 8 + 2}.{n % 30 + 2001}" for n in range(N_ROWS)],
        "clock": [f"{n % 24:02d}:{n * 7 % 60:02d}" for n in range(N_ROWS)],
    }
    columns: dict[str, Any] = {
        name: ["unknown" if n % 50 == place else text for n, text in enumerate(texts)]
        for place, (name, texts) in enumerate(cells.items())
    }
    starter = starter_of(tmp_path, **columns)
    assert starter.content["data"]["missing_values"] == ["unknown"]
    assert "drop" not in starter.content["data"]
    starter = init(tmp_path / "table.csv", "y", ["preprocessing.columns.when.kind=categorical"])
    assert "missing_values" not in starter.content["data"]
    assert starter.content["data"]["drop"] == ["dose", "till", "clock"]
    assert "would make the cells of 'when' of that text missing too" in starter.lost_numbers["dose"]


@pytest.mark.parametrize("text", ["yes", "red", "FALSE"])
def test_a_word_that_means_something_elsewhere_leaves_the_column_out(tmp_path: Path, text: str) -> None:
    number = [text if n == N_ROWS - 1 else n / 4 for n in range(N_ROWS)]
    others: dict[str, Any] = {
        "colour": ["red", "blue", "green"] * (N_ROWS // 3),
        "is_new": ["TRUE", "FALSE"] * (N_ROWS // 2),
    }
    starter = starter_of(tmp_path, number=number, **others)
    assert "missing_values" not in starter.content["data"]
    assert starter.content["data"]["drop"] == ["number"]
    assert f"'{text}'" in starter.lost_numbers["number"]
    assert starter.remarks[0].startswith("number is left out although it holds numbers: ")
    with pytest.warns(RuntimeWarning, match="column 'number' is left out although it holds numbers"):
        dltrain_loaded(tmp_path / "table.csv")


def test_a_row_of_totals_among_numbers_is_told_and_not_read_as_missing(tmp_path: Path) -> None:
    numbers = [*(str(n % 97) for n in range(N_ROWS - 1)), "Total"]
    starter = starter_of(tmp_path, number=numbers)
    assert "missing_values" not in starter.content["data"]
    assert any("1 row is called 'Total'" in text for text in starter.remarks)
    assert starter.lost_numbers["number"].endswith("; remove the rows of totals from the table")
    starter = starter_of(tmp_path, number=["12..5", *numbers[1:]])
    assert starter.lost_numbers["number"].endswith("; mend such cells, or name them in data.missing_values")
