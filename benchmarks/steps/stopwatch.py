"""When a program has trained long enough, and what it prints then."""

import json
import os
import statistics
import sys
import time
from typing import Final

from benchmarks.steps.nets import NETS, Net

WARM_UP_SECONDS: Final = 5.0
"""Epochs that begin sooner do not count: programs are compiled, also in the background."""

COUNTED_EPOCHS: Final = 3
COUNTED_SECONDS: Final = 4.0


def asked_net() -> Net:
    """The network that the command line names."""
    return NETS[sys.argv[1]]


def n_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Stopwatch:
    """Times epochs; started when it is made, just before the training."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._laps: list[float] = []
        self._losses: list[float] = []
        self._last = time.perf_counter()

    def lap(self, loss: float) -> None:
        """An epoch ended, whose mean training loss was that."""
        now = time.perf_counter()
        self._laps.append(now - self._last)
        self._losses.append(loss)
        self._last = now

    @property
    def is_over(self) -> bool:
        """Whether enough epochs have been timed."""
        counted = self._counted
        return len(counted) >= COUNTED_EPOCHS and sum(counted) >= COUNTED_SECONDS

    @property
    def _counted(self) -> list[float]:
        """The epochs after the warm-up."""
        return self._laps[self._n_warm_up :]

    @property
    def _n_warm_up(self) -> int:
        total = 0.0
        for number, lap in enumerate(self._laps, start=1):
            total += lap
            if total >= WARM_UP_SECONDS:
                return number
        return len(self._laps)

    def report(self) -> None:
        """Prints JSON: milliseconds a step, seconds that the warm-up took beyond its steps, loss of the 1st epoch."""
        typical = statistics.median(self._counted)
        warm_up = self._laps[: self._n_warm_up]
        result = {
            "ms_per_step": 1e3 * typical / self._net.n_steps,
            "compile_seconds": max(0.0, sum(warm_up) - len(warm_up) * typical),
            "first_loss": self._losses[0],
        }
        print(json.dumps(result))
