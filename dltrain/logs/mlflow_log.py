"""Tracking by MLflow, in a database of SQLite or on a server."""

import os
import time
from pathlib import Path
from typing import Any, Final

from dltrain.config.sections.logs import MlflowSection, sqlite_path
from dltrain.logs.log import LoggedRun, epoch_values, result_values
from dltrain.logs.parameters import flat_config
from dltrain.run import Epoch, RunMetrics

ARTIFACTS: Final = ("config.yaml", "metrics.json", "report.html", "model.onnx")
"""Files of the run directory that MLflow gets. None of them holds rows."""

ENVIRONMENT: Final = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
}
"""What MLflow reads where the user has not set it: it tells nobody else, and training does not wait minutes for it."""

_METRICS_AT_ONCE: Final = 1_000
_PARAMETERS_AT_ONCE: Final = 100
"""Most that MLflow takes in one request."""

_LEAST_SECONDS: Final = 2.0
_MAX_SHARE: Final = 0.05
"""Epochs are sent no more often than this, and in this part of the time, because training waits meanwhile."""


class MlflowLog:
    """Keeps one run of MLflow.

    Args:
        section: Where.
    """

    def __init__(self, section: MlflowSection) -> None:
        self._section = section
        self._client: Any = None
        self._id = ""
        self._path = Path()
        self._sent: set[int] = set()
        self._waiting: list[Any] = []
        self._next = 0.0

    def begin(self, run: LoggedRun) -> None:
        """Makes a run of MLflow, or finds the one of the run that is resumed."""
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient

        self._path = run.path
        database = sqlite_path(self._section.tracking_uri)
        if database is not None:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        self._client = MlflowClient(tracking_uri=self._section.tracking_uri)
        experiment = self._experiment(database)
        found = self._client.search_runs([experiment], f"tags.`dltrain.key` = '{run.key}'", max_results=1)
        if found:
            self._id = found[0].info.run_id
            self._client.update_run(self._id, status="RUNNING")
            # A resumed training computes the same numbers again, and MLflow would keep them twice.
            self._sent = {metric.step for metric in self._client.get_metric_history(self._id, "learning_rate")}
        else:
            self._id = self._client.create_run(experiment, tags=_tags(run), run_name=run.name).info.run_id
            self._send_parameters(run)

    def add(self, epoch: Epoch, ended: float) -> None:
        """Sends the numbers of an epoch, at once or with those that follow."""
        if epoch.number not in self._sent:
            self._wait(epoch_values(epoch), step=epoch.number, when=ended)
        if time.monotonic() >= self._next:
            self._send()

    def finish(self, metrics: RunMetrics) -> None:
        """Sends the test metrics, at the epoch whose weights they are of, and files of the run directory."""
        self._wait(result_values(metrics), step=metrics.best_epoch, when=time.time())
        self._send()
        # Before the files: they may be large, and some servers need another package to take them.
        self._client.set_terminated(self._id, "FINISHED")
        for name in ARTIFACTS:
            self._client.log_artifact(self._id, str(self._path / name))

    def stop(self, *, is_interrupted: bool) -> None:
        """Sends what waits, and says how it ended."""
        self._send()
        self._client.set_terminated(self._id, "KILLED" if is_interrupted else "FAILED")

    def _experiment(self, database: str | None) -> str:
        """Id of the experiment, which is made if need be."""
        name = self._section.experiment
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        # MLflow would put the files of a database into the working directory.
        place = None if database is None else Path(database).with_suffix(".artifacts").as_uri()
        return str(self._client.create_experiment(name, artifact_location=place))

    def _send_parameters(self, run: LoggedRun) -> None:
        from mlflow.entities import Param

        parameters = [Param(key, value) for key, value in flat_config(run.config).items()]
        for start in range(0, len(parameters), _PARAMETERS_AT_ONCE):
            self._client.log_batch(self._id, params=parameters[start : start + _PARAMETERS_AT_ONCE])

    def _wait(self, values: dict[str, float], *, step: int, when: float) -> None:
        from mlflow.entities import Metric

        self._waiting += [Metric(name, value, round(when * 1_000), step) for name, value in values.items()]

    def _send(self) -> None:
        started = time.monotonic()
        for start in range(0, len(self._waiting), _METRICS_AT_ONCE):
            self._client.log_batch(self._id, metrics=self._waiting[start : start + _METRICS_AT_ONCE])
        self._waiting = []
        ended = time.monotonic()
        self._next = ended + max(_LEAST_SECONDS, (ended - started) / _MAX_SHARE)


def _tags(run: LoggedRun) -> dict[str, str]:
    group = {} if run.group is None else {"dltrain.group": run.group}
    return {
        "dltrain.key": run.key,
        "dltrain.version": run.origin.versions["dltrain"],
        "dltrain.run": str(run.path),
        **{f"dltrain.{role}_sha256": file.sha256 for role, file in run.origin.data.items()},
        **group,
    }
