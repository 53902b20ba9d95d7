"""What every log is told."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dltrain.config import Config
from dltrain.run import Epoch, Origin, RunMetrics
from dltrain.run.members import group_of


@dataclass(frozen=True)
class LoggedRun:
    """The run that a log is of.

    Attributes:
        path: Its directory, absolute.
        config: Resolved.
        origin: What the training began with.
    """

    path: Path
    config: Config
    origin: Origin

    @property
    def group(self) -> str | None:
        """Name of the cross-validation or the set of seeds that it belongs to; None when it stands alone."""
        return self.path.parent.name if group_of(self.path.parent) is not None else None

    @property
    def name(self) -> str:
        """What logs call it: `wine-3`, or `wine-3/seed-1` in a group."""
        return self.path.name if self.group is None else f"{self.group}/{self.path.name}"

    @property
    def key(self) -> str:
        """32 hexadecimal digits by which a log finds the run again when it is resumed where it lies."""
        return hashlib.sha256(f"{self.path}\n{self.origin.created}".encode()).hexdigest()[:32]


class Log(Protocol):
    """Somewhere that is told of one run. Every method may raise anything, and is not called again then."""

    def begin(self, run: LoggedRun) -> None:
        """Opens the log of a run, or goes on with it when the run is resumed."""

    def add(self, epoch: Epoch, ended: float) -> None:
        """Takes an epoch; after a resumption, those that are known already come again.

        Args:
            epoch: What is known of it.
            ended: When, in seconds since 1970.
        """

    def finish(self, metrics: RunMetrics) -> None:
        """Takes the result; the run directory is whole."""

    def stop(self, *, is_interrupted: bool) -> None:
        """Closes the log of a run without a result.

        Args:
            is_interrupted: Whether somebody wanted it to stop; otherwise it failed.
        """


def epoch_values(epoch: Epoch) -> dict[str, float]:
    """The numbers of an epoch by their names in history.csv, without those that are not defined.

    >>> epoch = Epoch(number=1, loss=0.5, val_loss=0.25, metrics={"r2": math.nan}, learning_rate=0.01, seconds=2.0)
    >>> epoch_values(epoch)
    {'loss': 0.5, 'val_loss': 0.25, 'learning_rate': 0.01, 'seconds': 2.0}
    """
    return {name: value for name, value in epoch.to_row().items() if name != "epoch" and math.isfinite(value)}


def result_values(metrics: RunMetrics) -> dict[str, float]:
    """The test metrics that are defined, named as gates name them: `test.rmse`."""
    return {f"test.{name}": value for name, value in metrics.test.metrics.items() if value is not None}
