"""Explaining a loss that is not a finite number any more."""

import numpy as np

from dltrain.errors import TrainingError
from dltrain.training.examples import Examples

UNSCALED = 100.0
"""Inputs beyond this are called unscaled: scaled columns rarely leave [-10, 10]."""


USUAL_RATE = 0.01
"""Never suggest more: for most optimizers and scaled inputs the best rate lies below."""


def diverged(examples: Examples, *, epoch: int, where: str, value: float, learning_rate: float) -> TrainingError:
    """The error for a loss that became NaN or infinite.

    Args:
        examples: The training rows.
        epoch: Counted from 1.
        where: The step, or "validation".
        value: The loss.
        learning_rate: The rate in use.
    """
    largest = float(np.max(np.abs(examples.features.numbers), initial=0.0))
    rate = min(learning_rate / (100 if largest > UNSCALED else 10), USUAL_RATE)
    hint = f"the learning rate is too high: training.optimizer.learning_rate={rate:g}"
    if largest > UNSCALED:
        hint = (
            f"the inputs are not scaled (values up to {largest:,.4g}): preprocessing.numeric.scale=standard, "
            f"or a batch_normalization layer first, or training.optimizer.learning_rate={rate:g}"
        )
    return TrainingError(
        f"epoch {epoch}, {where}: the loss is not finite any more, expected a number, got {value:g} "
        f"(learning rate {learning_rate:g})",
        hint=hint,
    )
