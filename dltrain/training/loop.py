"""The loop over epochs."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from dltrain.config.checks.task import suitable_target_scale
from dltrain.config.sections.optimizers import ReduceOnPlateau
from dltrain.config.sections.training import TrainingSection
from dltrain.config.steps import divide_epoch
from dltrain.errors import Interrupted, OutputError, TrainingError
from dltrain.machine import available_memory
from dltrain.network import build_loss, build_optimizer
from dltrain.network.backend import keras
from dltrain.run.history import Epoch
from dltrain.run.progress import Patience, Progress
from dltrain.stopwatch import Stopwatch
from dltrain.training.compiled import Programs
from dltrain.training.compiling import compiling_evaluations_pays, compiling_pays
from dltrain.training.divergence import diverged
from dltrain.training.evaluating import Evaluator
from dltrain.training.examples import Examples
from dltrain.training.feeding import Feeder
from dltrain.training.keeping import Keeper, Keeping
from dltrain.training.order import epoch_order
from dltrain.training.state import Snapshot, TrainingState
from dltrain.training.stopping import EarlyStopping, Plateau

Score = Callable[[np.ndarray], dict[str, float]]
"""Turns the outputs for all validation rows, float32 `(n, n_outputs)`, into metrics."""

OnSteps = Callable[[Progress, float], None]
"""Told where an epoch stands that goes on, and the share of its steps that are done, in (0, 1)."""


def train(
    network: keras.Sequential,
    section: TrainingSection,
    *,
    training: Examples,
    validation: Examples,
    score: Score,
    on_epoch: Callable[[Epoch], None] = lambda _: None,
    on_steps: OnSteps = lambda *_: None,
    watch: Stopwatch | None = None,
    keeping: Keeping | None = None,
    resume: Snapshot | None = None,
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
        on_steps: Called between the blocks of an epoch: seldom, and never where a block is the whole epoch.
        watch: Counts the stages "compile", "train", "validate", "metrics" and "checkpoint".
        keeping: What to do with the state between blocks of steps; None does nothing.
        resume: Where to go on: the same numbers come out as without the interruption.

    Returns:
        All epochs in order.

    Raises:
        TrainingError: The loss became NaN or infinite. The last finite state is saved.
        Interrupted: `keeping` says so. The state is saved.
        RunError: `resume` belongs to another network.
    """
    watch = watch or Stopwatch()
    with watch.stage("compile"):
        runner = _EpochRunner.build(
            network, section, training=training, validation=validation, score=score, on_steps=on_steps, watch=watch
        )
    state = TrainingState(network, runner.optimizer)
    if resume is not None and resume.progress != Progress():
        state.restore(resume)
    keeper = Keeper(state, keeping or Keeping(), watch)
    if resume is None:
        keeper.begin()
    try:
        keeper.save_if_due()
        _train_epochs(state, section, runner, keeper, on_epoch)
        keeper.end()
    except TrainingError as error:
        try:
            keeper.rescue(error)
        except OutputError as lost:
            message = f"{error.message}; its last finite weights could not be kept: {lost.message}"
            raise TrainingError(message, hint=error.hint) from error
        raise
    if state.best_weights is not None:
        network.set_weights(state.best_weights)
    else:
        runner.optimizer.finalize_variable_values(network.trainable_variables)
    return tuple(state.epochs)


def _train_epochs(
    state: TrainingState,
    section: TrainingSection,
    runner: "_EpochRunner",
    keeper: Keeper,
    on_epoch: Callable[[Epoch], None],
) -> None:
    """Trains from where the state is until the last epoch, or until early stopping has seen enough."""
    schedule = section.optimizer.learning_rate
    plateau = Plateau(schedule, state.progress.plateau) if isinstance(schedule, ReduceOnPlateau) else None
    stopping = EarlyStopping(section.early_stopping, state.progress.stopping) if section.early_stopping else None
    while state.progress.epoch <= section.epochs and not (stopping and stopping.is_over):
        loss = runner.train(state, keeper)
        try:
            with averaged_weights(state.network, state.optimizer):
                epoch = runner.judge(state.progress, keeper, loss=loss)
                if stopping is not None:
                    is_best = stopping.improves(_monitored(epoch, stopping.section.monitor))
                    epoch = replace(epoch, is_best=is_best)
                    if is_best and stopping.section.restore_best_weights:
                        state.best_weights = state.network.get_weights()
        except Interrupted:
            keeper.save_and_stop()
        if plateau is not None:
            value = _monitored(epoch, plateau.section.monitor)
            state.optimizer.learning_rate = plateau.next_rate(value, epoch.learning_rate)
        state.progress = Progress(
            epoch=epoch.number + 1,
            stopping=stopping.seen if stopping else Patience(),
            plateau=plateau.seen if plateau else Patience(),
        )
        state.epochs.append(epoch)
        on_epoch(epoch)
        keeper.save_if_due()


def _monitored(epoch: Epoch, name: str) -> float:
    """The monitored value, which must be a number: nothing would ever improve on NaN."""
    value = epoch.monitored(name)
    if not math.isfinite(value):
        undefined = math.isnan(value)
        raise TrainingError(
            f"epoch {epoch.number}: '{name}' is monitored but {'undefined' if undefined else 'infinite'} for these "
            f"validation rows, expected a number, got {value}",
            hint="the validation rows may hold one class only: monitor val_loss, or validate on more rows"
            if undefined
            else "predictions are too large to compute with: monitor val_loss, or lower the learning rate",
        )
    return value


@dataclass(frozen=True)
class _EpochRunner:
    """Trains and judges one epoch after another.

    Attributes:
        has_batch_statistics: Whether a batch of a single row, which has no variance, must not be trained on.
        target_scale: How a target that is not scaled can be, for whoever asks why the loss is not finite.
    """

    section: TrainingSection
    training: Feeder
    validation: Evaluator
    score: Score
    on_steps: OnSteps
    optimizer: keras.optimizers.Optimizer
    programs: Programs
    has_batch_statistics: bool
    target_scale: str
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
        on_steps: OnSteps,
        watch: Stopwatch,
    ) -> "_EpochRunner":
        """Makes the optimizer and the programs, and compiles those that every epoch needs."""
        assert section.loss is not None  # noqa: S101 - resolve_config has set it
        has_batch_statistics = any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)
        n_full, n_rest = divide_epoch(training.n_rows, section.batch_size, has_batch_statistics=has_batch_statistics)
        optimizer = build_optimizer(section.optimizer, total_steps=(n_full + bool(n_rest)) * section.epochs)
        evaluator = Evaluator.build(validation)
        use_xla = compiling_pays(network, section, steps_per_epoch=n_full)
        programs = Programs(
            network,
            optimizer,
            build_loss(section.loss),
            like=training,
            use_xla=use_xla,
            use_xla_to_evaluate=use_xla and compiling_evaluations_pays(section, n_blocks=len(evaluator.blocks)),
        )
        feeder = Feeder.build(training, free_bytes=available_memory(), n_parameters=network.count_params())
        runner = cls(
            section=section,
            training=feeder,
            validation=evaluator,
            score=score,
            on_steps=on_steps,
            optimizer=optimizer,
            programs=programs,
            has_batch_statistics=has_batch_statistics,
            target_scale=suitable_target_scale(section.loss, network.layers[-1].activation.__name__),
            watch=watch,
        )
        runner._compile()
        return runner

    def _compile(self) -> None:
        """Builds the programs for the shapes they will get."""
        full, rest = self._batches(1)
        with self.training.blocks(full) as blocks:
            block = next(blocks, None)
            finish = self.programs.begin_compiling(block.rows, block.order) if block else None
            try:
                if len(rest):
                    single = self.training.single(rest)
                    self.programs.train_short_block(single.rows, single.order, 0, total=0.0)
                self.programs.evaluate(self.validation.blocks[0])
            finally:
                # Python must not end while XLA is at work.
                if finish is not None:
                    finish()

    def train(self, state: TrainingState, keeper: Keeper) -> float:
        """Runs the steps of an epoch that are left; returns the mean loss per row of all of them.

        Raises:
            TrainingError: The loss of a step is not finite.
            Interrupted: The keeper says so.
        """
        if state.progress.loss is not None:
            return state.progress.loss
        number = state.progress.epoch
        started = time.perf_counter() - state.progress.seconds
        full, rest = self._batches(number)
        n_all = len(full) + bool(len(rest))
        with self.training.blocks(full, start=state.progress.steps) as blocks:
            for block in self.watch.taking("train", blocks):
                progress = state.progress
                with self.watch.stage("train"):
                    total, n_finite = self.programs.train_block(*block, total=progress.loss_sum)
                    loss_sum = float(total)
                self._check(loss_sum, epoch=number, step=progress.steps + int(n_finite) + 1, n_steps=n_all)
                steps, seconds = progress.steps + block.n_steps, time.perf_counter() - started
                update = {"steps": steps, "loss_sum": loss_sum, "seconds": seconds}
                state.progress = progress.model_copy(update=update)
                keeper.save_if_due()
                if steps < len(full):
                    self.on_steps(state.progress, steps / n_all)
        loss_of_rows = state.progress.loss_sum * full.shape[1]
        if len(rest):
            with self.watch.stage("train"):
                loss = float(self.programs.train_short_block(*self.training.single(rest), total=0.0)[0])
            self._check(loss, epoch=number, step=n_all, n_steps=n_all)
            loss_of_rows += loss * len(rest)
        mean_loss = float(loss_of_rows / (full.size + rest.size))
        seconds = time.perf_counter() - started
        state.progress = state.progress.model_copy(update={"loss": mean_loss, "seconds": seconds})
        keeper.save_if_due()
        return mean_loss

    def judge(self, progress: Progress, keeper: Keeper, *, loss: float) -> Epoch:
        """Measures the validation rows with the weights as they are.

        Raises:
            TrainingError: Their loss is not finite.
            Interrupted: The keeper says so; the state is not saved.
        """
        started = time.perf_counter()
        with self.watch.stage("validate"):
            outputs, mean_loss = self.validation.run(self.programs, before_block=keeper.raise_if_interrupted)
            val_loss = mean_loss + float(self.programs.penalty())
        self._check(val_loss, epoch=progress.epoch)
        with self.watch.stage("metrics"):
            metrics = self.score(outputs)
        return Epoch(
            number=progress.epoch,
            loss=loss,
            val_loss=val_loss,
            metrics=metrics,
            learning_rate=float(self.optimizer.learning_rate),
            seconds=progress.seconds + time.perf_counter() - started,
        )

    def _batches(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of an epoch: full batches, int32 `(n_batches, batch_size)`, and those that are left, `(n,)`."""
        n_rows = self.training.examples.n_rows
        batch_size = min(self.section.batch_size, n_rows)
        order = epoch_order(n_rows, seed=self.section.seed, epoch=number)
        n_full, n_rest = divide_epoch(n_rows, batch_size, has_batch_statistics=self.has_batch_statistics)
        n_in_full = n_full * batch_size
        return order[:n_in_full].reshape(n_full, batch_size), order[n_in_full : n_in_full + n_rest]

    def _check(self, value: float, *, epoch: int, step: int | None = None, n_steps: int = 0) -> None:
        if not math.isfinite(value):
            rate = float(self.optimizer.learning_rate)
            raise diverged(
                self.training.examples,
                epoch=epoch,
                step=step,
                n_steps=n_steps,
                value=value,
                learning_rate=rate,
                target_scale=self.target_scale,
            )


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
