"""How training learns that somebody wants it to stop."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Interruptible = Callable[[], AbstractContextManager[Callable[[], bool]]]
"""Gives a context in which a request to stop interrupts nothing; the function it yields tells whether there is one."""


@contextmanager
def never_interrupted() -> Iterator[Callable[[], bool]]:
    """For callers who never ask."""
    yield lambda: False
