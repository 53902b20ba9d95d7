"""The loop over epochs."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from dltrain.config.optimizers import ReduceOnPlateau
from dltrain.config.training import TrainingSection
from dltrain.errors import TrainingError
from dltrain.network import build_loss, build_optimizer
from dltrain.network.backend import keras
from dltrain.training.compiled import DeviceRows, Programs, build_programs
from dltrain.training.divergence import diverged
from dltrain.training.examples import Examples
from dltrain.training.history import Epoch
from dltrain.training.order import epoch_order
from dltrain.training.stopping import EarlyStopping, Plateau

BLOCK_STEPS = 256
"""Steps in one compiled program: enough that calling it costs nothing, few enough to notice NaN soon."""

COMPILE_FROM_STEPS = 2_000
"""XLA compiles for one to four seconds and saves one to two milliseconds a step."""

EVALUATION_ROWS = 8_192
"""Rows of one evaluation block."""

Score = Callable[[np.ndarray], dict[str, float]]
"""Turns the outputs for all validation rows, float32 `(n, n_outputs)`, into metrics."""


def train(
    network: keras.Sequential,
    section: TrainingSection,
    *,
    training: Examples,
    validation: Examples,
    score: Score,
    on_epoch: Callable[[Epoch], None] = lambda _: None,
) -> tuple[Epoch, ...]:
    """Trains the network in place.

    The rows of an epoch come in an order that follows from the seed and the epoch's number. After each epoch
    the validation rows are judged exactly. With early stopping that restores them, the network ends with the
    weights of its best epoch. With batch normalisation, a last batch of a single row is left out, another row in
    every epoch. With `use_ema` every epoch is judged, and the network left, with averaged weights.

    Args:
        network: Built, for the encoded features.
        section: Resolved: the loss is set.
        training: The rows to learn from.
        validation: The rows to judge by.
        score: The metrics of the validation rows.
        on_epoch: Called after each epoch.

    Returns:
        The epochs in order.

    Raises:
        TrainingError: The loss became NaN or infinite.
    """
    epochs_of = _EpochRunner.build(network, section, training=training, validation=validation, score=score)
    schedule = section.optimizer.learning_rate
    plateau = Plateau(schedule) if isinstance(schedule, ReduceOnPlateau) else None
    stopping = EarlyStopping(section.early_stopping) if section.early_stopping else None
    best_weights: list[np.ndarray] | None = None
    epochs: list[Epoch] = []
    for number in range(1, section.epochs + 1):
        started = time.perf_counter()
        loss = epochs_of.train(number)
        with averaged_weights(network, epochs_of.optimizer):
            epoch = epochs_of.judge(number, loss=loss, started=started)
            if stopping is not None:
                epoch = replace(epoch, is_best=stopping.improves(_monitored(epoch, stopping.section.monitor)))
                if epoch.is_best and stopping.section.restore_best_weights:
                    best_weights = network.get_weights()
        epochs.append(epoch)
        on_epoch(epoch)
        if stopping is not None and stopping.is_over:
            break
        if plateau is not None:
            value = _monitored(epoch, plateau.section.monitor)
            epochs_of.optimizer.learning_rate = plateau.next_rate(value, epoch.learning_rate)
    if best_weights is not None:
        network.set_weights(best_weights)
    else:
        epochs_of.optimizer.finalize_variable_values(network.trainable_variables)
    return tuple(epochs)


def _monitored(epoch: Epoch, name: str) -> float:
    """The monitored value, which must be a number: nothing would ever improve on NaN."""
    value = epoch.monitored(name)
    if math.isnan(value):
        raise TrainingError(
            f"epoch {epoch.number}: '{name}' is monitored but undefined for these validation rows, "
            f"expected a number, got {value}",
            hint="the validation rows may hold one class only: monitor val_loss, or validate on more rows",
        )
    return value


@dataclass(frozen=True)
class _EpochRunner:
    """Trains and judges one epoch after another.

    Attributes:
        has_batch_statistics: Whether a batch of a single row, which has no variance, must not be trained on.
        validation_blocks: The validation rows in evaluation blocks.
    """

    section: TrainingSection
    training: Examples
    validation: Examples
    score: Score
    optimizer: keras.optimizers.Optimizer
    programs: Programs
    has_batch_statistics: bool
    validation_blocks: list[DeviceRows]

    @classmethod
    def build(
        cls,
        network: keras.Sequential,
        section: TrainingSection,
        *,
        training: Examples,
        validation: Examples,
        score: Score,
    ) -> "_EpochRunner":
        """Makes the optimizer and the programs."""
        assert section.loss is not None  # noqa: S101 - resolve_config has set it
        total_steps = math.ceil(training.n_rows / section.batch_size) * section.epochs
        optimizer = build_optimizer(section.optimizer, total_steps=total_steps)
        programs = build_programs(
            network,
            optimizer,
            build_loss(section.loss),
            DeviceRows.from_examples(training),
            widths=training.features.widths,
            compile_blocks=total_steps >= COMPILE_FROM_STEPS,
        )
        has_batch_statistics = any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)
        return cls(section, training, validation, score, optimizer, programs, has_batch_statistics, _blocks(validation))

    def train(self, number: int) -> float:
        """Runs all steps of an epoch; returns the mean loss per row.

        Raises:
            TrainingError: The loss of a step is not finite.
        """
        batch_size = self.section.batch_size
        order = epoch_order(self.training.n_rows, seed=self.section.seed, epoch=number)
        if self.has_batch_statistics and len(order) > 1 and len(order) % batch_size == 1:
            order = order[:-1]
        n_full, n_all = len(order) // batch_size, math.ceil(len(order) / batch_size)
        full = order[: n_full * batch_size].reshape(n_full, batch_size)
        capacity = min(n_full, BLOCK_STEPS)
        total = 0.0
        for start in range(0, n_full, BLOCK_STEPS):
            block = full[start : start + capacity]
            # A fixed shape keeps one compiled program for all blocks; the padding is never looked at.
            padded = np.concatenate([block, np.zeros((capacity - len(block), batch_size), np.int32)])
            block_loss, n_finite = self.programs.train_block(padded, len(block))
            self._check(float(block_loss), epoch=number, where=f"step {start + int(n_finite) + 1} of {n_all}")
            total += float(block_loss) * batch_size
        rest = order[n_full * batch_size :]
        if len(rest):
            loss = float(self.programs.train_batch(rest))
            self._check(loss, epoch=number, where=f"step {n_all} of {n_all}")
            total += loss * len(rest)
        return total / len(order)

    def judge(self, number: int, *, loss: float, started: float) -> Epoch:
        """Measures the validation rows with the weights as they are.

        Raises:
            TrainingError: Their loss is not finite.
        """
        results = [self.programs.evaluate(block) for block in self.validation_blocks]
        outputs = np.concatenate([np.asarray(output) for output, _ in results])
        losses = np.concatenate([np.asarray(values) for _, values in results]).astype(np.float64)
        mean_loss = float(np.average(losses, weights=self.validation.weight.astype(np.float64)))
        val_loss = mean_loss + float(self.programs.penalty())
        self._check(val_loss, epoch=number, where="validation")
        rate = float(self.optimizer.learning_rate)
        return Epoch(number, loss, val_loss, self.score(outputs), rate, time.perf_counter() - started)

    def _check(self, value: float, *, epoch: int, where: str) -> None:
        if not math.isfinite(value):
            rate = float(self.optimizer.learning_rate)
            raise diverged(self.training, epoch=epoch, where=where, value=value, learning_rate=rate)


def _blocks(examples: Examples) -> list[DeviceRows]:
    """The examples in evaluation blocks."""
    return [
        DeviceRows.from_examples(examples.take(slice(start, start + EVALUATION_ROWS)))
        for start in range(0, examples.n_rows, EVALUATION_ROWS)
    ]


@contextmanager
def averaged_weights(network: keras.Sequential, optimizer: keras.optimizers.Optimizer) -> Iterator[None]:
    """Puts the moving averages of `use_ema` into the network for a while; does nothing without it."""
    if not optimizer.use_ema:
        yield
        return
    moving = [variable.numpy() for variable in network.trainable_variables]
    optimizer.finalize_variable_values(network.trainable_variables)
    try:
        yield
    finally:
        for variable, value in zip(network.trainable_variables, moving, strict=True):
            variable.assign(value)
