"""A single unit puts out and learns what a layer written in NumPy does."""

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow

N_ROWS, N_INPUTS = 12, 160


def dense(**arguments: Any) -> Any:
    from dltrain.network.backend import keras

    layer = keras.layers.Dense(1, bias_initializer="ones", **arguments)
    layer.build((None, N_INPUTS))
    return layer


def inputs() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N_ROWS, N_INPUTS)).astype(np.float32)


@pytest.mark.parametrize("use_xla", [True, False], ids=["xla", "graph"])
@pytest.mark.parametrize("use_bias", [True, False], ids=["bias", "no bias"])
def test_outputs_and_gradients_equal_a_numpy_layer(use_bias: bool, use_xla: bool) -> None:
    import tensorflow as tf

    from dltrain.training.one_unit import one_unit

    layer = dense(activation="tanh", use_bias=use_bias)

    def run(values: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(values)
            outputs = one_unit(layer, values)
            total = tf.reduce_sum(outputs)
        return outputs, tape.gradient(total, [values, *(weight.value for weight in layer.trainable_variables)])

    compiled = tf.function(run, jit_compile=use_xla, autograph=False)
    outputs, gradients = compiled(tf.constant(inputs()))
    kernel = layer.kernel.numpy().astype(float)
    expected = np.tanh(inputs() @ kernel + use_bias)
    slope = 1 - expected**2
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    np.testing.assert_allclose(gradients[0], slope * kernel.T, atol=1e-5)
    np.testing.assert_allclose(gradients[1], inputs().T.astype(float) @ slope, atol=1e-4)
    assert len(gradients) == 2 + use_bias
    if use_bias:
        np.testing.assert_allclose(gradients[2], slope.sum(axis=0), atol=1e-5)


def test_the_loss_of_a_saturated_sigmoid_is_exact() -> None:
    import tensorflow as tf

    from dltrain.config.sections.losses import BinaryCrossentropy
    from dltrain.network import build_loss
    from dltrain.training.one_unit import one_unit

    layer = dense(activation="sigmoid", kernel_initializer="zeros")
    layer.bias.assign([50.0])
    loss = build_loss(BinaryCrossentropy(type="binary_crossentropy"))
    # From the probability, which is 1 in float32, the loss could not exceed -log(1e-7) = 16.
    compiled = tf.function(lambda x: loss(tf.zeros((N_ROWS, 1)), one_unit(layer, x)), autograph=False)
    np.testing.assert_allclose(compiled(tf.constant(inputs())), 50.0)
