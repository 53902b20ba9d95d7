"""The TensorFlow programs of the loop: a block of training steps, a single batch, an evaluation.

A block gathers its batches inside one program, so nothing but the row order crosses from Python to TensorFlow.
Batches shorter than `batch_size` run as a plain graph: XLA would compile them anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from dltrain.background import begin
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


BlockResult = tuple[tf.Tensor, tf.Tensor]
"""Sum of the step losses so far, float64, and the number of steps of the block whose loss was finite."""


class Programs:
    """What the loop calls, for one network.

    Args:
        network: Built; its variables are updated in place.
        optimizer: Its slots are created here.
        loss: Keras loss without reduction: one value per row.
        like: Rows of the kind that the programs will get.
        use_xla: Whether XLA compiles blocks, once for every shape of their arguments.
        use_xla_to_evaluate: Likewise evaluations.
    """

    def __init__(
        self,
        network: keras.Sequential,
        optimizer: keras.optimizers.Optimizer,
        loss: Callable[[Any, Any], tf.Tensor],
        *,
        like: Examples,
        use_xla: bool,
        use_xla_to_evaluate: bool,
    ) -> None:
        optimizer.build(network.trainable_variables)
        self._network = network
        self._optimizer = optimizer
        self._loss = loss
        self._widths = like.features.widths
        # One graph for every number of rows, and for XLA, which takes the sizes from the arguments: tracing takes
        # longer than training on a small table.
        any_rows = DeviceRows.from_examples(like.take(slice(0))).parts
        row_specs = [tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in any_rows]
        scalars = tf.TensorSpec((), tf.int32), tf.TensorSpec((), tf.float64)
        specs = (tf.TensorSpec((None, None), tf.int32), *scalars, *row_specs)
        self._plain_block = tf.function(self._block, autograph=False, input_signature=specs)
        # Traced now, by itself: a graph that is traced while XLA's program is made rounds short batches in another way.
        self._plain_block.get_concrete_function()
        compiled_block = tf.function(lambda *block: self._plain_block(*block), autograph=False, jit_compile=True)
        self._full_block = compiled_block if use_xla else self._plain_block
        self._evaluation = tf.function(self._evaluate, autograph=False, jit_compile=use_xla_to_evaluate)

    def begin_compiling(self, rows: DeviceRows, order: np.ndarray) -> Callable[[], object]:
        """Lets XLA compile the program of full blocks while this thread does something else.

        Args:
            rows: As for `train_block`.
            order: As for `train_block`.

        Returns:
            A function that waits until the program is compiled, and raises what went wrong.
        """
        arguments = (*_block_arguments(order, 0, 0.0), *rows.parts)
        program = self._full_block.get_concrete_function(*arguments)
        return begin(lambda: program(*arguments), name="compile")

    def train_block(self, rows: DeviceRows, order: np.ndarray, n_steps: int, *, total: float) -> BlockResult:
        """Trains some steps, or until the loss is not finite any more.

        Args:
            rows: Hold the rows of the batches, among others.
            order: int32 `(capacity, batch_size)`, positions in the rows.
            n_steps: How many batches count, at most `capacity`.
            total: Sum of the losses of the steps before. The losses are added one by one, so the sum does not depend
                on how steps are grouped into blocks.
        """
        result: BlockResult = self._full_block(*_block_arguments(order, n_steps, total), *rows.parts)
        return result

    def train_short_block(self, rows: DeviceRows, order: np.ndarray, n_steps: int, *, total: float) -> BlockResult:
        """The same for blocks of any shape, never compiled."""
        result: BlockResult = self._plain_block(*_block_arguments(order, n_steps, total), *rows.parts)
        return result

    def evaluate(self, rows: DeviceRows) -> tuple[tf.Tensor, tf.Tensor]:
        """The network's outputs, float32 `(n, n_outputs)`, and the loss of every row, `(n,)`."""
        result: tuple[tf.Tensor, tf.Tensor] = self._evaluation(*rows.parts)
        return result

    def penalty(self) -> tf.Tensor:
        """The sum of the regularizers' penalties."""
        return tf.add_n(self._network.losses) if self._network.losses else tf.constant(0.0)

    def _block(self, order: tf.Tensor, n_steps: tf.Tensor, total: tf.Tensor, *parts: tf.Tensor) -> BlockResult:
        rows = DeviceRows(*parts)

        def is_going_on(step: tf.Tensor, _: tf.Tensor, last: tf.Tensor) -> tf.Tensor:
            return tf.logical_and(step < n_steps, tf.math.is_finite(last))

        def one_step(step: tf.Tensor, total: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            value = self._train_step(rows.take(order[step]))
            # In float64, where a sum of finite float32 numbers is finite.
            return step + 1, total + tf.cast(value, tf.float64), value

        start = (tf.constant(0), total, tf.constant(0.0))
        steps, total, last = tf.while_loop(is_going_on, one_step, start)
        return total, tf.where(tf.math.is_finite(last), steps, steps - 1)

    def _train_step(self, batch: DeviceRows) -> tf.Tensor:
        variables = self._network.trainable_variables
        inputs, answers = self._inputs_and_answers(batch)
        with tf.GradientTape() as tape:
            outputs = forward(self._network, inputs, step=self._optimizer.iterations)
            total = tf.reduce_mean(self._loss(answers, outputs) * batch.weight) + self.penalty()
        self._optimizer.apply(tape.gradient(total, variables), variables)
        return total

    def _evaluate(self, *parts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs, answers = self._inputs_and_answers(DeviceRows(*parts))
        outputs = self._network(inputs, training=False)
        return outputs, self._loss(answers, outputs)

    def _inputs_and_answers(self, batch: DeviceRows) -> tuple[tf.Tensor, tf.Tensor]:
        """The dense inputs, with one-hot columns, and what the network should answer, likewise for classes."""
        blocks = [tf.one_hot(batch.codes[:, column], width) for column, width in enumerate(self._widths)]
        is_multiclass = batch.y.dtype == tf.int32
        answers = tf.one_hot(batch.y, self._network.output_shape[-1]) if is_multiclass else batch.y
        return tf.concat([batch.numbers, *blocks], axis=1), answers


def _block_arguments(order: np.ndarray, n_steps: int, total: float) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    return tf.constant(order), tf.constant(n_steps), tf.constant(total, tf.float64)
