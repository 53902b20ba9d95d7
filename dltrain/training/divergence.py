"""Explaining a loss that is not a finite number any more."""

from dltrain.config.usual_rate import USUAL_RATE
from dltrain.errors import TrainingError
from dltrain.features import UNSCALED, largest_input
from dltrain.training.examples import Examples


def diverged(examples: Examples, *, epoch: int, where: str, value: float, learning_rate: float) -> TrainingError:
    """The error for a loss that became NaN or infinite.

    Args:
        examples: The training rows.
        epoch: Counted from 1.
        where: The step, or "validation".
        value: The loss.
        learning_rate: The rate in use.
    """
    largest = largest_input(examples.features)
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
