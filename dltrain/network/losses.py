"""Losses, one value per row."""

from dltrain.config.sections.losses import Loss
from dltrain.network.backend import keras

_LOSSES = {
    "mse": keras.losses.MeanSquaredError,
    "mae": keras.losses.MeanAbsoluteError,
    "mape": keras.losses.MeanAbsolutePercentageError,
    "huber": keras.losses.Huber,
    "log_cosh": keras.losses.LogCosh,
    "poisson": keras.losses.Poisson,
    "binary_crossentropy": keras.losses.BinaryCrossentropy,
    "binary_focal_crossentropy": keras.losses.BinaryFocalCrossentropy,
    "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
}


def build_loss(section: Loss) -> keras.losses.Loss:
    """Builds a loss without reduction.

    Called with `y_true` and `y_pred` of one shape, `(n, 1)` in regression and binary tasks, `(n, n_classes)` and
    one-hot in multiclass tasks, it returns float32 `(n,)`.
    """
    arguments = section.model_dump(exclude={"type"})
    return _LOSSES[section.type](**arguments, name=section.type, reduction=None, dtype="float32")
