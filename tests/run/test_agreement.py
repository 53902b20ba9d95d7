"""Files that are valid one by one, but not of one run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dltrain.errors import RunError
from dltrain.run import load_run
from tests.reliability.hostile_runs import edit, edit_text, set_to


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
    ],
)
def test_a_contradiction_is_named(golden_run: Path, change: Callable[[Path], object], text: str) -> None:
    change(golden_run)
    with pytest.raises(RunError, match=f"{re.escape(str(golden_run))}: damaged run: .*{re.escape(text)}"):
        load_run(golden_run)
