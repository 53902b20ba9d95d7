"""Files that are valid one by one, but not of one run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dltrain.errors import RunError
from dltrain.run import load_run
from tests.reliability.hostile_runs import edit, edit_text, set_to


def decided(section: str, **decision: float) -> Callable[[Path], object]:
    """Makes a run of another `decision` in its config, and a settled one."""

    def change(run: Path) -> None:
        edit_text("config.yaml", "training:", f"decision: {section}\ntraining:")(run)
        set_to("metrics.json", ("decision",), decision)(run)

    return change


def average_of(*seeds: int) -> Callable[[Path], object]:
    """Says of a run that was trained that it is an average."""
    return set_to("metrics.json", ("average",), {"config": "people", "seeds": seeds})


def test_a_run_may_have_decided(golden_run: Path) -> None:
    decided("{threshold: {maximize: f1}, calibrate: temperature}", threshold=0.4, temperature=1.5)(golden_run)
    metrics = load_run(golden_run).metrics
    assert (metrics.threshold, metrics.temperature) == (0.4, 1.5)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (set_to("manifest.json", ("task",), "regression"), "manifest.json: task: expected 'binary', got 'regression'"),
        (set_to("manifest.json", ("seed",), 1), "manifest.json: seed: expected 0, got 1"),
        (set_to("preprocessing.json", ("target", "task"), "multiclass"), "preprocessing.json: task: expected 'binary'"),
        (
            set_to("preprocessing.json", ("target", "name"), "x"),
            "preprocessing.json: target: expected 'bought', got 'x'",
        ),
        (edit("preprocessing.json", lambda p: p["features"].pop()), "preprocessing.json: features: expected ['age'"),
        (edit_text("config.yaml", "units: 8", "units: 9"), "metrics.json: parameters: expected 180, got 165"),
        (edit_text("config.yaml", "metrics: [accuracy,", "metrics: [f1,"), "metrics.json: expected the metrics 'f1'"),
        (edit_text("config.yaml", "metrics: [accuracy, roc_auc, log_loss]", ""), "got none for 'metrics'"),
        (set_to("metrics.json", ("test", "baseline"), {}), "metrics.json: expected the metrics 'accuracy'"),
        (set_to("metrics.json", ("trivial_prediction",), 0.5), "trivial_prediction: expected 2 shares"),
        (
            edit_text("config.yaml", "  epochs: 60", "  class_weight: {maybe: 2}\n  epochs: 60"),
            "training.class_weight: unknown labels 'maybe'",
        ),
        (set_to("metrics.json", ("decision",), {"threshold": 0.3}), "a threshold: expected False, got True"),
        (set_to("metrics.json", ("decision",), {"temperature": 2}), "a temperature: expected False, got True"),
        (edit_text("config.yaml", "training:", "decision: {threshold: 0.3}\ntraining:"), "a threshold: expected True"),
        (
            set_to("metrics.json", ("importance",), [{"name": "shoe", "increase": 1.0, "low": 0.5, "high": 1.5}]),
            "metrics.json: importance: expected that of every feature column, got others",
        ),
        (average_of(1, 2), "metrics.json: seed of the average: expected 0, got 1"),
        (average_of(0, 1), "metrics.json: epochs of an average: expected (0, 0), got (24, 14)"),
        (decided("{threshold: 0.3}", threshold=0.4), "metrics.json: threshold: expected 0.3, got 0.4"),
    ],
)
def test_a_contradiction_is_named(golden_run: Path, change: Callable[[Path], object], text: str) -> None:
    change(golden_run)
    with pytest.raises(RunError, match=f"{re.escape(str(golden_run))}: damaged run: .*{re.escape(text)}"):
        load_run(golden_run)


@pytest.mark.parametrize(("name", "value"), [("threshold", 1.5), ("temperature", 1e9), ("temperature", 0)])
def test_what_was_settled_is_in_its_range(golden_run: Path, name: str, value: float) -> None:
    decided("{threshold: {maximize: f1}, calibrate: temperature}", **{name: value})(golden_run)
    with pytest.raises(RunError, match=rf"metrics\.json: damaged run: decision\.{name}: "):
        load_run(golden_run)
