"""Learning-rate schedules that are over too soon, or grow."""

import math
from typing import Final

from dltrain.config import Config
from dltrain.config.sections.optimizers import CosineDecay, ExponentialDecay, PiecewiseConstantDecay
from dltrain.config.steps import steps_per_epoch
from dltrain.errors import counted
from dltrain.profiling.finding import Finding

_KEY: Final = "training.optimizer.learning_rate"
_FALLEN: Final = 0.01
"""Share of a rate that is left after an epoch, below which the other epochs learn next to nothing."""

_GROWN: Final = 10.0
"""How many times larger a rate may become in a training."""

_IDLE: Final = 0.5
"""Share of the steps with a rate of 0 that are hardly meant."""


def schedule_findings(config: Config, *, n_train: int) -> list[Finding]:
    """Whether the rate has fallen before training has begun in earnest, or grows more than tenfold.

    Args:
        config: Resolved.
        n_train: Training rows.
    """
    training = config.training
    schedule, per_epoch = training.optimizer.learning_rate, steps_per_epoch(config, n_train)
    n_steps = per_epoch * training.epochs
    match schedule:
        case ExponentialDecay() if _growth(schedule, n_steps) > math.log(_GROWN):
            every = "every step" if schedule.decay_steps == 1 else f"every {schedule.decay_steps:,} steps"
            text = f"the learning rate is multiplied by {schedule.decay_rate:.12g} {every} and never falls: a "
            text += "decay_rate is below 1"
            texts = (f"{1 / schedule.decay_rate:.{digits}g}" for digits in range(3, 17))
            change = next(text for text in texts if float(text) < 1)
            return [Finding("warning", "schedule", None, text, (f"{_KEY}.decay_rate={change}",))]
        case CosineDecay():
            found = _cosine(schedule, per_epoch, n_steps)
        case ExponentialDecay() if schedule.decay_rate < 1 and per_epoch < n_steps:
            left = schedule.decay_rate ** (per_epoch / schedule.decay_steps)
            # A hundredth is left at the end.
            decay_steps = max(1, round(n_steps * math.log(schedule.decay_rate) / math.log(_FALLEN)))
            what = f"the learning rate falls to {left:.1g} of what it was in every epoch"
            found = (what, f"decay_steps={decay_steps}") if left < _FALLEN else None
        case PiecewiseConstantDecay() if schedule.boundaries[-1] < per_epoch < n_steps:
            boundaries = ", ".join(str(boundary * per_epoch) for boundary in schedule.boundaries)
            found = (
                f"all boundaries of the learning rate, the last {schedule.boundaries[-1]:,}, are in the first epoch",
                f"boundaries=[{boundaries}]",
            )
        case _:
            found = None
    if found is None:
        return []
    what, change = found
    text = f"{what}: an epoch has {counted(per_epoch, 'step')}, and a schedule counts steps"
    return [Finding("warning", "schedule", None, text, (f"{_KEY}.{change}",))]


def _growth(schedule: ExponentialDecay, n_steps: int) -> float:
    """Logarithm of how many times larger the rate is in the last step."""
    powers = (n_steps - 1) / schedule.decay_steps
    return math.log(schedule.decay_rate) * (math.floor(powers) if schedule.staircase else powers)


def _cosine(schedule: CosineDecay, per_epoch: int, n_steps: int) -> tuple[str, str] | None:
    """What is doubtful about a decay, and the key that mends it."""
    warmup = 0 if schedule.warmup_target is None else schedule.warmup_steps
    if warmup >= n_steps > 1:
        change = f"warmup_steps={n_steps // 10}"
        return (
            f"the warm-up of the learning rate, {warmup:,} steps, is not over when training is, after {n_steps:,}",
            change,
        )
    if schedule.decay_steps is None:
        return None
    end, change = warmup + schedule.decay_steps, "decay_steps=null"
    if end < per_epoch < n_steps:
        return f"the learning rate is down to its end after {end:,} steps, in the first epoch", change
    if schedule.alpha == 0 and end < _IDLE * n_steps:
        return f"the learning rate is 0 after {end:,} of {n_steps:,} steps", change
    return None
