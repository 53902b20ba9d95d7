from pathlib import Path
from typing import Any

import pytest

from dltrain.config import config_from_dict
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.preparing import prepare
from tests.workflows.conftest import config_of, write_table

N_ROWS = 300
PRICES = [f'"{row % 30 + 1},{row % 2}5"' for row in range(N_ROWS)]


def _notes(path: Path, cells: list[Any], name: str = "odd", **section: Any) -> list[str]:
    columns = {"x": [row * 7 % 11 for row in range(N_ROWS)], name: cells, "y": [row % 13 for row in range(N_ROWS)]}
    section["data"] = {"drop": []} | section.get("data", {})
    loaded = config_from_dict(config_of(write_table(path / "t.csv", columns), "y", **section))
    return [note for note in prepare(loaded, Stopwatch()).summary.notes if f"'{name}'" in note]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (PRICES, "300 of 300 cells are numbers with decimal commas, such as '1,05', '2,15'"),
        ([f"{row % 90} m" for row in range(N_ROWS)], "300 of 300 cells are numbers with a unit or a sign"),
        (
            [f"{row % 28 + 1:02}.{row % 12 + 1:02}.2024" for row in range(N_ROWS)],
            "different dates such as '01.01.2024'",
        ),
        ([f"{row % 50}:{row % 60:02}" for row in range(N_ROWS)], "300 of 300 cells are durations"),
    ],
)
def test_numbers_and_dates_that_become_categories_are_told(tmp_path: Path, cells: list[Any], told: str) -> None:
    (note,) = _notes(tmp_path, cells)
    assert note.startswith("column 'odd': ")
    assert told in note
    assert note.endswith("; dltrain check says more")


def test_names_of_things_and_columns_that_are_said_to_be_some_are_not_told(tmp_path: Path) -> None:
    assert not _notes(tmp_path, [f"gate {row % 30}" for row in range(N_ROWS)])
    assert not _notes(tmp_path, [f"{row % 4} m" for row in range(N_ROWS)])
    assert not _notes(tmp_path, PRICES, preprocessing={"columns": {"odd": {"kind": "categorical"}}})


def test_names_of_people_are_told_unless_the_split_keeps_their_rows_together(tmp_path: Path) -> None:
    patients = [f"p{row % 60}" for row in range(N_ROWS)]
    (note,) = _notes(tmp_path, patients, "patient_id")
    assert " training rows, of which new rows may have none: 'data.drop=[patient_id]' leaves it out; " in note
    assert note.endswith(
        "split.strategy=group split.column=patient_id keeps all rows of a value on one side of the split"
    )
    assert not _notes(tmp_path, patients, "patient_id", split={"strategy": "group", "column": "patient_id"})
    stated = {"columns": {"patient_id": {"kind": "categorical"}}}
    assert not _notes(tmp_path, patients, "patient_id", preprocessing=stated)
    assert not _notes(tmp_path, [f"p{row % 12}" for row in range(N_ROWS)], "patient_id")


def test_what_the_config_says_of_numbers_is_no_note(tmp_path: Path) -> None:
    assert not _notes(tmp_path, PRICES, data={"decimal": ","})
