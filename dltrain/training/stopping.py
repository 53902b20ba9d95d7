"""Decisions between epochs: when to stop, when to lower the learning rate.

Both count as Keras' callbacks of the same names do, so a recipe moves over unchanged.
"""

from dataclasses import dataclass, field

import numpy as np

from dltrain.config.sections.metrics import higher_is_better
from dltrain.config.sections.optimizers import ReduceOnPlateau
from dltrain.config.sections.training import EarlyStoppingSection
from dltrain.run.progress import Patience


def _is_improvement(value: float, best: float | None, *, monitor: str, min_delta: float) -> bool:
    if np.isnan(value):
        return False
    if best is None:
        return True
    return value - min_delta > best if higher_is_better(monitor) else value + min_delta < best


@dataclass
class EarlyStopping:
    """Counts epochs without improvement.

    Attributes:
        section: When to stop.
        seen: The best value and the count.
    """

    section: EarlyStoppingSection
    seen: Patience = field(default_factory=Patience)

    def improves(self, value: float) -> bool:
        """Takes the monitored value of the epoch that ended; true when it is the best so far."""
        seen, section = self.seen, self.section
        is_best = _is_improvement(value, seen.best, monitor=section.monitor, min_delta=section.min_delta)
        self.seen = Patience(best=value) if is_best else seen.model_copy(update={"waited": seen.waited + 1})
        return is_best

    @property
    def is_over(self) -> bool:
        """Whether training should stop now."""
        return self.seen.waited >= self.section.patience and self.seen.waited > 0


@dataclass
class Plateau:
    """Lowers the learning rate when the monitored value stands still.

    Attributes:
        section: When, and how much.
        seen: The best value and the counts.
    """

    section: ReduceOnPlateau
    seen: Patience = field(default_factory=Patience)

    def next_rate(self, value: float, rate: float) -> float:
        """Takes the monitored value of the epoch that ended and the rate in use; returns the rate to go on with."""
        section, best = self.section, self.seen.best
        waited, cooling = self.seen.waited, self.seen.cooling
        if cooling > 0:
            cooling, waited = cooling - 1, 0
        if _is_improvement(value, best, monitor=section.monitor, min_delta=section.min_delta):
            best, waited = value, 0
        elif cooling == 0:
            waited += 1
            if waited >= section.patience and rate > section.min_lr:
                waited, cooling = 0, section.cooldown
                rate = max(rate * section.factor, section.min_lr)
        self.seen = Patience(best=best, waited=waited, cooling=cooling)
        return rate
