"""Keras, imported once for the room and made to behave the same on every machine."""

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from dltrain.errors import ConfigError

_ARRAY_WITHOUT_COPY: Final = "__array__ implementation doesn't accept a copy keyword"
"""Keras 3.15 on NumPy 2, when it copies weights."""


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


_LOCK: Final = threading.Lock()
_STEADY: Final = ExitStack()
_n_inside = 0


@contextmanager
def steady_keras() -> Iterator[None]:
    """Keras counts in float32, with its own smallest number, whatever keras.json or the process say; so do they after.

    Neither layers, nor losses, nor optimizers take all of them as arguments. What NumPy warns of in Keras itself ends
    no fit where warnings are errors. All of this belongs to the process: of several threads the last one leaves it.
    """
    global _n_inside
    with _LOCK:
        if not _n_inside:
            _STEADY.enter_context(_settings())
        _n_inside += 1
    # Keras keeps one for every thread.
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        with _LOCK:
            _n_inside -= 1
            if not _n_inside:
                _STEADY.close()


@contextmanager
def _settings() -> Iterator[None]:
    floatx, epsilon = keras.config.floatx(), keras.config.epsilon()
    keras.config.dtype_policy()  # which floatx decides if nothing has before
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", _ARRAY_WITHOUT_COPY, DeprecationWarning)
            yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_epsilon(epsilon)


__all__ = ["check_backend", "check_execution", "keras", "steady_keras"]
