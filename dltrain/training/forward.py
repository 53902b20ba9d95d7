"""The network's forward pass while training.

Every layer runs Keras' own code except three kinds. A single unit is `one_unit.py`'s. The random numbers of dropout and
Gaussian noise would otherwise take more time than the matrix products around them. Here they come from 32-bit hashes
of (layer seed, step, position): two steps or two layers are independent, and the same step always sees the same
numbers, with XLA and without, so a run that is repeated or resumed sees them again.
"""

import math

import tensorflow as tf

from dltrain.network.backend import keras
from dltrain.training.one_unit import one_unit

# The integer hash "lowbias32" by Chris Wellons (public domain, "Prospecting for Hash Functions", 2018):
# a bijection of 32-bit words whose output bits each depend on every input bit almost without bias.
_MULTIPLIERS = (0x7FEB352D, 0x846CA68B)
_SHIFTS = (16, 15, 16)


def hash_bits(words: tf.Tensor) -> tf.Tensor:
    """Mixes uint32 words of any shape."""
    for shift, multiplier in zip(_SHIFTS, (*_MULTIPLIERS, None), strict=True):
        words = tf.bitwise.bitwise_xor(words, tf.bitwise.right_shift(words, tf.constant(shift, tf.uint32)))
        if multiplier is not None:
            words = words * tf.constant(multiplier, tf.uint32)
    return words


def random_bits(like: tf.Tensor, *, seed: int, step: tf.Tensor) -> tf.Tensor:
    """Random uint32 words in the shape of a tensor.

    Args:
        like: Float tensor with fewer than 2^31 elements.
        seed: Of the layer; the lower 32 bits count.
        step: Integer scalar: number of the training step.
    """
    first = hash_bits(hash_bits(tf.cast(step, tf.uint32)) ^ tf.constant(seed & 0xFFFFFFFF, tf.uint32))
    second = hash_bits(first)
    positions = tf.cast(tf.reshape(tf.range(tf.size(like)), tf.shape(like)), tf.uint32)
    # Two keys: with one alone, the words of one step would be a permutation of those of another.
    return hash_bits(hash_bits(positions ^ first) + second)


def dropout(inputs: tf.Tensor, *, rate: float, seed: int, step: tf.Tensor) -> tf.Tensor:
    """Sets elements to 0 with probability `rate`, exact to 2^-32, and divides the others by 1 - rate."""
    if rate == 0:
        return inputs
    is_kept = random_bits(inputs, seed=seed, step=step) >= tf.constant(min(round(rate * 2**32), 2**32 - 1), tf.uint32)
    return tf.where(is_kept, inputs * (1 / (1 - rate)), tf.zeros_like(inputs))


def gaussian_noise(inputs: tf.Tensor, *, stddev: float, seed: int, step: tf.Tensor) -> tf.Tensor:
    """Adds normal noise of the given deviation, cut off at 5.9 deviations (Box and Muller 1958)."""
    if stddev == 0:
        return inputs
    bits = random_bits(inputs, seed=seed, step=step)
    radius = tf.sqrt(-2 * tf.math.log(_uniform(bits)))
    angle = 2 * math.pi * _uniform(hash_bits(bits + tf.constant(0x9E3779B9, tf.uint32)))
    return inputs + stddev * radius * tf.cos(angle)


def _uniform(bits: tf.Tensor) -> tf.Tensor:
    """float32 in (0, 1) from the upper 24 bits."""
    upper = tf.cast(tf.bitwise.right_shift(bits, tf.constant(8, tf.uint32)), tf.float32)
    return (upper + 0.5) * 2.0**-24


def forward(network: keras.Sequential, inputs: tf.Tensor, *, step: tf.Tensor) -> tf.Tensor:
    """The outputs of the network in training mode: float32 `(n, n_features)` to `(n, n_outputs)`."""
    values = inputs
    for layer in network.layers:
        match layer:
            case keras.layers.Dropout():
                values = dropout(values, rate=layer.rate, seed=layer.seed, step=step)
            case keras.layers.GaussianNoise():
                values = gaussian_noise(values, stddev=layer.stddev, seed=layer.seed, step=step)
            case keras.layers.Dense(units=1):
                values = one_unit(layer, values)
            case _:
                values = layer(values, training=True)
    return values
