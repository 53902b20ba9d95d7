"""What is known of every epoch that is over: the rows of history.csv, and as arrays in a checkpoint."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.errors import RunError

HISTORY: Final = "history/"
"""Begins the names of these arrays in a checkpoint."""

_NUMBERS: Final = ("loss", "val_loss", "learning_rate", "seconds")
_METRIC: Final = "metric/"
_METRIC_NAME: Final = re.compile(r"metric/\d{1,3}/[a-z0-9_]+")
_IS_BEST: Final = "is_best"


@dataclass(frozen=True)
class Epoch:
    """One pass over the training rows.

    Attributes:
        number: Counted from 1.
        loss: Mean training loss while the weights moved, penalties included.
        val_loss: Loss of the validation rows with the weights at the end of the epoch, penalties included.
        metrics: Validation metrics by name, in the target's own units; nan where undefined.
        learning_rate: At the end of the epoch.
        seconds: Wall-clock time, validation included.
        is_best: Whether early stopping counts this as the best epoch so far; always true without early stopping.
    """

    number: int
    loss: float
    val_loss: float
    metrics: Mapping[str, float]
    learning_rate: float
    seconds: float
    is_best: bool = True

    def monitored(self, name: str) -> float:
        """The value a config calls `loss`, `val_loss` or `val_<metric>`."""
        match name:
            case "loss":
                return self.loss
            case "val_loss":
                return self.val_loss
            case _:
                return self.metrics[name.removeprefix("val_")]

    def to_row(self) -> dict[str, float]:
        """The epoch as a row of history.csv."""
        return {
            "epoch": self.number,
            "loss": self.loss,
            "val_loss": self.val_loss,
            **{f"val_{name}": value for name, value in self.metrics.items()},
            "learning_rate": self.learning_rate,
            "seconds": round(self.seconds, 4),
        }


def history_to_arrays(epochs: Sequence[Epoch]) -> dict[str, np.ndarray]:
    """The epochs, numbered from 1, as one array `(n_epochs,)` for each of their values.

    >>> epoch = Epoch(number=1, loss=0.5, val_loss=0.25, metrics={"r2": 0.1}, learning_rate=0.01, seconds=2.0)
    >>> history_from_arrays(history_to_arrays([epoch])) == [epoch]
    True
    """
    columns = {name: [getattr(epoch, name) for epoch in epochs] for name in _NUMBERS}
    # Numbered, because a file may give its arrays in any order.
    for position, name in enumerate(epochs[0].metrics if epochs else ()):
        columns[f"{_METRIC}{position}/{name}"] = [epoch.metrics[name] for epoch in epochs]
    arrays = {name: np.array(values, np.float64) for name, values in columns.items()}
    return arrays | {_IS_BEST: np.array([epoch.is_best for epoch in epochs], np.bool_)}


def history_from_arrays(arrays: Mapping[str, np.ndarray]) -> list[Epoch]:
    """Undoes `history_to_arrays`.

    Raises:
        ValueError: They are no such arrays.
    """
    metrics = sorted(filter(_METRIC_NAME.fullmatch, arrays), key=lambda name: int(name.split("/")[1]))
    expected = dict.fromkeys((*_NUMBERS, *metrics), "float64") | {_IS_BEST: "bool"}
    sizes = {array.size if array.ndim == 1 else -1 for array in arrays.values()}
    if {name: array.dtype.name for name, array in arrays.items()} != expected or len(sizes) != 1 or -1 in sizes:
        raise ValueError("expected a history with one number of every kind for each epoch")
    columns = {name: array.tolist() for name, array in arrays.items()}
    return [
        Epoch(
            number=row + 1,
            **{name: columns[name][row] for name in (*_NUMBERS, _IS_BEST)},
            metrics={name.split("/")[2]: columns[name][row] for name in metrics},
        )
        for row in range(len(columns[_IS_BEST]))
    ]


def under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays, their names with something in front."""
    return {prefix + name: array for name, array in arrays.items()}


def read_history(arrays: Mapping[str, np.ndarray], *, n_epochs: int) -> list[Epoch]:
    """The epochs among the arrays of a checkpoint.

    Raises:
        RunError: They are not there, or not as many.
    """
    history = {name.removeprefix(HISTORY): array for name, array in arrays.items() if name.startswith(HISTORY)}
    try:
        epochs = history_from_arrays(history)
    except ValueError as error:
        raise RunError(f"damaged checkpoint: {error}") from error
    if len(epochs) != n_epochs:
        raise RunError(f"damaged checkpoint: expected {n_epochs:,} epochs, got {len(epochs):,}")
    return epochs
