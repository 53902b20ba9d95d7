"""A fit that has settled a threshold and a temperature: every command tells the same figures of it."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

import dltrain
from dltrain.config import config_from_dict
from dltrain.run import Diagnosis
from dltrain.run.decision_in_words import decision_in_words
from dltrain.scoring.fit_evidence import FitEvidence
from dltrain.workflows.compare import compare
from dltrain.workflows.fit import fit
from dltrain.workflows.models.model import Model
from dltrain.workflows.rows.dataset import read_dataset
from tests.conftest import Cli
from tests.report.pages import ParsedPage
from tests.workflows.conftest import columns, config_of, write_table

__all__ = ["columns"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen() -> list[FitEvidence]:
    """What the diagnosis of the fit was made from."""
    return []


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, columns: dict[str, list[object]], seen: list[FitEvidence]) -> Model:
    """One epoch, so that there are mistakes to choose between and probabilities to calibrate."""
    folder = tmp_path_factory.mktemp("decided")
    content = config_of(
        write_table(folder / "table.csv", columns),
        "big",
        training={"epochs": 1},
        decision={"threshold": {"cost": {"false_negative": 3}}, "calibrate": "temperature"},
        metrics=["f1", "accuracy", "recall", "log_loss", "roc_auc"],
        expect={"test.f1": ">= 0.01", "validation.f1": "<= 0.01"},
    )

    def remember(evidence: FitEvidence) -> tuple[Diagnosis, ...]:
        seen.append(evidence)
        return ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dltrain.workflows.fitting.diagnosing.diagnose", remember)
        return dltrain.fit(content, runs=folder / "runs")


def test_it_has_settled_what_matters(model: Model) -> None:
    metrics = model.run.metrics
    assert metrics.threshold is not None
    assert metrics.temperature is not None
    assert abs(metrics.threshold - 0.5) > 0.05
    assert abs(metrics.temperature - 1) > 0.05


def test_evaluate_and_compare_agree_with_fit(model: Model) -> None:
    expected = model.metrics["test"]["metrics"]
    assert model.evaluate()["metrics"] == pytest.approx(expected, rel=0, abs=1e-12)
    for run in compare([model.run, model.run]).runs:
        assert run.metrics == pytest.approx(expected, rel=0, abs=1e-12)
        assert all(found.value == found.low == found.high == 0 for found in run.differences.values())


def test_groups_and_runs_agree_with_fit(cli: Cli, model: Model) -> None:
    expected = model.metrics["test"]["metrics"]
    groups = model.evaluate(by="kind")["groups"]
    n_right = sum(group["rows"] * group["metrics"]["accuracy"] for group in groups)
    assert n_right / model.metrics["test"]["rows"] == pytest.approx(expected["accuracy"], rel=0, abs=1e-12)
    (listed,) = json.loads(cli("runs", "--runs", model.path.parent, "--json").out)["runs"]
    assert listed["metrics"] == expected


def test_intervals_hold_what_was_measured(model: Model) -> None:
    intervals, measured = model.run.metrics.test_intervals, model.run.metrics.test.metrics
    assert intervals is not None
    for name, bounds in intervals.items():
        value = measured[name]
        assert bounds is not None
        assert value is not None
        assert bounds[0] < value < bounds[1]


def test_the_page_shows_the_labels_of_the_threshold(cli: Cli, model: Model, tmp_path: Path) -> None:
    rows = read_dataset(model.run.loaded_config).test
    p = model.predict(model.run.config.data.path)["p_yes"].to_numpy()[rows.rows]
    expected = confusion_matrix(rows.truth, p > model.run.metrics.threshold).ravel().tolist()
    assert f1_score(rows.truth, p > model.run.metrics.threshold) == pytest.approx(
        model.metrics["test"]["metrics"]["f1"]
    )
    assert cli("report", model.path, "-o", tmp_path / "again.html").code == 0
    # The one that fit wrote, and the one that is made from the run.
    for path in (model.path / "report.html", tmp_path / "again.html"):
        root = ParsedPage(path.read_text(encoding="utf-8")).root
        (figure,) = (figure for figure in root.all("figure") if figure.attributes["id"] == "confusion")
        assert [int(cell.text) for cell in figure.all("td")] == expected
        (gates,) = (section for section in root.all("section") if section.attributes["id"] == "gates")
        assert "1 of 2 gates missed" in gates.whole_text()


def test_both_pages_show_the_same_of_the_test_rows(cli: Cli, model: Model, tmp_path: Path) -> None:
    cli("report", model.path, "-o", tmp_path / "again.html")
    texts = [
        {part.attributes["id"]: part.whole_text() for part in ParsedPage(path.read_text()).root.all("section")}
        for path in (model.path / "report.html", tmp_path / "again.html")
    ]
    for key in ("summary", "metrics", "gates", "test", "importance", "mistakes"):
        assert texts[0][key] == texts[1][key]


def test_the_diagnosis_looks_at_the_same_errors(model: Model, seen: list[FitEvidence]) -> None:
    (evidence,) = seen
    for errors, scores in (
        (evidence.facts.validation, model.run.metrics.validation),
        (evidence.facts.test, model.run.metrics.test),
    ):
        assert errors.mean == pytest.approx(scores.metrics["log_loss"])
        assert np.all(np.isfinite(errors.values))


def test_a_decision_is_kept_on_rows_as_they_are_whatever_class_weights_teach(
    tmp_path: Path, columns: dict[str, list[object]]
) -> None:
    content = config_of(
        write_table(tmp_path / "table.csv", columns),
        "big",
        data={"weight": "weight"},
        training={"epochs": 1, "class_weight": {"no": 1, "yes": 20}},
        decision={"threshold": {"min_precision": 0.8}, "calibrate": "temperature"},
        metrics=["precision", "recall", "log_loss"],
    )
    result = fit(config_from_dict(content), runs=tmp_path / "runs")
    metrics = result.metrics
    assert any(note.startswith("training.class_weight makes classes look more or less") for note in result.notes)
    told = dict(decision_in_words(result.config, metrics.decision, "{:.4f}".format))
    assert "log_loss on validation, classes unweighted: " in told["calibrated"]
    decision, measured = metrics.decision, metrics.validation.unweighted
    assert decision is not None
    assert measured is not None
    assert decision.is_met
    assert decision.validation["precision"] >= 0.8
    for name, value in measured.items():
        assert decision.validation[name] == pytest.approx(value), name
