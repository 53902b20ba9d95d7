"""Losses, with Keras' names and arguments, and the tasks each one fits."""

from typing import Annotated, Final, Literal

from pydantic import Field

from dltrain.config.sections.data import Task
from dltrain.config.sections.section import Section, ShortForm

LONG_NAMES: Final = {
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "logcosh": "log_cosh",
    "binary_focal_cross_entropy": "binary_focal_crossentropy",
}
"""Names that are read as well, and what they stand for."""


class PlainLoss(Section):
    """A regression loss without arguments."""

    type: Literal["mse", "mae", "log_cosh", "mape", "poisson"]
    """Which loss."""


class Huber(Section):
    """Squared error for small errors, absolute error for large ones."""

    type: Literal["huber"]
    """Which loss."""
    delta: float = Field(default=1.0, gt=0)
    """Where it changes from one to the other, in units of the scaled target."""


class BinaryCrossentropy(Section):
    """Cross-entropy of two classes."""

    type: Literal["binary_crossentropy"]
    """Which loss."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Moves the true values 0 and 1 this share of the way to 0.5."""


class BinaryFocalCrossentropy(Section):
    """Cross-entropy that counts rows the network is sure about less."""

    type: Literal["binary_focal_crossentropy"]
    """Which loss."""
    gamma: float = Field(default=2.0, ge=0)
    """How strongly easy rows are discounted."""
    alpha: float = Field(default=0.25, gt=0, lt=1)
    """Weight of class 1 when `apply_class_balancing` is true; class 0 has 1 - alpha."""
    apply_class_balancing: bool = False
    """Whether `alpha` is applied."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Moves the true values 0 and 1 this share of the way to 0.5."""


class CategoricalCrossentropy(Section):
    """Cross-entropy of several classes."""

    type: Literal["categorical_crossentropy"]
    """Which loss."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of the true value that is spread over all classes."""


Loss = Annotated[
    PlainLoss | Huber | BinaryCrossentropy | BinaryFocalCrossentropy | CategoricalCrossentropy,
    Field(discriminator="type"),
    ShortForm(LONG_NAMES),
]

TASK_LOSSES: Final[dict[Task, tuple[str, ...]]] = {
    "regression": ("mse", "mae", "huber", "log_cosh", "mape", "poisson"),
    "binary": ("binary_crossentropy", "binary_focal_crossentropy"),
    "multiclass": ("categorical_crossentropy",),
}
"""The losses of each task, its default first."""
