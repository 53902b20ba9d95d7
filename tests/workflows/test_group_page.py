"""The page of a cross-validation, or of several seeds: made at their end, and made again."""

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix

from dltrain.errors import DataError, OutputError, RunError
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import FOLDS, read_summary_as
from dltrain.workflows.cross_validation import cross_validate, resume_folds
from dltrain.workflows.models.fold_models import FoldModels
from dltrain.workflows.report import write_report
from dltrain.workflows.seeds import fit_seeds, resume_seeds
from tests.report.pages import ParsedPage
from tests.report.test_comparison_page import cells_of, section_of
from tests.workflows.conftest import write_table
from tests.workflows.test_cross_validation import folds_config
from tests.workflows.test_seeds import seeds_config

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(columns: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished cross-validation of two classes with thresholds; its table lies two folders above."""
    folder = tmp_path_factory.mktemp("done")
    loaded = folds_config(write_table(folder / "table.csv", columns), decision={"threshold": {"maximize": "f1"}})
    return cross_validate(loaded, runs=folder / "runs").path


def page_of(path: Path) -> str:
    return (path / "report.html").read_text(encoding="utf-8")


def test_the_page_shows_what_was_predicted_out_of_fold(done: Path) -> None:
    figures = {figure.attributes["id"]: figure for figure in ParsedPage(page_of(done)).root.all("figure")}
    rows = pd.read_csv(done / "out_of_fold.csv")
    expected = confusion_matrix(rows["big"], rows["prediction"], labels=["no", "yes"])
    assert [int(cell.text) for cell in figures["confusion"].all("td")] == expected.ravel().tolist()
    counts = [np.histogram(rows["p_yes"][rows["big"] == label], 20, (0, 1))[0] for label in ("no", "yes")]
    assert [int(cell.text) for cell in figures["scores"].all("td")] == np.transpose(counts).ravel().tolist()
    worst = rows[rows["prediction"] != rows["big"]].copy()
    worst["of_truth"] = np.where(worst["big"] == "yes", worst["p_yes"], worst["p_no"])
    shown = [row[0] for row in cells_of(section_of(page_of(done), "mistakes"))[1:]]
    assert shown == worst.sort_values("of_truth", kind="stable")["row"].astype(str).tolist()[:10]


def test_the_page_shows_the_metrics_of_the_folds(done: Path) -> None:
    summary = read_summary_as(FoldsSummary, done, FOLDS)
    cells = {row[0]: row[1:] for row in cells_of(section_of(page_of(done), "metrics"))[1:]}
    for name, spread in summary.metrics.items():
        known = (spread.mean, spread.sd, summary.out_of_fold.metrics[name])
        assert [float(cell.replace("\u2212", "-")) for cell in cells[name][:3]] == pytest.approx(known, abs=5e-5)
    rows = pd.read_csv(done / "out_of_fold.csv")
    n, share = len(rows), float(np.mean(rows["big"] == rows["prediction"]))
    # Wilson's interval.
    middle, half = share + 1.92073 / n, 1.95996 * math.sqrt(share * (1 - share) / n + 0.96036 / n**2)
    expected = [(middle + side * half) / (1 + 3.84146 / n) for side in (-1, 1)]
    assert [float(bound) for bound in cells["accuracy"][3].split(" to ")] == pytest.approx(expected, abs=5e-5)
    of_runs = [row[2:5] for row in cells_of(section_of(page_of(done), "members"))[1:]]
    of_folds = list(zip(*(spread.values for spread in summary.metrics.values()), strict=True))
    assert np.array(of_runs, float).tolist() == [pytest.approx(values, abs=5e-5) for values in of_folds]


def test_the_page_of_folds_can_be_made_again(done: Path, tmp_path: Path) -> None:
    again = write_report(done, tmp_path / "again.html").read_text(encoding="utf-8")
    assert "href" not in again
    without_links = re.sub(r"<a [^>]*>|</a>|<p>Each is a run like any other[^<]*</p>", "", page_of(done))
    assert again == without_links
    copy = Path(shutil.copytree(done, tmp_path / "copy"))
    (copy / "report.html").unlink()
    assert write_report(copy) == copy / "report.html"
    assert page_of(copy) == page_of(done).replace(done.name, "copy")


def test_the_page_of_folds_needs_their_very_table(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns)
    path = cross_validate(folds_config(table, training={"epochs": 1}), runs=tmp_path / "runs").path
    table.write_text(table.read_text() + table.read_text().splitlines()[-1] + "\n")
    assert write_report(path) == path / "report.html"
    with pytest.raises(DataError, match="the table has changed since this run was made") as caught:
        write_report(path, tmp_path / "again.html")
    assert "made from the test rows of that very table" in str(caught.value.hint)
    assert not (tmp_path / "again.html").exists()


def test_what_is_not_finished_has_no_page(done: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(done, tmp_path / "copy"))
    (copy / "folds.json").unlink()
    with pytest.raises(RunError, match="cross-validation is not finished") as caught:
        write_report(copy)
    assert "--resume" in str(caught.value.hint)


def test_the_page_of_seeds_gets_their_average_when_it_is_made(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns)
    path = fit_seeds(seeds_config(table), 2, runs=tmp_path / "runs").path
    first = page_of(path)
    assert cells_of(section_of(first, "metrics"))[0] == ["metric", "mean", "sd", "linear model", "trivial"]
    assert 'id="test"' not in first
    assert [row[1] for row in cells_of(section_of(first, "members"))[1:]] == ["7", "8"]
    assert write_report(path, tmp_path / "again.html").exists()
    average = resume_seeds(path, average=True).average
    assert average is not None
    (_, accuracy, *_) = cells_of(section_of(page_of(path), "metrics"))
    assert float(accuracy[3]) == pytest.approx(average.test.metrics["accuracy"], abs=5e-5)


def test_weights_ids_gates_and_diagnoses_are_those_of_the_runs(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns)
    loaded = folds_config(
        table,
        data={"id": ["b"], "weight": "weight"},
        training={"epochs": 1, "class_weight": "balanced"},
        expect={"test.accuracy": "> 1"},
    )
    found = cross_validate(loaded, runs=tmp_path / "runs")
    page = page_of(found.path)
    rows = pd.read_csv(found.path / "out_of_fold.csv")
    wrong = rows[rows["prediction"] != rows["big"]].copy()
    wrong["of_truth"] = np.where(wrong["big"] == "yes", wrong["p_yes"], wrong["p_no"])
    mistakes = cells_of(section_of(page, "mistakes"))
    assert mistakes[0][0] == "b"
    assert [float(row[0]) for row in mistakes[1:]] == wrong.sort_values("of_truth", kind="stable")["b"].tolist()[:10]
    gate = cells_of(section_of(page, "gates"))[1]
    assert (gate[0], gate[2:]) == ("test.accuracy", ["> 1", "missed"])
    mean = found.summary.metrics["accuracy"].mean
    judged = {"gate": "test.accuracy", "expected": "> 1", "value": mean, "reached": False}
    assert FoldModels(found.path, found.summary).gates == [judged]
    summary = section_of(page, "summary").whole_text()
    assert "from 2 columns. Every one of 300 rows of table.csv" in summary
    assert "Missed: 1 of 1 gate." in summary
    runs = [json.loads((found.path / f"fold-{n}" / "metrics.json").read_text()) for n in (1, 2, 3)]
    topics = {one["topic"].replace("_", " ") for run in runs for one in run["diagnosis"]}
    assert topics
    assert {strong.text for strong in section_of(page, "summary").all("li")[0].all("strong")} <= topics
    assert len(section_of(page, "summary").all("li")) == len(topics)
    metrics = section_of(page, "metrics").whole_text()
    assert "Rows count with their weights." in metrics
    unweighted = read_summary_as(FoldsSummary, found.path, FOLDS).out_of_fold.unweighted
    assert unweighted is not None
    assert f"All rows without class weights: accuracy {unweighted['accuracy']:.4f}" in metrics
    assert "calibration count rows without the weights of their classes" in section_of(page, "test").whole_text()


def no_room(*_: object) -> None:
    raise OutputError("there is no room")


def test_folds_without_room_for_their_page_are_not_finished_and_can_go_on(
    columns: dict[str, list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = folds_config(write_table(tmp_path / "table.csv", columns), training={"epochs": 1})
    monkeypatch.setattr("dltrain.workflows.cross_validation.write_group_page", no_room)
    with pytest.raises(OutputError) as caught:
        cross_validate(loaded, runs=tmp_path / "runs")
    monkeypatch.undo()
    (path,) = (tmp_path / "runs").iterdir()
    assert "--resume" in str(caught.value.hint)
    assert not (path / "folds.json").exists()
    resume_folds(path)
    assert (path / "folds.json").exists()
    assert (path / "report.html").exists()


def test_seeds_without_room_for_their_page_are_not_finished_and_can_go_on(
    columns: dict[str, list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = seeds_config(write_table(tmp_path / "table.csv", columns), training={"epochs": 1})
    monkeypatch.setattr("dltrain.workflows.seeds.write_group_page", no_room)
    with pytest.raises(OutputError) as caught:
        fit_seeds(loaded, 2, runs=tmp_path / "runs")
    monkeypatch.undo()
    (path,) = (tmp_path / "runs").iterdir()
    assert "--resume" in str(caught.value.hint)
    assert not (path / "seeds.json").exists()
    resume_seeds(path)
    assert (path / "seeds.json").exists()
    # A page that does not know of the average is not left behind.
    monkeypatch.setattr("dltrain.workflows.seeds.write_group_page", no_room)
    with pytest.raises(OutputError):
        resume_seeds(path, average=True)
    monkeypatch.undo()
    assert (path / "average" / "manifest.json").exists()
    assert not (path / "report.html").exists()
    assert "average" in cells_of(section_of(write_report(path).read_text(encoding="utf-8"), "metrics"))[0]


@pytest.mark.parametrize("is_copy", [True, False])
def test_folds_that_were_exchanged_are_refused(done: Path, tmp_path: Path, is_copy: bool) -> None:
    path = Path(shutil.copytree(done, tmp_path / "copy"))
    (path / "fold-2").rename(tmp_path / "second")
    shutil.copytree(path / "fold-1", path / "fold-2")
    if not is_copy:
        shutil.rmtree(path / "fold-1")
        (tmp_path / "second").rename(path / "fold-1")
    (path / "report.html").unlink()
    with pytest.raises(RunError, match=r"expected the run that folds\.json sums up"):
        write_report(path)
    assert not (path / "report.html").exists()
