"""The TensorFlow programs of the loop: a block of training steps, a single batch, an evaluation.

A block gathers its batches from the whole table inside one XLA program, so nothing but the row order crosses
from Python to TensorFlow. Batches shorter than `batch_size` run as a plain graph: XLA would compile them anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from dltrain.network.backend import keras
from dltrain.training.examples import Examples
from dltrain.training.forward import forward


@dataclass(frozen=True)
class DeviceRows:
    """`Examples` as TensorFlow tensors."""

    numbers: tf.Tensor
    codes: tf.Tensor
    y: tf.Tensor
    weight: tf.Tensor

    @classmethod
    def from_examples(cls, examples: Examples) -> "DeviceRows":
        """Copies the arrays to the device."""
        features = examples.features
        return cls(*map(tf.constant, (features.numbers, features.codes, examples.y, examples.weight)))

    def take(self, rows: tf.Tensor) -> "DeviceRows":
        """The given rows, inside or outside of a compiled program."""
        return DeviceRows(*(tf.gather(part, rows) for part in (self.numbers, self.codes, self.y, self.weight)))


@dataclass(frozen=True)
class Programs:
    """What the loop calls.

    Attributes:
        train_block: `(order, n_steps)` with int32 `(capacity, batch_size)` and a count <= capacity →
            sum of the step losses, number of steps whose loss was finite.
        train_batch: `(rows)` with int32 `(n,)` → the loss of that one step.
        evaluate: `(rows)` → network outputs float32 `(n, n_outputs)` and the loss of every row `(n,)`.
        penalty: `()` → sum of the regularizers' penalties.
    """

    train_block: Callable[[np.ndarray, int], tuple[tf.Tensor, tf.Tensor]]
    train_batch: Callable[[np.ndarray], tf.Tensor]
    evaluate: Callable[[DeviceRows], tuple[tf.Tensor, tf.Tensor]]
    penalty: Callable[[], tf.Tensor]


def build_programs(
    network: keras.Sequential,
    optimizer: keras.optimizers.Optimizer,
    loss: Callable[[Any, Any], tf.Tensor],
    rows: DeviceRows,
    *,
    widths: tuple[int, ...],
    compile_blocks: bool,
) -> Programs:
    """Builds the programs for one network and one training table.

    Args:
        network: Built; its variables are updated in place.
        optimizer: Its slots are created here.
        loss: Keras loss without reduction: one value per row.
        rows: The training rows.
        widths: Widths of the one-hot blocks, as in `EncodedFeatures`.
        compile_blocks: Whether blocks go through XLA, which costs seconds once and pays with enough steps.
    """
    optimizer.build(network.trainable_variables)
    variables = network.trainable_variables

    def inputs_and_answers(batch: DeviceRows) -> tuple[tf.Tensor, tf.Tensor]:
        blocks = [tf.one_hot(batch.codes[:, column], width) for column, width in enumerate(widths)]
        answers = tf.one_hot(batch.y, network.output_shape[-1]) if batch.y.dtype == tf.int32 else batch.y
        return tf.concat([batch.numbers, *blocks], axis=1), answers

    def penalty() -> tf.Tensor:
        return tf.add_n(network.losses) if network.losses else tf.constant(0.0)

    def train_step(batch: DeviceRows) -> tf.Tensor:
        inputs, answers = inputs_and_answers(batch)
        with tf.GradientTape() as tape:
            outputs = forward(network, inputs, step=optimizer.iterations)
            total = tf.reduce_mean(loss(answers, outputs) * batch.weight) + penalty()
        optimizer.apply(tape.gradient(total, variables), variables)
        return total

    def train_block(order: tf.Tensor, n_steps: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        def is_going_on(step: tf.Tensor, _: tf.Tensor, last: tf.Tensor) -> tf.Tensor:
            return tf.logical_and(step < n_steps, tf.math.is_finite(last))

        def one_step(step: tf.Tensor, total: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            value = train_step(rows.take(order[step]))
            return step + 1, total + value, value

        steps, total, last = tf.while_loop(is_going_on, one_step, (tf.constant(0), tf.constant(0.0), tf.constant(0.0)))
        return total, tf.where(tf.math.is_finite(last), steps, steps - 1)

    def train_batch(batch_rows: tf.Tensor) -> tf.Tensor:
        return train_step(rows.take(batch_rows))

    def evaluate(numbers: tf.Tensor, codes: tf.Tensor, y: tf.Tensor, weight: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs, answers = inputs_and_answers(DeviceRows(numbers, codes, y, weight))
        outputs = network(inputs, training=False)
        return outputs, loss(answers, outputs)

    run_block = tf.function(train_block, autograph=False, jit_compile=compile_blocks)
    run_batch = tf.function(train_batch, autograph=False, reduce_retracing=True)
    run_evaluate = tf.function(evaluate, autograph=False, reduce_retracing=True)
    return Programs(
        train_block=lambda order, n_steps: run_block(tf.constant(order), tf.constant(n_steps)),
        train_batch=lambda batch_rows: run_batch(tf.constant(batch_rows)),
        evaluate=lambda batch: run_evaluate(batch.numbers, batch.codes, batch.y, batch.weight),
        penalty=penalty,
    )
