"""Logs of whole fits: what they hold, what they must not change, and what happens when they fail."""

import csv
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import dltrain
from dltrain.config import LoadedConfig, config_from_dict
from dltrain.errors import ConfigError, Interrupted, TrainingError
from dltrain.logs import MlflowLog, TensorBoardLog
from dltrain.logs.mlflow_log import ENVIRONMENT
from dltrain.run import load_run
from dltrain.workflows.check import check
from dltrain.workflows.fit import fit
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import EpochEnded, Event, LogFailed
from dltrain.workflows.fitting.run_logs import _reason
from dltrain.workflows.resume import resume
from dltrain.workflows.seeds import fit_seeds, resume_seeds
from tests.conftest import GOLDEN, PATIENCE, Cli
from tests.workflows.conftest import config_of
from tests.workflows.test_cross_validation import Stop

EPOCHS = 5


class LostError(RuntimeError):
    """What another package may raise."""


class StopAfter(Stop):
    """Asks the training to stop after an epoch of the only run."""

    def __init__(self, epoch: int) -> None:
        super().__init__(fold=0, epoch=epoch)
        self._is_here = True


def logged(table: Path, **sections: Any) -> LoadedConfig:
    return config_from_dict(config_of(table, "price", **({"training": {"epochs": EPOCHS}} | sections)))


def points(folder: Path, tag: str) -> list[Any]:
    events = EventAccumulator(str(folder))
    events.Reload()
    return list(events.Scalars(tag))


def curve(folder: Path, tag: str) -> dict[int, float]:
    return {point.step: point.value for point in points(folder, tag)}


def steps(folder: Path) -> list[int]:
    return [point.step for point in points(folder, "loss")]


def history(run: Path, name: str) -> dict[int, float]:
    with (run / "history.csv").open(newline="") as stream:
        return {int(row["epoch"]): float(row[name]) for row in csv.DictReader(stream)}


def failing(after: int) -> Callable[..., None]:
    """A method of a log that raises from some epoch on."""

    def add(_log: object, epoch: Any, _ended: float) -> None:
        if epoch.number > after:
            raise LostError("the server has gone\nand more")

    return add


def python(script: str, **environment: str) -> str:
    """Runs a script where MLflow does not know that it is tested: then it would be silent anyway."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MLFLOW", "CI"))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_curves_are_those_of_the_history(table: Path, tmp_path: Path) -> None:
    path = fit(logged(table, logs={"tensorboard": str(tmp_path / "tb")}), runs=tmp_path / "runs", name="wine").path
    folder = tmp_path / "tb" / "wine-1"
    for name in ("loss", "val_loss", "val_rmse", "learning_rate"):
        assert curve(folder, name) == pytest.approx(history(path, name), rel=1e-6)
    metrics = load_run(path).metrics
    assert curve(folder, "test.rmse") == {metrics.best_epoch: pytest.approx(metrics.test.metrics["rmse"])}


@pytest.mark.slow
def test_a_fit_with_both_logs_computes_the_same_and_calls_nobody(table: Path, tmp_path: Path) -> None:
    """With MLflow's telemetry on, this test fails."""
    script = f"""
        import sys
        def refuse(event, arguments):
            if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
                sys.stdout.write(f"{{event}} {{arguments}}\\n")
                raise OSError("no network")
        sys.addaudithook(refuse)
        import dltrain
        logs = {{"tensorboard": "tb", "mlflow": {{"tracking_uri": "sqlite:///mlflow.db"}}}}
        content = {logged(table).document.data!r}
        dltrain.fit(content, runs="runs", name="plain")
        print(sorted({{"tensorboard", "mlflow"}} & set(sys.modules)))
        dltrain.fit(content | {{"logs": logs}}, runs="runs", name="logged")
        from mlflow import MlflowClient
        client = MlflowClient(tracking_uri="sqlite:///mlflow.db")
        (run,) = client.search_runs([client.get_experiment_by_name("dltrain").experiment_id])
        steps = [metric.step for metric in client.get_metric_history(run.info.run_id, "loss")]
        print(run.info.run_name, run.info.status, sorted(steps), run.data.params["training.epochs"])
        print(float(run.data.metrics["test.rmse"]))
    """
    script = f"import os; os.chdir({str(tmp_path)!r})\n{textwrap.dedent(script)}"
    without, with_logs, rmse = python(script).splitlines()
    assert without == "[]"
    assert with_logs == "logged-1 FINISHED [1, 2, 3, 4, 5] 5"
    plain, both = (load_run(tmp_path / "runs" / name) for name in ("plain-1", "logged-1"))
    assert float(rmse) == both.metrics.test.metrics["rmse"]
    assert (plain.path / "model.onnx").read_bytes() == (both.path / "model.onnx").read_bytes()
    assert plain.metrics == both.metrics
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.parametrize("work", [lambda loaded: fit(loaded, runs=Path("runs")), check])
def test_a_missing_package_is_told_before_the_table_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, work: Callable[[LoadedConfig], Any]
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.chdir(tmp_path)
    loaded = logged(tmp_path / "missing.csv", logs={"mlflow": {"tracking_uri": "http://127.0.0.1"}})
    with pytest.raises(ConfigError, match=r"logs\.mlflow: expected the package mlflow, which is not installed"):
        work(loaded)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("\n"), "ValueError"),
        (ValueError("gone\nsee there"), "gone"),
        (OSError(28, "No space left"), "No space left"),
    ],
)
def test_the_reason_is_one_line_whatever_a_log_raises(error: Exception, reason: str) -> None:
    assert _reason(error) == reason


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 2])
def test_a_log_that_fails_is_told_of_once_and_costs_nothing_else(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    events: list[Event] = []
    monkeypatch.setattr(MlflowLog, "begin", lambda _log, _run: None)
    monkeypatch.setattr(MlflowLog, "add", failing(after))
    logs = {"tensorboard": str(tmp_path / "tb"), "mlflow": {"tracking_uri": "http://127.0.0.1"}}
    done = fit(logged(table, logs=logs), runs=tmp_path / "runs", audience=Audience(events.append))

    assert load_run(done.path).metrics.epochs == EPOCHS
    lost = [event.text for event in events if isinstance(event, LogFailed)]
    assert lost == ["logs.mlflow: cannot be written any more, the fit goes on without it: the server has gone"]
    assert [event.epoch.number for event in events if isinstance(event, EpochEnded)] == [1, 2, 3, 4, 5]
    assert steps(tmp_path / "tb" / "config-1") == [1, 2, 3, 4, 5]


@pytest.mark.slow
def test_a_log_that_cannot_take_the_result_leaves_the_run_whole(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(log: TensorBoardLog, _metrics: object) -> None:
        log.stop(is_interrupted=False)
        raise OSError(28, "No space left on device", "/tb")

    monkeypatch.setattr(TensorBoardLog, "finish", finish)
    content = logged(table, logs={"tensorboard": str(tmp_path / "tb")}).document.data
    with pytest.warns(
        RuntimeWarning, match=r"logs\.tensorboard: cannot be written any more.*: No space left on device"
    ):
        model = dltrain.fit(content, runs=tmp_path / "runs")
    assert load_run(model.path).metrics.epochs == EPOCHS


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--quiet",)], ids=["", "quiet"])
def test_the_command_ends_well_and_says_it_once(cli: Cli, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "tb").write_text("a file where a folder should be")
    change = f"logs.tensorboard={tmp_path / 'tb'}"
    outcome = cli("fit", GOLDEN / "people.yaml", change, "training.epochs=3", "--runs", tmp_path / "runs", *options)
    assert outcome.code == 0
    assert outcome.err.count("logs.tensorboard") == 1
    said = "warning   logs.tensorboard: cannot be written any more, the fit goes on without it: "
    assert f"{said}{tmp_path / 'tb'}" in outcome.err.replace("\n", " ")
    assert "saved to" in outcome.out


@pytest.mark.slow
def test_a_resumed_fit_goes_on_with_its_logs(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    logs = {"tensorboard": str(tmp_path / "tb"), "mlflow": {"tracking_uri": f"sqlite:///{tmp_path}/mlflow.db"}}
    with pytest.raises(Interrupted):
        fit(logged(table, logs=logs), runs=tmp_path / "runs", audience=StopAfter(3).audience)
    assert statuses(tmp_path / "mlflow.db") == ["KILLED"]
    done = resume(tmp_path / "runs" / "config-1")
    assert statuses(tmp_path / "mlflow.db") == ["FINISHED"]
    assert steps(tmp_path / "tb" / "config-1") == [1, 2, 3, 4, 5]
    assert curve(tmp_path / "tb" / "config-1", "val_loss") == pytest.approx(history(done.path, "val_loss"), rel=1e-6)


def statuses(database: Path) -> list[str]:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{database}")
    found = client.search_runs([client.get_experiment_by_name("dltrain").experiment_id])
    for run in found:
        times = [metric.step for metric in client.get_metric_history(run.info.run_id, "loss")]
        assert len(times) == len(set(times))
    return [run.info.status for run in found]


@pytest.mark.slow
def test_logs_may_come_and_go_when_a_fit_is_resumed(table: Path, tmp_path: Path) -> None:
    runs, first, second = tmp_path / "runs", tmp_path / "first", tmp_path / "second"
    for name, logs in (("with", {"tensorboard": str(first)}), ("without", None)):
        with pytest.raises(Interrupted):
            fit(logged(table, logs=logs), runs=runs, name=name, audience=StopAfter(2).audience)

    resume(runs / "with-1", overrides=["logs=null"])
    resume(runs / "without-1", overrides=[f"logs.tensorboard={second}"])

    assert steps(first / "with-1") == [1, 2]
    assert steps(second / "without-1") == [1, 2, 3, 4, 5]
    assert (runs / "with-1" / "model.onnx").read_bytes() == (runs / "without-1" / "model.onnx").read_bytes()
    assert load_run(runs / "with-1").config.logs is None


@pytest.mark.slow
def test_a_training_that_diverges_has_failed(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []
    close = TensorBoardLog.stop

    def stop(log: TensorBoardLog, *, is_interrupted: bool) -> None:
        stopped.append(is_interrupted)
        close(log, is_interrupted=is_interrupted)

    monkeypatch.setattr(TensorBoardLog, "stop", stop)
    training = {"epochs": 20, "optimizer": {"type": "sgd", "learning_rate": 30.0}, "batch_size": 200}
    logs = {"tensorboard": str(tmp_path / "tb")}
    with pytest.raises(TrainingError):
        fit(logged(table, training=training, logs=logs), runs=tmp_path / "runs")
    assert stopped == [False]


@pytest.mark.slow
def test_seeds_are_runs_of_a_group_also_when_they_are_resumed(table: Path, tmp_path: Path) -> None:
    loaded = logged(table, logs={"tensorboard": str(tmp_path / "first")})
    with pytest.raises(Interrupted):
        fit_seeds(loaded, 2, runs=tmp_path / "runs", audience=Stop(fold=2, epoch=2).audience)
    change = f"logs.tensorboard={tmp_path / 'second'}"
    resume_seeds(tmp_path / "runs" / "config-1", overrides=[change])

    assert steps(tmp_path / "first" / "config-1" / "seed-1") == [1, 2, 3, 4, 5]
    assert steps(tmp_path / "first" / "config-1" / "seed-2") == [1, 2]
    assert [path.name for path in (tmp_path / "second" / "config-1").iterdir()] == ["seed-2"]
    assert steps(tmp_path / "second" / "config-1" / "seed-2") == [1, 2, 3, 4, 5]
