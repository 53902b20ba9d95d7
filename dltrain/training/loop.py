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
from dltrain.machine import available_memory
from dltrain.network import build_loss, build_optimizer
from dltrain.network.backend import keras
from dltrain.stopwatch import Stopwatch
from dltrain.training.compiled import Programs
from dltrain.training.compiling import compiling_evaluations_pays, compiling_pays
from dltrain.training.divergence import diverged
from dltrain.training.evaluating import Evaluation
from dltrain.training.examples import Examples
from dltrain.training.feeding import Feeder
from dltrain.training.history import Epoch
from dltrain.training.order import epoch_order
from dltrain.training.stopping import EarlyStopping, Plateau

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
    watch: Stopwatch | None = None,
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
        watch: Counts the stages "compile", "train", "validate" and "metrics".

    Returns:
        The epochs in order.

    Raises:
        TrainingError: The loss became NaN or infinite.
    """
    watch = watch or Stopwatch()
    with watch.stage("compile"):
        epochs_of = _EpochRunner.build(
            network, section, training=training, validation=validation, score=score, watch=watch
        )
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
    """

    section: TrainingSection
    training: Feeder
    validation: Evaluation
    score: Score
    optimizer: keras.optimizers.Optimizer
    programs: Programs
    has_batch_statistics: bool
    watch: Stopwatch

    @classmethod
    def build(
        cls,
        network: keras.Sequential,
        section: TrainingSection,
        *,
        training: Examples,
        validation: Examples,
        score: Score,
        watch: Stopwatch,
    ) -> "_EpochRunner":
        """Makes the optimizer and the programs, and compiles those that every epoch needs."""
        assert section.loss is not None  # noqa: S101 - resolve_config has set it
        steps_per_epoch = math.ceil(training.n_rows / section.batch_size)
        optimizer = build_optimizer(section.optimizer, total_steps=steps_per_epoch * section.epochs)
        evaluation = Evaluation.build(validation)
        n_full_batches = max(1, training.n_rows // section.batch_size)
        use_xla = compiling_pays(network, section, steps_per_epoch=n_full_batches)
        programs = Programs(
            network,
            optimizer,
            build_loss(section.loss),
            like=training,
            use_xla=use_xla,
            use_xla_to_evaluate=use_xla and compiling_evaluations_pays(section, n_blocks=len(evaluation.blocks)),
        )
        has_batch_statistics = any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)
        feeder = Feeder.build(training, free_bytes=available_memory())
        runner = cls(section, feeder, evaluation, score, optimizer, programs, has_batch_statistics, watch)
        runner._compile()
        return runner

    def _compile(self) -> None:
        """Builds the programs for the shapes they will get."""
        full, _ = self._batches(1)
        with self.training.blocks(full) as blocks:
            if (block := next(blocks, None)) is not None:
                self.programs.train_block(block.rows, block.order, 0)
        self.programs.evaluate(self.validation.blocks[0])

    def train(self, number: int) -> float:
        """Runs all steps of an epoch; returns the mean loss per row.

        Raises:
            TrainingError: The loss of a step is not finite.
        """
        full, rest = self._batches(number)
        n_all = len(full) + bool(len(rest))
        n_done, total = 0, 0.0
        with self.watch.stage("train"), self.training.blocks(full) as blocks:
            for block in blocks:
                block_loss, n_finite = self.programs.train_block(*block)
                self._check(float(block_loss), epoch=number, where=f"step {n_done + int(n_finite) + 1} of {n_all}")
                n_done += block.n_steps
                total += float(block_loss) * full.shape[1]
            if len(rest):
                loss = float(self.programs.train_short_block(*self.training.single(rest))[0])
                self._check(loss, epoch=number, where=f"step {n_all} of {n_all}")
                total += loss * len(rest)
        return total / (full.size + rest.size)

    def judge(self, number: int, *, loss: float, started: float) -> Epoch:
        """Measures the validation rows with the weights as they are.

        Raises:
            TrainingError: Their loss is not finite.
        """
        with self.watch.stage("validate"):
            outputs, mean_loss = self.validation.run(self.programs)
            val_loss = mean_loss + float(self.programs.penalty())
        self._check(val_loss, epoch=number, where="validation")
        with self.watch.stage("metrics"):
            metrics = self.score(outputs)
        rate = float(self.optimizer.learning_rate)
        return Epoch(number, loss, val_loss, metrics, rate, time.perf_counter() - started)

    def _batches(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of an epoch: full batches, int32 `(n_batches, batch_size)`, and those that are left, `(n,)`."""
        n_rows = self.training.examples.n_rows
        batch_size = min(self.section.batch_size, n_rows)
        order = epoch_order(n_rows, seed=self.section.seed, epoch=number)
        n_full, n_rest = divmod(len(order), batch_size)
        if n_rest == 1 and n_full and self.has_batch_statistics:
            n_rest = 0
        n_in_full = n_full * batch_size
        return order[:n_in_full].reshape(n_full, batch_size), order[n_in_full : n_in_full + n_rest]

    def _check(self, value: float, *, epoch: int, where: str) -> None:
        if not math.isfinite(value):
            rate = float(self.optimizer.learning_rate)
            raise diverged(self.training.examples, epoch=epoch, where=where, value=value, learning_rate=rate)


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
