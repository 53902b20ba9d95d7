"""R13: `evaluate` on the saved run gives the metrics that `fit` printed."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.workflows.conftest import columns, config_of, table

__all__ = ["columns", "table"]

pytestmark = pytest.mark.slow

TOLERANCE = 1e-6
WEIGHTED = {"training": {"class_weight": "balanced"}, "data": {"weight": "weight"}}

# After one epoch there are mistakes to choose between.
DECIDED = {
    "decision": {"threshold": {"cost": {"false_negative": 50}}, "calibrate": "temperature"},
    "training": {"class_weight": "balanced", "epochs": 1},
    "data": {"weight": "weight"},
}


@pytest.mark.parametrize(
    ("target", "sections"),
    [
        ("price", {"preprocessing": {"target": {"transform": "log"}}}),
        ("big", {}),
        ("level", {}),
        ("level", WEIGHTED),
        ("big", {"expect": {"test.accuracy": ">= 0", "test.log_loss": "<= 1e9"}}),
        ("big", DECIDED),
        ("level", {"decision": {"calibrate": "temperature"}}),
    ],
    ids=["regression", "binary", "multiclass", "weighted", "gates", "decided", "calibrated"],
)
def test_r13_evaluate_gives_the_test_metrics_that_fit_printed(
    cli: Cli, tmp_path: Path, table: Path, target: str, sections: dict[str, dict[str, object]]
) -> None:
    content = config_of(table, target, **sections)
    content["data"]["drop"] = sorted({"price", "big", "level", "weight"} - {target, content["data"].get("weight")})
    (tmp_path / "fit.yaml").write_text(json.dumps(content))
    fit = cli("fit", tmp_path / "fit.yaml", "--runs", tmp_path / "runs", "--json", "--quiet")
    assert fit.code == 0, fit.err
    printed = json.loads(fit.out)
    scored = cli("evaluate", "--run", printed["run"], "--json")
    assert scored.code == 0, scored.err
    again, test = json.loads(scored.out), printed["metrics"]["test"]
    assert again["rows"] == test["rows"]
    for part in ("metrics", "baseline", "unweighted"):
        if test[part] is None:
            assert again[part] is None, part
        else:
            assert again[part] == pytest.approx(test[part], abs=TOLERANCE, rel=0), part
    assert len(test["metrics"]) >= 3
    assert again.get("gates") == printed.get("gates")
    assert ("gates" in again) == ("expect" in sections)
