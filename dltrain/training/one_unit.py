"""A dense layer with a single unit, made fast for XLA while training.

XLA computes the gradient of a kernel of one column as a product that one thread walks through against the order of
memory. The same numbers as a sum over rows take a fraction of that: 5 to 16 % less for a step of 3×256.
"""

from collections.abc import Callable

import tensorflow as tf

from dltrain.network.backend import keras


def one_unit(layer: keras.layers.Dense, inputs: tf.Tensor) -> tf.Tensor:
    """What a built layer of one unit puts out.

    Args:
        layer: Its kernel has the shape `(n_inputs, 1)`.
        inputs: float32 `(n, n_inputs)`.

    Returns:
        float32 `(n, 1)`, equal to the layer's own outputs; the gradients are equal up to rounding.
    """
    outputs = tf.custom_gradient(_product_and_gradients)(inputs, tf.convert_to_tensor(layer.kernel))
    if layer.use_bias:
        outputs = tf.nn.bias_add(outputs, layer.bias)
    # Keras' own activation: its losses find the logits that a sigmoid came from.
    return layer.activation(outputs)


def _product_and_gradients(
    inputs: tf.Tensor, kernel: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]]:
    def gradients(of_outputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        of_kernel = tf.reduce_sum(inputs * of_outputs, axis=0)
        return of_outputs * tf.transpose(kernel), of_kernel[:, tf.newaxis]

    return tf.matmul(inputs, kernel), gradients
