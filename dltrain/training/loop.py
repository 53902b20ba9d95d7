"""The loop over epochs."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

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
    assert section.loss is not None  # noqa: S101 - resolve_config has set it
    n_rows = training.n_rows
    n_steps = math.ceil(n_rows / section.batch_size)
    # A batch of one row has no variance: batch normalisation would take its statistics from nothing.
    leaves_single_rows = n_rows > 1 and any(
        isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers
    )
    optimizer = build_optimizer(section.optimizer, total_steps=n_steps * section.epochs)
    programs = build_programs(
        network,
        optimizer,
        build_loss(section.loss),
        DeviceRows.from_examples(training),
        widths=training.features.widths,
        compile_blocks=n_steps * section.epochs >= COMPILE_FROM_STEPS,
    )
    validation_blocks = _blocks(validation)
    schedule = section.optimizer.learning_rate
    plateau = Plateau(schedule) if isinstance(schedule, ReduceOnPlateau) else None
    stopping = EarlyStopping(section.early_stopping) if section.early_stopping else None
    best_weights: list[np.ndarray] | None = None
    epochs: list[Epoch] = []
    for number in range(1, section.epochs + 1):
        started = time.perf_counter()
        order = epoch_order(n_rows, seed=section.seed, epoch=number)
        if leaves_single_rows and n_rows % section.batch_size == 1:
            order = order[:-1]
        loss = _train_epoch(programs, order, section.batch_size, number, training, optimizer)
        rate = float(optimizer.learning_rate)
        with averaged_weights(network, optimizer):
            val_loss, outputs = _evaluate(programs, validation_blocks, validation)
            if not math.isfinite(val_loss):
                raise diverged(training, epoch=number, where="validation", value=val_loss, learning_rate=rate)
            epoch = Epoch(number, loss, val_loss, score(outputs), rate, time.perf_counter() - started)
            if stopping is not None:
                epoch = replace(epoch, is_best=stopping.improves(_monitored(epoch, stopping.section.monitor)))
                if epoch.is_best and stopping.section.restore_best_weights:
                    best_weights = network.get_weights()
        epochs.append(epoch)
        on_epoch(epoch)
        if stopping is not None and stopping.is_over:
            break
        if plateau is not None:
            optimizer.learning_rate = plateau.next_rate(_monitored(epoch, plateau.section.monitor), rate)
    if best_weights is not None:
        network.set_weights(best_weights)
    else:
        optimizer.finalize_variable_values(network.trainable_variables)
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


def _train_epoch(
    programs: Programs,
    order: np.ndarray,
    batch_size: int,
    epoch: int,
    training: Examples,
    optimizer: keras.optimizers.Optimizer,
) -> float:
    """Runs all steps of an epoch; returns the mean loss per row."""
    n_rows = len(order)
    n_full = n_rows // batch_size
    n_all = math.ceil(n_rows / batch_size)
    full = order[: n_full * batch_size].reshape(n_full, batch_size)
    total = 0.0

    def check(value: float, step: int) -> float:
        if math.isfinite(value):
            return value
        rate = float(optimizer.learning_rate)
        raise diverged(training, epoch=epoch, where=f"step {step} of {n_all}", value=value, learning_rate=rate)

    capacity = min(n_full, BLOCK_STEPS)
    for start in range(0, n_full, BLOCK_STEPS):
        block = full[start : start + capacity]
        # A fixed shape keeps one compiled program for all blocks; the padding is never looked at.
        padded = np.concatenate([block, np.zeros((capacity - len(block), batch_size), np.int32)])
        block_loss, n_finite = programs.train_block(padded, len(block))
        total += check(float(block_loss), start + int(n_finite) + 1) * batch_size
    rest = order[n_full * batch_size :]
    if len(rest):
        total += check(float(programs.train_batch(rest)), n_all) * len(rest)
    return total / n_rows


def _blocks(examples: Examples) -> list[DeviceRows]:
    """The examples in evaluation blocks."""
    features = examples.features
    return [
        DeviceRows.from_examples(
            Examples(
                features.take(slice(start, start + EVALUATION_ROWS)),
                examples.y[start : start + EVALUATION_ROWS],
                examples.weight[start : start + EVALUATION_ROWS],
            )
        )
        for start in range(0, examples.n_rows, EVALUATION_ROWS)
    ]


def _evaluate(programs: Programs, blocks: list[DeviceRows], examples: Examples) -> tuple[float, np.ndarray]:
    """The weighted mean loss of the examples, penalties included, and the network's outputs."""
    results = [programs.evaluate(block) for block in blocks]
    outputs = np.concatenate([np.asarray(output) for output, _ in results])
    losses = np.concatenate([np.asarray(loss) for _, loss in results]).astype(np.float64)
    weight = examples.weight.astype(np.float64)
    return float(np.average(losses, weights=weight)) + float(programs.penalty()), outputs


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
