"""Keeping the logs of a run while it is trained: they may fail, the training may not."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Final

from dltrain.config import Config
from dltrain.config.sections.logs import LogsSection
from dltrain.errors import Interrupted, escaped
from dltrain.logs import Log, LoggedRun, MlflowLog, TensorBoardLog
from dltrain.run import Epoch, RunMetrics, UnfinishedRun
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import EpochEnded, Event, LogFailed, Resumed

_SHOWN: Final = 300
"""Most characters of another program's message."""


class RunLogs:
    """Passes on what happens to every log of one run; a log that fails is told of once, and left alone.

    Args:
        run: Has a directory as soon as training begins.
        config: Resolved.
        audience: Is told everything, too.
    """

    def __init__(self, run: UnfinishedRun, config: Config, audience: Audience) -> None:
        self._run = run
        self._config = config
        self._listener = audience
        self._logs = _logs(config.logs)
        self._has_begun = self._is_finishing = False

    @property
    def audience(self) -> Audience:
        """The audience and the logs."""
        return replace(self._listener, notify=self._notify) if self._logs else self._listener

    def finish(self, metrics: RunMetrics) -> None:
        """Passes on the result; the run directory is whole."""
        self._is_finishing = True
        self._tell(lambda log: log.finish(metrics))

    def stop(self, *, is_interrupted: bool) -> None:
        """Passes on that there is no result, which may come later."""
        if self._has_begun and not self._is_finishing:
            self._tell(lambda log: log.stop(is_interrupted=is_interrupted))

    def _notify(self, event: Event) -> None:
        self._listener.notify(event)
        match event:
            case Resumed():
                self._begin()
                for epoch, ended in zip(event.epochs, ends(event.epochs, before=time.time()), strict=True):
                    self._add(epoch, ended)
            case EpochEnded():
                if not self._has_begun:
                    self._begin()
                self._add(event.epoch, time.time())

    def _begin(self) -> None:
        assert self._run.path is not None  # noqa: S101 - it comes with the first checkpoint, before the first epoch
        run = LoggedRun(self._run.path.resolve(), self._config, self._run.origin)
        self._has_begun = True
        self._tell(lambda log: log.begin(run))

    def _add(self, epoch: Epoch, ended: float) -> None:
        self._tell(lambda log: log.add(epoch, ended))

    def _tell(self, what: Callable[[Log], None]) -> None:
        if not self._logs:
            return
        with self._listener.watch.stage("logs"):
            for key, log in list(self._logs.items()):
                try:
                    what(log)
                except Exception as error:  # noqa: BLE001 - whatever another package raises, the training is worth more
                    del self._logs[key]
                    text = f"{key}: cannot be written any more, the fit goes on without it: {_reason(error)}"
                    self._listener.notify(LogFailed(text))


@contextmanager
def keeping_logs(run: UnfinishedRun, config: Config, audience: Audience) -> Iterator[RunLogs]:
    """Tells logs of a training that does not come to its end, too."""
    logs = RunLogs(run, config, audience)
    try:
        yield logs
    except BaseException as error:
        logs.stop(is_interrupted=isinstance(error, Interrupted | KeyboardInterrupt))
        raise


def ends(epochs: Sequence[Epoch], *, before: float) -> list[float]:
    """When epochs ended, as if each had followed the one before at once, in seconds since 1970.

    Args:
        epochs: In their order.
        before: When the last one ended.

    >>> epochs = [Epoch(number, 0.5, 0.5, {}, 0.1, seconds=2.0) for number in (1, 2, 3)]
    >>> ends(epochs, before=100.0)
    [96.0, 98.0, 100.0]
    """
    backwards = accumulate((-epoch.seconds for epoch in reversed(epochs)), initial=before)
    return list(backwards)[-2::-1]


def _logs(section: LogsSection | None) -> dict[str, Log]:
    """Key of the config → the log."""
    logs: dict[str, Log] = {}
    if section is not None and section.tensorboard is not None:
        logs["logs.tensorboard"] = TensorBoardLog(Path(section.tensorboard))
    if section is not None and section.mlflow is not None:
        logs["logs.mlflow"] = MlflowLog(section.mlflow)
    return logs


def _reason(error: Exception) -> str:
    """The first line of a message; of an error of the system, with the file that it is about."""
    text = str(error).strip() or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    first = text.splitlines()[0]
    return escaped(first if len(first) <= _SHOWN else first[:_SHOWN] + "…")
