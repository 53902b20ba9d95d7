"""Scores of whole tables and of their groups of rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import dltrain
from dltrain.config import config_from_dict
from dltrain.errors import DataError
from dltrain.run import Run, load_run
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.compare import compare
from dltrain.workflows.evaluate import Evaluation, evaluate
from dltrain.workflows.fit import fit
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.report import page_of_run
from dltrain.workflows.rows.dataset import data_file, read_dataset
from dltrain.workflows.rows.seen_rows import SeenRows

COLUMNS = ["person", "age", "city", "owner", "income", "group", "bought"]


def by(run: Run, column: str, *, is_file: bool) -> Evaluation:
    return evaluate(run, data=Path(run.config.data.path) if is_file else None, by=column)


@pytest.mark.parametrize("is_file", [False, True], ids=["held-out rows", "file"])
@pytest.mark.parametrize("column", COLUMNS)
def test_groups_add_up_to_the_whole(people_run: Run, column: str, is_file: bool) -> None:
    result = by(people_run, column, is_file=is_file)
    rows = np.array([group.scores.rows for group in result.groups])
    accuracy = np.array([group.scores.metrics["accuracy"] for group in result.groups], np.float64)
    assert rows.sum() == result.scores.rows
    assert (rows * accuracy).sum() / rows.sum() == pytest.approx(result.scores.metrics["accuracy"])
    assert result.scores == evaluate(people_run, data=Path(people_run.config.data.path) if is_file else None).scores


def test_one_group_has_the_scores_of_the_whole(people_run: Run, tmp_path: Path) -> None:
    lines = Path(people_run.config.data.path).read_text().splitlines()
    table = tmp_path / "one.csv"
    table.write_text("\n".join([f"{lines[0]},all", *(f"{line},same" for line in lines[1:])]) + "\n")
    result = evaluate(people_run, data=table, by="all")
    (group,) = result.groups
    assert (group.name, group.scores) == ("same", result.scores)
    assert "baseline" not in group.to_dict()


def test_what_is_undefined_in_a_group_is_null(people_run: Run) -> None:
    result = by(people_run, "bought", is_file=False)
    assert [group.scores.metrics["roc_auc"] for group in result.groups] == [None, None]
    content = result.to_dict()
    assert (content["by"], [group["group"] for group in content["groups"]]) == ("bought", ["yes", "no"])


def test_a_group_is_scored_like_a_file_of_its_rows(people_run: Run, tmp_path: Path) -> None:
    lines = Path(people_run.config.data.path).read_text().splitlines()
    groups = {group.name: group.scores for group in by(people_run, "city", is_file=True).groups}
    table = tmp_path / "rome.csv"
    table.write_text("\n".join([lines[0], *(line for line in lines[1:] if ",Rome," in line)]) + "\n")
    assert evaluate(people_run, data=table).scores.metrics == pytest.approx(groups["Rome"].metrics)


def test_python_gets_the_groups_too(people_run: Run) -> None:
    frame = pd.read_csv(people_run.config.data.path)
    found = dltrain.evaluate(people_run.path, frame, by="city", check_seen=False)
    groups = [group.to_dict() for group in by(people_run, "city", is_file=True).groups]
    assert found["groups"] == groups
    assert "groups" not in dltrain.evaluate(people_run.path, frame, check_seen=False)


def test_a_column_that_is_not_there_is_an_error(people_run: Run) -> None:
    with pytest.raises(DataError, match=r"there is no column 'citi'.*\nhint: did you mean 'city'"):
        by(people_run, "citi", is_file=False)


def test_rows_without_a_target_are_counted(people_run: Run, tmp_path: Path) -> None:
    lines = Path(people_run.config.data.path).read_text().splitlines()
    table = tmp_path / "t.csv"
    table.write_text("\n".join([*lines[:20], lines[20].rpartition(",")[0] + ","]) + "\n")
    assert evaluate(people_run, data=table).notes()[0] == "1 row without a target was left out"


def test_an_older_run_divided_by_times_of_which_some_have_an_offset_is_still_measured(people_run: Run) -> None:
    table = Path(people_run.config.data.path)
    header, *lines = table.read_text().splitlines()
    times = [f"2024-01-{n % 28 + 1:02d}T10:00:00{'' if n % 9 else 'Z'}" for n in range(len(lines))]
    rows = [f"{line},{time}" for line, time in zip(lines, times, strict=True)]
    table.write_text("\n".join([f"{header},when", *rows]) + "\n")
    split = people_run.config.split.model_copy(update={"strategy": "time", "column": "when"})
    run = replace(
        people_run,
        config=people_run.config.model_copy(update={"split": split}),
        manifest=people_run.manifest.model_copy(update={"data": {"data": data_file(table, len(rows))}}),
    )

    with pytest.raises(DataError, match="expected a time without an offset from UTC"):
        read_dataset(run.loaded_config)

    assert evaluate(run).scores.rows == 48
    assert compare([run, run]).rows == 48
    assert isinstance(evaluate(run, data=table).seen, SeenRows)
    assert "48 rows that it never learned from" in page_of_run(run)


def test_rows_of_another_sort_are_told_beside_their_scores(tmp_path: Path) -> None:
    """By a run, and by a fit that is tested on them."""
    rng, n_rows = np.random.default_rng(0), 200
    rows = pd.DataFrame({"age": rng.integers(20, 90, n_rows), "sex": rng.choice(["M", "F"], n_rows)})
    rows["y"] = np.where(rng.random(n_rows) < rows.age / 100, "yes", "no")
    rows.to_csv(tmp_path / "t.csv", index=False)
    months = rows.assign(age=rows.age * 12, sex=rows.sex.map({"M": 1, "F": 2}))
    months.to_csv(tmp_path / "other.csv", index=False)
    content = {
        "data": {"path": str(tmp_path / "t.csv"), "target": "y"},
        "model": {"layers": []},
        "training": {"epochs": 1},
    }
    run = load_run(fit(config_from_dict(content), runs=tmp_path / "runs").path)

    found = evaluate(run, data=tmp_path / "other.csv")
    notes = [note for note in found.notes() if "PSI" not in note]
    said = [
        "'sex': 200 of 200 values are not among the categories kept from training",
        "'age': 200 of 200 values lie beyond those of the training rows",
    ]
    assert notes == said
    unlike = found.to_dict()["unlike_training"]
    assert (unlike["unseen"], unlike["out_of_range"], unlike["missing"]) == ({"sex": 200}, {"age": 200}, {})
    assert {*unlike["drifted"]} == {"age", "sex"}
    assert evaluate(run, data=tmp_path / "t.csv").unlike is not None
    assert not any("sex" in note or "age" in note for note in evaluate(run, data=tmp_path / "t.csv").notes())
    assert evaluate(run).to_dict()["unlike_training"] is None

    loaded = config_from_dict({**content, "split": {"test": str(tmp_path / "other.csv")}})
    told = prepare(loaded, Stopwatch()).summary.notes
    assert {f"other.csv: {note}" for note in said} <= {*told}
    rows.sample(frac=1, random_state=0).to_csv(tmp_path / "same.csv", index=False)
    same = config_from_dict({**content, "split": {"test": str(tmp_path / "same.csv")}})
    assert not any("same.csv: '" in note for note in prepare(same, Stopwatch()).summary.notes)
