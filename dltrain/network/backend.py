"""Keras, imported once for the room and made to behave the same on every machine."""

import os

from dltrain.errors import ConfigError


def check_backend(name: str) -> None:
    """Raises a ConfigError for another backend than TensorFlow."""
    if name != "tensorflow":
        raise ConfigError(
            f"Keras: wrong backend, expected 'tensorflow', got '{name}'",
            hint="set the environment variable KERAS_BACKEND=tensorflow",
        )


def check_execution() -> None:
    """Raises a ConfigError where a network could not be trained at once, on this process's own devices."""
    if tf.distribute.has_strategy():
        raise ConfigError(
            "TensorFlow: expected no distribution strategy: dltrain trains on the cores of this machine",
            hint="call it outside of strategy.scope()",
        )
    if not tf.executing_eagerly():
        raise ConfigError(
            "TensorFlow: expected eager execution, got none",
            hint="call it outside of graphs and tf.function, and without tf.compat.v1.disable_eager_execution()",
        )


# The variable counts before keras.json. It is checked first, since Keras fails to import a backend that is missing,
# and Keras itself afterwards, since it may have been imported before.
check_backend(os.environ.setdefault("KERAS_BACKEND", "tensorflow"))

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

check_backend(keras.backend.backend())

# Keras takes these from keras.json as well, and neither losses nor optimizers take all of them as arguments.
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)

__all__ = ["check_backend", "check_execution", "keras"]
