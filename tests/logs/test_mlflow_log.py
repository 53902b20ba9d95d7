"""Runs of MLflow in a database of SQLite, read back by its own client."""

import math
import os
from pathlib import Path
from typing import Any

import pytest

from dltrain.config.sections.logs import MlflowSection
from dltrain.logs import LoggedRun, MlflowLog
from dltrain.logs.mlflow_log import ENVIRONMENT
from dltrain.run.members import SEEDS
from tests.logs.runs import a_result, a_run, an_epoch

# MLflow takes seconds to import.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database as MLflow makes it, which takes seconds."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    client(path)
    return path.read_bytes()


@pytest.fixture
def database(tmp_path: Path, empty_database: bytes) -> Path:
    """A database without runs, at a path that has to be quoted in places."""
    path = tmp_path / "a #b %c d" / "mlflow.db"
    path.parent.mkdir()
    path.write_bytes(empty_database)
    return path


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a log sets are those of before again."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def client(database: Path) -> Any:
    # MLflow reads its settings when it is imported, and would ask a server whether to send statistics.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=f"sqlite:///{database}")


def opened(database: Path, run: LoggedRun, *, experiment: str = "dltrain") -> MlflowLog:
    log = MlflowLog(MlflowSection(tracking_uri=f"sqlite:///{database}", experiment=experiment))
    log.begin(run)
    return log


def runs(database: Path, experiment: str = "dltrain") -> list[Any]:
    tracking = client(database)
    found: list[Any] = tracking.search_runs([tracking.get_experiment_by_name(experiment).experiment_id])
    return found


def history(database: Path, key: str) -> list[tuple[int, float]]:
    (run,) = runs(database)
    found = client(database).get_metric_history(run.info.run_id, key)
    return sorted((metric.step, metric.value) for metric in found)


def test_a_finished_run_is_all_there(database: Path, tmp_path: Path) -> None:
    run = a_run(tmp_path / "runs" / "wine-3")
    log = opened(database, run, experiment="wines")
    for number in (1, 2):
        log.add(an_epoch(number), 1_000.0 + number)
    log.finish(a_result(best_epoch=1))

    (found,) = runs(database, "wines")
    assert found.info.run_name == "wine-3"
    assert found.info.status == "FINISHED"
    assert found.data.metrics == {
        "loss": 0.5,
        "val_loss": 1.0,
        "val_rmse": 6.0,
        "learning_rate": 0.125,
        "seconds": 0.5,
        "test.rmse": 0.75,
    }
    assert found.data.params["training.optimizer.type"] == "adam"
    tags = {key: value for key, value in found.data.tags.items() if key.startswith("dltrain.")}
    assert tags == {
        "dltrain.key": run.key,
        "dltrain.version": "0.1.0",
        "dltrain.run": str(run.path),
        "dltrain.data_sha256": "a" * 64,
    }


def test_epochs_have_their_steps_and_times(database: Path, tmp_path: Path) -> None:
    log = opened(database, a_run(tmp_path / "runs" / "wine-3"))
    for number in (1, 2, 4):
        log.add(an_epoch(number), 1_000.0 + number)
    log.finish(a_result(best_epoch=2))

    assert history(database, "loss") == [(1, 1.0), (2, 0.5), (4, 0.25)]
    assert history(database, "test.rmse") == [(2, 0.75)]
    (run,) = runs(database)
    metrics = client(database).get_metric_history(run.info.run_id, "loss")
    assert {metric.timestamp for metric in metrics} == {1_001_000, 1_002_000, 1_004_000}


def test_files_of_the_run_are_artifacts_beside_the_database(database: Path, tmp_path: Path) -> None:
    opened(database, a_run(tmp_path / "runs" / "wine-3")).finish(a_result(best_epoch=1))
    kept = [path for path in (database.parent / "mlflow.artifacts").rglob("*") if path.is_file()]
    assert {path.name for path in kept} == {"config.yaml", "metrics.json", "report.html", "model.onnx"}
    assert all(path.read_text() == path.name for path in kept)


def test_a_resumed_run_goes_on_and_has_every_epoch_once(database: Path, tmp_path: Path) -> None:
    run = a_run(tmp_path / "runs" / "wine-3")
    log = opened(database, run)
    for number in (1, 2, 3):
        log.add(an_epoch(number), 1_000.0 + number)
    log.stop(is_interrupted=True)
    assert [found.info.status for found in runs(database)] == ["KILLED"]

    again = opened(database, run)
    assert [found.info.status for found in runs(database)] == ["RUNNING"]
    # From a checkpoint of epoch 2: 3 is computed again, in another time.
    for number in (1, 2, 3, 4):
        again.add(an_epoch(number, seconds=9.0), 2_000.0 + number)
    again.finish(a_result(best_epoch=3))
    assert [found.info.status for found in runs(database)] == ["FINISHED"]
    assert [step for step, _ in history(database, "loss")] == [1, 2, 3, 4]
    assert [step for step, _ in history(database, "test.rmse")] == [3]


@pytest.mark.parametrize("other", [("wine-4", "2026-01-01T00:00:00+00:00"), ("wine-3", "2026-01-01T00:00:01+00:00")])
def test_another_run_is_another_one(database: Path, tmp_path: Path, other: tuple[str, str]) -> None:
    opened(database, a_run(tmp_path / "runs" / "wine-3")).stop(is_interrupted=False)
    opened(database, a_run(tmp_path / "runs" / other[0], created=other[1])).stop(is_interrupted=False)
    assert [found.info.status for found in runs(database)] == ["FAILED", "FAILED"]


def test_runs_of_a_group_have_its_name_as_a_tag(database: Path, tmp_path: Path) -> None:
    run = a_run(tmp_path / "runs" / "wine-2" / "seed-1")
    (run.path.parent / SEEDS.origin_name).touch()
    opened(database, run).stop(is_interrupted=True)
    (found,) = runs(database)
    assert (found.info.run_name, found.data.tags["dltrain.group"]) == ("wine-2/seed-1", "wine-2")


def test_epochs_are_sent_together(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # However long it takes until all epochs are there.
    monkeypatch.setattr("dltrain.logs.mlflow_log._LEAST_SECONDS", math.inf)
    log = opened(database, a_run(tmp_path / "runs" / "wine-3"))
    sizes: list[int] = []
    send = log._client.log_batch

    def count(run: str, metrics: list[Any]) -> None:
        sizes.append(len(metrics))
        send(run, metrics=metrics)

    monkeypatch.setattr(log._client, "log_batch", count)
    for number in range(1, 302):
        log.add(an_epoch(number), 1_000.0)
    log.stop(is_interrupted=False)
    assert sizes == [5, 1_000, 500]
    assert len(history(database, "loss")) == 301


def test_hundreds_of_parameters_are_sent(database: Path, tmp_path: Path) -> None:
    layers = [{"type": "dense", "units": number} for number in range(1, 31)]
    opened(database, a_run(tmp_path / "runs" / "wine-3", model={"layers": layers})).stop(is_interrupted=True)
    (run,) = runs(database)
    assert len(run.data.params) > 200
    assert run.data.params["model.layers.29.units"] == "30"


def test_what_the_user_has_set_stays(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES")
    opened(database, a_run(tmp_path / "runs" / "wine-3")).stop(is_interrupted=True)
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == ENVIRONMENT["MLFLOW_HTTP_REQUEST_MAX_RETRIES"]
