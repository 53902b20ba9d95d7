"""Explaining a loss that is not a finite number."""

from typing import Final

import numpy as np

from dltrain.config.usual_rate import USUAL_RATE
from dltrain.errors import TrainingError
from dltrain.features import UNSCALED, largest_input
from dltrain.training.examples import Examples

_UNSCALED_ANSWER: Final = 1000.0
"""Gradients are as large as the answers: a usual learning rate is too high for such."""


def diverged(
    examples: Examples,
    *,
    epoch: int,
    step: int | None,
    n_steps: int,
    value: float,
    learning_rate: float,
    target_scale: str,
) -> TrainingError:
    """The error for a loss that became NaN or infinite, or is so before anything was learned.

    Args:
        examples: The training rows.
        epoch: Counted from 1.
        step: Likewise, in the epoch; None in validation.
        n_steps: Of an epoch.
        value: The loss.
        learning_rate: The rate in use.
        target_scale: How a target that is not scaled can be.
    """
    largest, largest_answer = largest_input(examples.features), _largest_answer(examples)
    is_untrained = (epoch, step) == (1, 1)
    # A schedule that has ended at 0, or begins there, was higher before.
    rate = min((learning_rate or USUAL_RATE) / (100 if largest > UNSCALED else 10), USUAL_RATE)
    if largest_answer > _UNSCALED_ANSWER and largest_answer > largest:
        hint = (
            f"the target is not scaled (values up to {largest_answer:,.4g}): preprocessing.target.scale={target_scale}"
        )
    elif largest > UNSCALED:
        hint = (
            f"the inputs are not scaled (values up to {largest:,.4g}): preprocessing.numeric.scale=standard, "
            "or a batch_normalization layer first"
            + ("" if is_untrained else f", or training.optimizer.learning_rate={rate:g}")
        )
    elif is_untrained:
        hint = "the outputs of the untrained network are too large: smaller starting weights, or other activations"
    else:
        hint = f"the learning rate is too high: training.optimizer.learning_rate={rate:g}"
    where = "validation" if step is None else f"step {step} of {n_steps}"
    return TrainingError(
        f"epoch {epoch}, {where}: the loss is not finite{'' if is_untrained else ' any more'}, expected a number, got "
        f"{value:g} (learning rate {learning_rate:g})",
        hint=hint,
    )


def _largest_answer(examples: Examples) -> float:
    """The largest absolute number to be learned; 0 for class codes."""
    return float(np.max(np.abs(examples.y), initial=0.0)) if examples.y.dtype.kind == "f" else 0.0
