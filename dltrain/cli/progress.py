"""What a person sees of a fit: data, split, network, and the epochs as they come."""

import time
from types import TracebackType
from typing import Self, TextIO

from rich.progress import Progress, TaskID, TextColumn

from dltrain.cli.live_line import Training, live_line
from dltrain.cli.output import ProgressConsole, console, layer_table, number
from dltrain.config.architecture import LayerSummary
from dltrain.config.config import Config
from dltrain.errors import counted, last_part
from dltrain.run import Epoch
from dltrain.workflows.fitting.events import (
    AverageBegan,
    DataReady,
    EpochEnded,
    EpochGoesOn,
    Event,
    LogFailed,
    MemberBegan,
    NetworkReady,
    Resumed,
)

LOG_SECONDS = 2.0
"""In a log file, at most one epoch line in this time, besides the first and the last."""

_LIVE_SECONDS = 0.1
"""Within an epoch, the live line changes once in this time at most."""


class FitDisplay:
    """Prints the events of a fit: a live line on a terminal, plain lines elsewhere, lost logs alone when quiet."""

    def __init__(self, stream: TextIO, *, is_quiet: bool) -> None:
        self._console = console(stream, kind=ProgressConsole)
        self._is_quiet = is_quiet
        self._bar: Progress | None = None
        self._bar_task = TaskID(0)
        self._last_line = self._last_drawn = 0.0
        self._seen: list[Epoch] = []
        self._best: Epoch | None = None
        self._planned = 0
        self._rows = 0
        self._may_stop = False
        self._keeps_best = False
        self._is_repeated = False
        self._notes: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end_epochs(is_finished=kind is None)

    def __call__(self, event: Event) -> None:
        """Takes one event."""
        if self._is_quiet and not isinstance(event, LogFailed):
            return
        match event:
            case MemberBegan():
                self._show_part(f"{event.member} {event.number} of {event.total}")
            case AverageBegan():
                parameters = counted(event.parameters, "parameter")
                self._show_part(f"average of {event.total} seeds, one network of {parameters}")
            case DataReady():
                self._show_data(event)
            case NetworkReady():
                self._show_network(event)
            case Resumed():
                self._show_resumed(event)
            case EpochGoesOn():
                self._show_steps(event)
            case EpochEnded():
                self._show_epoch(event.epoch, event.epochs)
            case LogFailed():
                self._line("warning", event.text)

    def _end_epochs(self, *, is_finished: bool) -> None:
        """Takes the bar away; leaves a line that sums up a finished fit."""
        if self._bar is not None:
            self._bar.stop()
        if self._seen and is_finished and not self._is_quiet:
            self._finish(self._seen[-1], self._planned)
        self._bar = self._best = None
        self._seen = []

    def _show_part(self, heading: str) -> None:
        self._end_epochs(is_finished=True)
        self._console.print(heading, style="bold")

    def _show_data(self, event: DataReady) -> None:
        """Shows what there is; of a later run, only what may differ from the one before."""
        if not self._is_repeated:
            self._show_table(event)
        self._rows = event.train
        split = event.config.split
        parts = [
            f"{event.train:,} train",
            f"{event.validation:,} validation{_from_file(split.validation)}",
            f"{event.test:,} test{_from_file(split.test)}",
        ]
        self._line("split", f"{' · '.join(parts)} ({split_text(event.config)})")
        for text in event.notes:
            if text not in self._notes:
                self._line("note", text)
        self._notes.update(event.notes)

    def _show_table(self, event: DataReady) -> None:
        data = event.config.data
        kinds = list(event.kinds.values())
        by_kind = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        dropped = f", {event.dropped_rows:,} without a target left out" if event.dropped_rows else ""
        self._line("data", f"{last_part(data.path)}: {counted(event.rows, 'row')}{dropped}")
        self._line("features", f"{counted(len(kinds), 'column')} ({by_kind}) → {counted(event.n_inputs, 'input')}")
        self._line("target", _target_text(event))

    def _show_network(self, event: NetworkReady) -> None:
        stopping = event.config.training.early_stopping
        self._may_stop = stopping is not None
        self._keeps_best = stopping is not None and stopping.restore_best_weights
        self._planned = event.config.training.epochs
        if not self._is_repeated:
            self._console.print(layer_table(event.layers))
            self._line("training", training_text(event.config, event.layers))
        self._is_repeated = True
        if self._console.is_terminal:
            self._draw()

    def _show_resumed(self, event: Resumed) -> None:
        if event.note is not None:
            self._line("note", event.note)
        self._line("resumed", f"at {event.progress.place}")
        for epoch in event.epochs:
            self._take(epoch)
        if self._console.is_terminal:
            self._draw()

    def _take(self, epoch: Epoch) -> None:
        self._seen.append(epoch)
        if epoch.is_best:
            self._best = epoch

    def _show_epoch(self, epoch: Epoch, epochs: int) -> None:
        self._take(epoch)
        if self._console.is_terminal:
            self._draw()
        elif epoch.number in (1, epochs) or time.monotonic() - self._last_line >= LOG_SECONDS:
            self._last_line = time.monotonic()
            self._console.print(f"epoch {epoch.number}/{epochs}  {epoch_text(epoch)}  {epoch.seconds:.2g} s")

    def _show_steps(self, event: EpochGoesOn) -> None:
        """Moves the live line; a log has a line for an epoch at most."""
        if self._console.is_terminal and time.monotonic() - self._last_drawn >= _LIVE_SECONDS:
            self._draw(event)

    def _draw(self, going_on: EpochGoesOn | None = None) -> None:
        """Shows how far the training has come, also one that goes on from a checkpoint."""
        self._last_drawn = time.monotonic()
        training = Training(
            self._seen, self._planned, self._rows, self._may_stop, self._best if self._keeps_best else None, going_on
        )
        is_unicode = self._console.encoding.lower().startswith("utf")
        line = live_line(training, width=self._console.width - 1, is_unicode=is_unicode)
        if self._bar is None:
            self._bar = Progress(TextColumn("{task.description}", markup=False), console=self._console, transient=True)
            self._bar_task = self._bar.add_task(line)
            self._bar.start()
        self._bar.update(self._bar_task, description=line)

    def _finish(self, last: Epoch, epochs: int) -> None:
        kept = self._best if self._best and self._keeps_best else last
        stopped = f"stopped after {last.number} of {epochs}" if last.number < epochs else f"{last.number} trained"
        self._line("epochs", f"{stopped}, kept epoch {kept.number}: {epoch_text(kept)}")

    def _line(self, heading: str, text: str) -> None:
        self._console.print(f"{heading:<10}{text}")


def _from_file(part: float | str) -> str:
    return f" from {last_part(part)}" if isinstance(part, str) else ""


def target_role(config: Config) -> str:
    """The task, and what is done with the target."""
    target = config.preprocessing.target
    positive = f"positive '{config.data.positive}'" if config.data.positive is not None else None
    transform = f"trained on its {target.transform}" if target.transform != "none" else None
    scale = f"{target.scale} scale" if target.scale not in (None, "none") else None
    return ", ".join(part for part in (config.data.task, positive, transform, scale) if part)


def split_text(config: Config) -> str:
    """How the rows were divided."""
    split = config.split
    by = f" by {split.column}" if split.column else ""
    fold = "" if split.folds is None else f", fold {split.fold or 1} of {split.folds}"
    return f"{split.strategy}{by}, seed {split.seed}{fold}"


def _target_text(event: DataReady) -> str:
    data = event.config.data
    shares = [f"'{label}' {share:.1%}" for label, share in zip(event.labels, event.label_shares, strict=True)]
    more = f" and {len(shares) - 6} more" if len(shares) > 6 else ""
    labels = f": {', '.join(shares[:6])}{more}" if shares else ""
    return f"{data.target} ({target_role(event.config)}){labels}"


def training_text(config: Config, layers: tuple[LayerSummary, ...]) -> str:
    """Parameters, loss, optimizer, batches and epochs."""
    training = config.training
    assert training.loss is not None  # noqa: S101 - the config is resolved
    rate = training.optimizer.learning_rate
    shown = f"{rate:g}" if isinstance(rate, (int, float)) else f"schedule {rate.type}"
    parameters = sum(layer.parameters for layer in layers)
    return (
        f"{counted(parameters, 'parameter')}, loss {training.loss.type}, {training.optimizer.type} "
        f"with learning rate {shown}, batches of {training.batch_size}, at most {counted(training.epochs, 'epoch')}"
    )


def epoch_text(epoch: Epoch) -> str:
    """Both losses and the first metric."""
    return f"loss {number(epoch.loss)}  val_loss {number(epoch.val_loss)}{_metric_text(epoch)}"


def _metric_text(epoch: Epoch) -> str:
    """The first metric."""
    return "".join(f"  val_{name} {number(value)}" for name, value in list(epoch.metrics.items())[:1])
