"""A run to log, and its epochs."""

from pathlib import Path
from typing import Any

from dltrain.config import config_from_dict, to_yaml
from dltrain.logs import LoggedRun
from dltrain.run import Epoch, Origin, RunMetrics, Scores

ROLE = {"size": 5, "sha256": "a" * 64, "path": "/a.csv", "rows": 3}


def a_run(path: Path, *, created: str = "2026-01-01T00:00:00+00:00", **sections: Any) -> LoggedRun:
    """A run directory with the files of a finished one, which hold their names."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("config.yaml", "metrics.json", "report.html", "model.onnx", "preprocessing.json"):
        (path / name).write_text(name)
    content = {"data": {"path": "/a.csv", "target": "y"}, "model": {"layers": []}}
    config = config_from_dict(content | sections).config
    origin = Origin.model_validate(
        {"created": created, "versions": {"dltrain": "0.1.0"}, "data": {"data": ROLE}, "config": to_yaml(config)}
    )
    return LoggedRun(path, config, origin)


def an_epoch(number: int, *, seconds: float = 0.5) -> Epoch:
    """An epoch whose numbers tell which one it is."""
    metrics = {"rmse": 3.0 * number, "r2": float("nan")}
    return Epoch(number, 1 / number, 2 / number, metrics, learning_rate=0.125, seconds=seconds)


def a_result(best_epoch: int) -> RunMetrics:
    """A result with a metric that is defined and one that is not."""
    scores = Scores(rows=3, metrics={"rmse": 0.75, "r2": None}, baseline={"rmse": 1.0, "r2": None})
    return RunMetrics(
        train_rows=3,
        validation=scores,
        test=scores,
        trivial_prediction=0.0,
        epochs=9,
        best_epoch=best_epoch,
        parameters=3,
    )
