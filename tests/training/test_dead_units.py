"""Units that no row wakes."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_the_share_of_every_relu_layer_is_found() -> None:
    import keras

    from dltrain.training import dead_units

    network = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, activation="relu", name="dense_1"),
            keras.layers.Dense(5, name="dense_2"),
            keras.layers.Activation("relu", name="activation_1"),
            keras.layers.Dense(2, activation="tanh", name="dense_3"),
            keras.layers.Dense(1, activation="relu", name="output"),
        ]
    )
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(200, 3)).astype(np.float32)
    first, second = network.layers[0], network.layers[1]
    first.set_weights([first.get_weights()[0], np.array([0, -1e3, 0, 1e3])])
    second.set_weights([second.get_weights()[0] * 0, np.array([-1, -1, -1, 0, 1])])
    assert dead_units(network, inputs) == {"dense_1": 0.25, "activation_1": 0.8}
