"""Limits of time that hold on slow and on busy machines."""

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PIECE_SECONDS: Final = 0.01
"""What a piece of the work below takes on the machine that the limits were set on."""

_N_PIECES: Final = 5


@dataclass
class Spent:
    """Seconds of processor time, also of processes that were started and have ended; known when the block ends."""

    seconds: float = 0.0


@contextmanager
def measured() -> Iterator[Spent]:
    """Measures a block in processor time: while a process waits for its turn on a busy machine, it takes none."""
    spent, before = Spent(), os.times()
    yield spent
    spent.seconds = sum(os.times()[:4]) - sum(before[:4])


def processor_seconds(pid: int) -> float:
    """The processor time that a running process has taken so far; infinite where the system does not tell."""
    try:
        # The name of the program, in parentheses, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.inf
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def allowed(seconds: float) -> float:
    """The processor time that this machine may take for what takes so long where the limits were set.

    Slower machines may take more, in proportion to what they take for a little work of Python, now. Faster ones may not
    take less.
    """
    return seconds * max(1.0, max(_work() for _ in range(_N_PIECES)) / _PIECE_SECONDS)


def _work() -> float:
    """Counts words; returns the seconds of processor time of this thread."""
    before, counts = time.thread_time(), dict[str, int]()
    for number in range(60_000):
        word = f"word {number % 5_000}"
        counts[word] = counts.get(word, 0) + number
    return time.thread_time() - before
