"""What a fit tells while it runs; the command line turns these into text."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from dltrain.config import Config
from dltrain.config.architecture import LayerSummary
from dltrain.config.sections.preprocessing import Kind
from dltrain.run import Epoch, Progress


@dataclass(frozen=True)
class MemberBegan:
    """Of several fits that belong together: one of them begins.

    Attributes:
        member: "fold" or "seed".
        number: Counted from 1.
        total: How many there are.
    """

    member: str
    number: int
    total: int


@dataclass(frozen=True)
class AverageBegan:
    """Of several seeds, the average is made.

    Attributes:
        total: How many there are.
        parameters: Numbers in the network that it becomes.
    """

    total: int
    parameters: int


@dataclass(frozen=True)
class DataReady:
    """The table was read, the task is known, the rows are divided, the columns are encoded.

    Attributes:
        config: Resolved.
        rows: Data rows of `data.path`.
        dropped_rows: Rows left out because their target is missing.
        kinds: Kind of every feature column.
        labels: Label order; empty for regression.
        label_shares: Share of each label among the training rows, in [0, 1].
        n_inputs: Width of the encoded features.
        train, validation, test: Number of rows.
        notes: Choices made for the user that they may want to know of.
    """

    config: Config
    rows: int
    dropped_rows: int
    kinds: dict[str, Kind]
    labels: tuple[str, ...]
    label_shares: tuple[float, ...]
    n_inputs: int
    train: int
    validation: int
    test: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class NetworkReady:
    """The network was built.

    Attributes:
        layers: Every layer in order, the inputs first.
        config: Resolved.
    """

    layers: tuple[LayerSummary, ...]
    config: Config


@dataclass(frozen=True)
class Resumed:
    """Training goes on where it was interrupted.

    Attributes:
        progress: How far it had come.
        epochs: Those that are over.
        note: Something about the checkpoint that the user should know; None otherwise.
    """

    progress: Progress
    epochs: tuple[Epoch, ...]
    note: str | None


@dataclass(frozen=True)
class EpochGoesOn:
    """Some steps of an epoch are done; short epochs do not tell.

    Attributes:
        share: Of its steps, in (0, 1).
        seconds: It has taken so far.
    """

    share: float
    seconds: float


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is over.

    Attributes:
        epoch: What is known of it.
        epochs: `training.epochs`.
    """

    epoch: Epoch
    epochs: int


@dataclass(frozen=True)
class LogFailed:
    """A log of `logs` cannot be written any more; the fit goes on.

    Attributes:
        text: Which one, and why.
    """

    text: str


Event = MemberBegan | AverageBegan | DataReady | NetworkReady | Resumed | EpochGoesOn | EpochEnded | LogFailed
Notify = Callable[[Event], None]


def ignore(_: Event) -> None:
    """Tells nobody."""


def warn_of_lost_logs(event: Event) -> None:
    """Tells of logs alone, as a warning of Python: otherwise nobody would know that they end early."""
    if isinstance(event, LogFailed):
        warnings.warn(event.text, RuntimeWarning, stacklevel=2)
