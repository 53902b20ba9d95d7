"""Decisions between epochs: when to stop, when to lower the learning rate.

Both count as Keras' callbacks of the same names do, so a recipe moves over unchanged.
"""

from dataclasses import dataclass, field

import numpy as np

from dltrain.config.metrics import higher_is_better
from dltrain.config.optimizers import ReduceOnPlateau
from dltrain.config.training import EarlyStoppingSection


def _is_improvement(value: float, best: float | None, *, monitor: str, min_delta: float) -> bool:
    if np.isnan(value):
        return False
    if best is None:
        return True
    return value - min_delta > best if higher_is_better(monitor) else value + min_delta < best


@dataclass
class EarlyStopping:
    """Counts epochs without improvement."""

    section: EarlyStoppingSection
    best: float | None = field(default=None, init=False)
    waited: int = field(default=0, init=False)

    def improves(self, value: float) -> bool:
        """Takes the monitored value of the epoch that ended; true when it is the best so far."""
        is_best = _is_improvement(value, self.best, monitor=self.section.monitor, min_delta=self.section.min_delta)
        if is_best:
            self.best = value
        self.waited = 0 if is_best else self.waited + 1
        return is_best

    @property
    def is_over(self) -> bool:
        """Whether training should stop now."""
        return self.waited >= self.section.patience and self.waited > 0


@dataclass
class Plateau:
    """Lowers the learning rate when the monitored value stands still."""

    section: ReduceOnPlateau
    best: float | None = field(default=None, init=False)
    waited: int = field(default=0, init=False)
    cooling: int = field(default=0, init=False)

    def next_rate(self, value: float, rate: float) -> float:
        """Takes the monitored value of the epoch that ended and the rate in use; returns the rate to go on with."""
        section = self.section
        if self.cooling > 0:
            self.cooling -= 1
            self.waited = 0
        if _is_improvement(value, self.best, monitor=section.monitor, min_delta=section.min_delta):
            self.best = value
            self.waited = 0
            return rate
        if self.cooling > 0:
            return rate
        self.waited += 1
        if self.waited < section.patience or rate <= section.min_lr:
            return rate
        self.cooling, self.waited = section.cooldown, 0
        return max(rate * section.factor, section.min_lr)
