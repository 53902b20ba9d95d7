"""Where the time of a command goes."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Stopwatch:
    """Adds up the time that stages take; several threads may be in stages at once.

    Attributes:
        seconds: Stage → wall-clock time spent in it, in the order in which the stages first began.

    >>> watch = Stopwatch()
    >>> with watch.stage("read"):
    ...     pass
    >>> list(watch.seconds)
    ['read']
    """

    seconds: dict[str, float] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter, repr=False, compare=False)
    _adding: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def elapsed(self) -> float:
        """Seconds since the watch was made."""
        return time.perf_counter() - self._started

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts the time until the block ends, also when it ends with an error."""
        self._add(name, 0.0)
        started = time.perf_counter()
        try:
            yield
        finally:
            self._add(name, time.perf_counter() - started)

    def taking(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """Yields the items; the time until each of them is there counts for the stage."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def _add(self, name: str, seconds: float) -> None:
        with self._adding:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
