"""Keras' `fit` on arrays, with its defaults or as its documentation makes it faster.

python -m benchmarks.steps.keras_fit NET [compiled]
"""

import sys
from typing import Any

import keras

from benchmarks.steps.nets import DROPOUT_RATE, LEARNING_RATE, N_HIDDEN, Net
from benchmarks.steps.rows import make_rows
from benchmarks.steps.stopwatch import Stopwatch, asked_net

COMPILED = {"jit_compile": True, "steps_per_execution": 32}
MOST_EPOCHS = 10_000


def build(net: Net) -> keras.Sequential:
    """The network."""
    network = keras.Sequential([keras.Input((net.n_features,))])
    for _ in range(N_HIDDEN):
        network.add(keras.layers.Dense(net.units, activation="relu"))
        if net.is_regularized:
            network.add(keras.layers.BatchNormalization())
            network.add(keras.layers.Dropout(DROPOUT_RATE))
    network.add(keras.layers.Dense(1, activation="sigmoid"))
    return network


def main() -> None:
    """Trains and reports."""
    net = asked_net()
    options = COMPILED if "compiled" in sys.argv[2:] else {}
    features, answers = make_rows(net)
    network = build(net)
    network.compile(keras.optimizers.Adam(LEARNING_RATE), loss="binary_crossentropy", **options)
    watch = Stopwatch(net)

    def on_epoch_end(_: int, logs: dict[str, Any]) -> None:
        watch.lap(logs["loss"])
        network.stop_training = watch.is_over

    network.fit(
        features,
        answers,
        batch_size=net.batch_size,
        epochs=MOST_EPOCHS,
        shuffle=True,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)],
    )
    watch.report()


if __name__ == "__main__":
    main()
