"""The TensorFlow programs of the loop: a block of training steps, a single batch, an evaluation.

A block gathers its batches inside one program, so nothing but the row order crosses from Python to TensorFlow.
Batches shorter than `batch_size` run as a plain graph: XLA would compile them anew.
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
        return DeviceRows(*(tf.gather(part, rows) for part in self.parts))

    @property
    def parts(self) -> tuple[tf.Tensor, ...]:
        """All tensors, in the order of the constructor."""
        return self.numbers, self.codes, self.y, self.weight


@dataclass(frozen=True)
class Programs:
    """What the loop calls.

    Attributes:
        train_block: `(rows, order, n_steps)` with int32 order `(capacity, batch_size)`, positions in the rows, and a
            count <= capacity → sum of the step losses, number of steps whose loss was finite. With a count of 0
            nothing happens but the compiling.
        train_short_block: The same for blocks of any shape, never compiled.
        evaluate: `(rows)` → network outputs float32 `(n, n_outputs)` and the loss of every row `(n,)`.
        penalty: `()` → sum of the regularizers' penalties.
    """

    train_block: Callable[[DeviceRows, np.ndarray, int], tuple[tf.Tensor, tf.Tensor]]
    train_short_block: Callable[[DeviceRows, np.ndarray, int], tuple[tf.Tensor, tf.Tensor]]
    evaluate: Callable[[DeviceRows], tuple[tf.Tensor, tf.Tensor]]
    penalty: Callable[[], tf.Tensor]


def build_programs(
    network: keras.Sequential,
    optimizer: keras.optimizers.Optimizer,
    loss: Callable[[Any, Any], tf.Tensor],
    *,
    like: Examples,
    use_xla: bool,
    use_xla_to_evaluate: bool,
) -> Programs:
    """Builds the programs for one network.

    Args:
        network: Built; its variables are updated in place.
        optimizer: Its slots are created here.
        loss: Keras loss without reduction: one value per row.
        like: Rows of the kind that the programs will get.
        use_xla: Whether XLA compiles blocks, once for every shape of their arguments.
        use_xla_to_evaluate: Likewise evaluations.
    """
    optimizer.build(network.trainable_variables)
    variables = network.trainable_variables

    widths = like.features.widths

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

    def train_block(order: tf.Tensor, n_steps: tf.Tensor, *parts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows = DeviceRows(*parts)

        def is_going_on(step: tf.Tensor, _: tf.Tensor, last: tf.Tensor) -> tf.Tensor:
            return tf.logical_and(step < n_steps, tf.math.is_finite(last))

        def one_step(step: tf.Tensor, total: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            value = train_step(rows.take(order[step]))
            # In float64, where a sum of finite float32 numbers is finite.
            return step + 1, total + tf.cast(value, tf.float64), value

        start = (tf.constant(0), tf.constant(0.0, tf.float64), tf.constant(0.0))
        steps, total, last = tf.while_loop(is_going_on, one_step, start)
        return total, tf.where(tf.math.is_finite(last), steps, steps - 1)

    def evaluate(*parts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs, answers = inputs_and_answers(DeviceRows(*parts))
        outputs = network(inputs, training=False)
        return outputs, loss(answers, outputs)

    # One plain graph for every number of rows: tracing takes longer than training on a small table.
    any_rows = DeviceRows.from_examples(like.take(slice(0))).parts
    row_specs = [tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in any_rows]
    specs = (tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((), tf.int32), *row_specs)
    run_plain = tf.function(train_block, autograph=False, input_signature=specs)
    run_block = tf.function(train_block, autograph=False, jit_compile=True) if use_xla else run_plain
    run_evaluate = tf.function(evaluate, autograph=False, jit_compile=use_xla_to_evaluate)
    return Programs(
        train_block=lambda rows, order, n_steps: run_block(tf.constant(order), tf.constant(n_steps), *rows.parts),
        train_short_block=lambda rows, order, n_steps: run_plain(tf.constant(order), tf.constant(n_steps), *rows.parts),
        evaluate=lambda rows: run_evaluate(*rows.parts),
        penalty=penalty,
    )
