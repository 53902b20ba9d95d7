"""Optimizers and their learning rates."""

from typing import Any, assert_never

from dltrain.config.sections.optimizers import (
    AdamW,
    CosineDecay,
    ExponentialDecay,
    Optimizer,
    PiecewiseConstantDecay,
    ReduceOnPlateau,
)
from dltrain.network.backend import keras

_OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "nadam": keras.optimizers.Nadam,
    "adamax": keras.optimizers.Adamax,
    "lion": keras.optimizers.Lion,
}


def build_optimizer(section: Optimizer, *, total_steps: int) -> keras.optimizers.Optimizer:
    """Builds an optimizer.

    Args:
        section: Its other keys are Keras' arguments. For `reduce_on_plateau` the optimizer starts at the initial
            rate; lowering it is up to the training loop.
        total_steps: Steps of the whole training, for schedules that end with it.
    """
    arguments = section.model_dump(exclude={"type", "learning_rate"})
    if isinstance(section, AdamW) and section.weight_decay is None:
        arguments["weight_decay"] = 0.0  # Keras' AdamW refuses None
    rate = _learning_rate(section, total_steps)
    return _OPTIMIZERS[section.type](learning_rate=rate, name=section.type, **arguments)


def _learning_rate(section: Optimizer, total_steps: int) -> Any:
    """A number, or Keras' schedule."""
    schedule = section.learning_rate
    if isinstance(schedule, int | float):
        return float(schedule)
    arguments = schedule.model_dump(exclude={"type"})
    match schedule:
        case CosineDecay():
            return keras.optimizers.schedules.CosineDecay(**arguments | _cosine_steps(schedule, total_steps))
        case ExponentialDecay():
            return keras.optimizers.schedules.ExponentialDecay(**arguments)
        case PiecewiseConstantDecay():
            return keras.optimizers.schedules.PiecewiseConstantDecay(**arguments)
        case ReduceOnPlateau():
            return schedule.initial_learning_rate
    assert_never(schedule)


def _cosine_steps(schedule: CosineDecay, total_steps: int) -> dict[str, int]:
    """The steps of the decay, by default all that the warm-up leaves."""
    if schedule.decay_steps is not None:
        return {"decay_steps": schedule.decay_steps}
    warmup_steps = 0 if schedule.warmup_target is None else schedule.warmup_steps
    return {"decay_steps": max(1, total_steps - warmup_steps)}
