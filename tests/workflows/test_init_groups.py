"""Rows of a written config that belong together."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.workflows.init import init
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, read_back, starter_of


def people(**others: Any) -> dict[str, Any]:
    """Columns of 100 people, six rows each, whose level hardly changes."""
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(100), 6)
    level = rng.normal(size=100)[person] + rng.normal(size=N_ROWS) / 9
    return {"person": [f"P{n}" for n in person], "person_id": person.tolist(), "level": level.tolist(), **others}


def test_groups_of_rows_stay_together_and_are_no_feature(tmp_path: Path) -> None:
    columns = people()
    del columns["person_id"]
    starter = starter_of(tmp_path, "level", **columns)
    assert starter.content["split"]["strategy"] == "group"
    assert starter.content["split"]["column"] == "person"
    assert "divided by chance" in starter.reasons["split", "strategy"]
    assert "person" not in (starter.summary.config.data.features or ())
    (question,) = (text for text in starter.remarks if text.startswith("person keeps the rows of a value together"))
    changed = init(tmp_path / "table.csv", "level", question.partition("→ ")[2].split())
    assert "person" in (changed.summary.config.data.features or ())


def test_cities_stay_a_feature_and_are_remarked(tmp_path: Path) -> None:
    columns = people()
    starter = starter_of(tmp_path, "level", city=columns["person"], level=columns["level"])
    assert "column" not in starter.content["split"]
    assert "city" in (starter.summary.config.data.features or ())
    assert any(text.startswith("city: ") and "split.strategy=group" in text for text in starter.remarks)


def test_codes_with_digits_are_groups_as_names_are(tmp_path: Path) -> None:
    columns = people()
    batches = [f"B{int(name[1:]):03}" for name in columns["person"]]
    starter = starter_of(tmp_path, "level", batch=batches, level=columns["level"])
    assert (starter.content["split"]["strategy"], starter.content["split"]["column"]) == ("group", "batch")


def test_amounts_in_texts_are_no_groups(tmp_path: Path) -> None:
    upper = np.random.default_rng(0).normal(125, 14, N_ROWS).round().astype(int)
    starter = starter_of(tmp_path, "risk", pressure=[f"{n}/{n * 2 // 3}" for n in upper], risk=upper.tolist())
    assert starter.content["split"]["strategy"] == "random"
    assert "pressure" in (starter.summary.config.data.features or ())
    assert not any("split.strategy=group" in text for text in starter.remarks)


@pytest.mark.parametrize("code", ["{0} Oak Street", "{0:03}/19"])
def test_codes_that_begin_with_digits_are_groups_too(tmp_path: Path, code: str) -> None:
    columns = people()
    numbers = np.random.default_rng(1).permutation(100)
    plots = [code.format(numbers[int(name[1:])]) for name in columns["person"]]
    starter = starter_of(tmp_path, "level", plot=plots, level=columns["level"])
    assert starter.content["split"].get("column") == "plot"


@pytest.mark.parametrize("n_missing", [0, 3])
def test_a_column_of_codes_that_turns_out_to_be_a_group_is_no_category_any_more(tmp_path: Path, n_missing: int) -> None:
    # Where targets are missing, the first look cannot divide the rows, and sees the codes before the groups.
    columns = people()
    del columns["person"]
    starter = starter_of(tmp_path, "level", **{**columns, "level": [None] * n_missing + columns["level"][n_missing:]})
    assert starter.content["split"]["column"] == "person_id"
    assert "preprocessing" not in starter.content
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_rows_of_a_group_stay_together_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", repeated_visits())
    assert init(table, "y").content["split"]["strategy"] == "group"
    assert init(table, "y", ["data.features=[a, b]"]).content["split"]["strategy"] == "group"
    given = ["split={strategy: random}", "split.seed=3"]
    assert init(table, "y", given).content["split"] == {"strategy": "random", "seed": 3}


def repeated_visits() -> dict[str, Any]:
    """Twelve rows of each patient, who has one answer."""
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(60), 12)
    answer = rng.integers(0, 2, 60)[patient]
    return {
        "a": rng.normal(size=720).round(3).tolist(),
        "b": (rng.normal(size=720) + answer).round(3).tolist(),
        "patient": [f"P{n:03d}" for n in patient],
        "y": np.where(answer, "yes", "no").tolist(),
    }
