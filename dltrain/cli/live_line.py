"""The one line that a terminal shows while a network is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dltrain.cli.output import number
from dltrain.run import Epoch
from dltrain.workflows.fitting.events import EpochGoesOn

_GAP: Final = "  "
_BARS: Final = "▁▂▃▄▅▆▇█"
_SPARK_EPOCHS: Final = 16
_TIMED_EPOCHS: Final = 10
"""Of so many epochs the mean time tells how long the rest will take; the first ones are often slower."""
_LONG_EPOCH: Final = 2.0
"""Seconds; the share that is done of shorter epochs would only flicker."""


@dataclass(frozen=True)
class Training:
    """How far a training has come.

    Attributes:
        epochs: Those that are over.
        planned: `training.epochs`.
        rows: Training rows.
        may_stop: Whether early stopping may end it sooner.
        best: The epoch whose weights would be kept; None where the last ones are.
        going_on: How far the next epoch has come; None where that is not known yet.
    """

    epochs: Sequence[Epoch]
    planned: int
    rows: int
    may_stop: bool
    best: Epoch | None
    going_on: EpochGoesOn | None = None

    @property
    def share(self) -> float:
        """Of the next epoch that is done, in [0, 1)."""
        return self.going_on.share if self.going_on else 0.0


def live_line(training: Training, *, width: int, is_unicode: bool = True) -> str:
    """As much as fits, the most wanted parts first, in their usual order.

    Args:
        training: How far it has come.
        width: Of the terminal, in characters.
        is_unicode: Whether it can show a sparkline.
    """
    if not training.epochs:
        return _first_epoch(training, width)
    last = training.epochs[-1]
    counted = _counted(last.number, training)
    metric = "".join(f"val_{name} {number(value)}" for name, value in list(last.metrics.items())[:1])
    # As long from the first epoch on, so that nothing has to give way to it later.
    recent = [epoch.val_loss for epoch in training.epochs[-_SPARK_EPOCHS:]]
    spark = sparkline(recent).rjust(_SPARK_EPOCHS) if is_unicode else ""
    best = f"best {number(training.best.val_loss)} in {training.best.number}" if training.best else ""
    speed = f"{training.rows / last.seconds:,.0f} rows/s" if last.seconds > 0 else ""
    # Each with its rank: what is left out last has the lowest one.
    parts = [
        (0, f"epoch {counted}"),
        (3, f"next {training.share:>4.0%}" if last.seconds >= _LONG_EPOCH else ""),
        (6, spark),
        (2, f"loss {number(last.loss)}"),
        (1, f"val_loss {number(last.val_loss)}"),
        (5, best),
        (7, metric),
        (9, f"rate {last.learning_rate:.3g}"),
        (8, speed),
        (4, _time_left(training)),
    ]
    return _joined(parts, width) or counted[:width]


def _first_epoch(training: Training, width: int) -> str:
    """What can be said before an epoch is over."""
    if training.going_on is None:
        return "training begins"[:width]
    share, seconds = training.going_on.share, training.going_on.seconds
    speed = f"{training.rows * share / seconds:,.0f} rows/s" if seconds > 0 else ""
    left = seconds * (training.planned - share) / share
    parts = [
        (0, f"epoch {_counted(1, training)}"),
        (1, f"at {share:>3.0%}"),
        (3, speed),
        (2, _left(left, training)),
    ]
    return _joined(parts, width) or _counted(1, training)[:width]


def _counted(number: int, training: Training) -> str:
    return f"{number:>{len(str(training.planned))}}/{training.planned}"


def _joined(parts: list[tuple[int, str]], width: int) -> str:
    return _GAP.join(_fitting([part for part in parts if part[1]], width))


def _fitting(parts: list[tuple[int, str]], width: int) -> list[str]:
    """The parts that fit beside each other; one that is too long leaves room for those that follow in rank."""
    taken: set[int] = set()
    left = width + len(_GAP)
    for rank, text in sorted(parts):
        if rank and not taken:
            break
        if len(text) + len(_GAP) <= left:
            taken.add(rank)
            left -= len(text) + len(_GAP)
    return [text for rank, text in parts if rank in taken]


def sparkline(values: Sequence[float]) -> str:
    """A bar for every value, from the lowest to the highest of them.

    >>> sparkline([4.0, 2.0, 1.0, 1.5])
    '█▃▁▂'
    """
    low, high = min(values), max(values)
    if not high > low:
        return _BARS[0] * len(values)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)


def _time_left(training: Training) -> str:
    """How long the epochs that are left will take, if none of them is saved."""
    timed = training.epochs[-_TIMED_EPOCHS:]
    n_left = training.planned - training.epochs[-1].number - training.share
    return _left(n_left * sum(epoch.seconds for epoch in timed) / len(timed), training)


def _left(seconds: float, training: Training) -> str:
    return f"{'≤ ' if training.may_stop else ''}{duration(seconds)} left"


def duration(seconds: float) -> str:
    """A time in minutes and seconds, or in hours and minutes.

    >>> duration(75), duration(2 * 3600 + 61), duration(0.2)
    ('1:15', '2 h 01', '0:00')
    """
    minutes = int(seconds) // 60
    return f"{minutes // 60} h {minutes % 60:02}" if minutes >= 60 else f"{minutes}:{int(seconds) % 60:02}"
