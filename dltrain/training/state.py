"""All that changes while a network is trained, and copies of it from which training goes on exactly.

Nothing else has to be kept: the order of the rows, dropout and noise follow from seeds and the number of the step.
"""

from dataclasses import dataclass, field

import numpy as np

from dltrain.errors import RunError
from dltrain.network.backend import keras
from dltrain.run.history import HISTORY, Epoch, history_to_arrays, read_history, under
from dltrain.run.progress import Progress


@dataclass(frozen=True)
class Snapshot:
    """A copy of the state.

    Attributes:
        progress: The position, and what early stopping and plateaus have counted.
        arrays: `network/…`: its variables by position and name; `optimizer/…`: its variables by position; `best/…`: the
            weights of the best epoch, when early stopping keeps them; `history/…`: the epochs that are over.
    """

    progress: Progress
    arrays: dict[str, np.ndarray]


@dataclass
class TrainingState:
    """The state itself.

    Attributes:
        network: Holds the weights.
        optimizer: Built; holds moments, averages, the number of steps, and the learning rate.
        progress: The position and the counts.
        epochs: Those that are over.
        best_weights: Of the best epoch, when early stopping keeps them.
    """

    network: keras.Sequential
    optimizer: keras.optimizers.Optimizer
    progress: Progress = field(default_factory=Progress)
    epochs: list[Epoch] = field(default_factory=list)
    best_weights: list[np.ndarray] | None = None

    @property
    def is_finite(self) -> bool:
        """Whether every number of the network and the optimizer is finite."""
        arrays = map(np.asarray, self._variables().values())
        return all(bool(np.isfinite(array).all()) for array in arrays if array.dtype.kind == "f")

    def copy(self) -> Snapshot:
        """The state at this moment."""
        # A view of a variable would change with it.
        arrays = {name: np.array(variable.numpy()) for name, variable in self._variables().items()}
        arrays |= {f"best/{position}": array for position, array in enumerate(self.best_weights or ())}
        return Snapshot(self.progress, arrays | under(HISTORY, history_to_arrays(self.epochs)))

    def restore(self, snapshot: Snapshot) -> None:
        """Goes on from a copy, whose arrays are given up: two of them at a time may be too much memory.

        Raises:
            RunError: Its arrays are not those of this network and optimizer.
        """
        arrays = dict(snapshot.arrays)
        epochs = read_history(arrays, n_epochs=snapshot.progress.epoch - 1)
        arrays = {name: array for name, array in arrays.items() if not name.startswith(HISTORY)}
        variables, weights = self._variables(), self.network.get_weights()
        expected = {name: (tuple(variable.shape), variable.dtype) for name, variable in variables.items()}
        has_best = "best/0" in arrays
        if has_best:
            expected |= {f"best/{position}": (array.shape, array.dtype.name) for position, array in enumerate(weights)}
        found = {name: (array.shape, array.dtype.name) for name, array in arrays.items()}
        if found != expected:
            wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
            raise RunError(f"damaged checkpoint: expected the arrays of this network, '{wrong[0]}' is another one")
        for name, variable in variables.items():
            variable.assign(arrays[name])
        self.progress, self.epochs = snapshot.progress, epochs
        self.best_weights = [arrays[f"best/{n}"] for n in range(len(weights))] if has_best else None
        snapshot.arrays.clear()

    def _variables(self) -> dict[str, keras.Variable]:
        network = {f"network/{n}/{variable.name}": variable for n, variable in enumerate(self.network.variables)}
        # Some of the optimizer's have names that count the variables of the whole process.
        return network | {f"optimizer/{n}": variable for n, variable in enumerate(self.optimizer.variables)}
