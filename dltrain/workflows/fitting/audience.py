"""Who follows a fit: is told what happens, counts its time, and may stop it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.events import Notify, ignore

Interruptible = Callable[[], AbstractContextManager[Callable[[], bool]]]
"""Gives a context in which a request to stop interrupts nothing; the function it yields tells whether there is one."""


@contextmanager
def never_interrupted() -> Iterator[Callable[[], bool]]:
    """For callers who never ask."""
    yield lambda: False


@dataclass(frozen=True)
class Audience:
    """Who follows a fit.

    Attributes:
        notify: Told what happens.
        watch: Counts the time of the stages.
        interruptible: Entered while training, which can save its state and stop when it is asked to.
        imports_ahead: Whether TensorFlow is imported while the table is read; see `import_in_background` for when not.
    """

    notify: Notify = ignore
    watch: Stopwatch = field(default_factory=Stopwatch)
    interruptible: Interruptible = never_interrupted
    imports_ahead: bool = False
