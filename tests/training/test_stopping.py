"""Early stopping and plateaus decide as Keras' callbacks of the same names do."""

from collections.abc import Sequence

import numpy as np
import pytest

from dltrain.config.sections.optimizers import ReduceOnPlateau
from dltrain.config.sections.training import EarlyStoppingSection
from dltrain.training.stopping import EarlyStopping, Plateau

pytestmark = pytest.mark.slow


def wandering(seed: int, length: int = 60) -> list[float]:
    """A curve that falls, stalls and rises."""
    steps = np.random.default_rng(seed).normal(-0.02, 0.1, length)
    return [round(float(value), 2) for value in 1 + np.cumsum(steps)]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("patience", [0, 1, 5])
@pytest.mark.parametrize("min_delta", [0.0, 0.05])
@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
def test_early_stopping_stops_and_restores_where_keras_does(
    seed: int, patience: int, min_delta: float, monitor: str
) -> None:
    values = wandering(seed)
    ours = EarlyStopping(EarlyStoppingSection(monitor=monitor, patience=patience, min_delta=min_delta))
    best = stopped = 0
    for number, value in enumerate(values, start=1):
        best = number if ours.improves(value) else best
        stopped = number
        if ours.is_over:
            break
    assert (stopped, best) == keras_stop(values, monitor=monitor, patience=patience, min_delta=min_delta)


def keras_stop(values: Sequence[float], *, monitor: str, patience: int, min_delta: float) -> tuple[int, int]:
    """Epoch at which Keras stops and epoch whose weights it restores."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.stop_training = False
    mode = "max" if monitor == "val_accuracy" else "min"
    callback = keras.callbacks.EarlyStopping(
        monitor=monitor, patience=patience, min_delta=min_delta, restore_best_weights=True, mode=mode
    )
    callback.set_model(model)
    callback.on_train_begin()
    number = 0
    for number, value in enumerate(values, start=1):
        callback.on_epoch_end(number - 1, {monitor: value})
        if model.stop_training:
            break
    return number, callback.best_epoch + 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("patience", "cooldown", "min_lr"), [(2, 0, 0.0), (3, 2, 0.0), (1, 1, 0.01), (0, 0, 0.001)])
def test_plateau_lowers_the_rate_when_keras_does(seed: int, patience: int, cooldown: int, min_lr: float) -> None:
    import keras

    section = ReduceOnPlateau(
        type="reduce_on_plateau", factor=0.5, patience=patience, cooldown=cooldown, min_lr=min_lr, min_delta=0.01
    )
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor="val_loss", factor=0.5, patience=patience, cooldown=cooldown, min_lr=min_lr, min_delta=0.01, mode="min"
    )
    callback.set_model(model)
    callback.on_train_begin()
    ours, rate = Plateau(section), 0.1
    for number, value in enumerate(wandering(seed)):
        rate = ours.next_rate(value, rate)
        callback.on_epoch_end(number, {"val_loss": value})
        assert rate == pytest.approx(float(model.optimizer.learning_rate), rel=1e-6)
