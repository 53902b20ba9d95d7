"""Ctrl-C, SIGTERM and a terminal that closes: the first one ends the work in good order, the second one at once."""

import contextlib
import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

from dltrain.errors import Interrupted

SAME_PRESS_SECONDS: Final = 0.5
"""One Ctrl-C may arrive several times: from the terminal, and passed on by whatever started this process."""

_SOON_SECONDS: Final = 0.01
"""Until a signal comes again that has come to nothing: long before it would count as a second press."""

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Those that end a command in good order; its exit code is 128 and their number."""

_SHOW_CURSOR: Final = b"\x1b[?25h"

_received: list[int] = []
"""Signals that arrived. Native code may turn the exception into another one on its way."""

_is_deferred = threading.Event()


def listen() -> None:
    """Turns the signals into `Interrupted`, and leaves the process at once when they come again."""
    _received.clear()
    sys.unraisablehook = _raise_again
    for number in SIGNALS:
        # nohup has told this process to ignore SIGHUP.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _on_signal)
    _hear_second_signal()


@functools.cache
def _hear_second_signal() -> None:
    """Starts the thread that ends the process; once, however many commands a process runs."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    # Native code may keep the main thread, which runs Python's handlers, for seconds; this one hears at once.
    # File descriptor 2 leads elsewhere while TensorFlow is kept quiet.
    terminal = os.dup(2) if os.isatty(2) else None
    threading.Thread(target=_leave_on_second, args=(reading, terminal), daemon=True, name="signals").start()


def first_signal() -> int | None:
    """The number of the signal that arrived first, None when there was none."""
    return _received[0] if _received else None


@contextlib.contextmanager
def deferred() -> Iterator[Callable[[], bool]]:
    """A context in which the first signal raises nothing; what it yields tells whether there was one.

    Raises:
        Interrupted: A signal came and the block ended without noticing.
    """
    _is_deferred.set()
    try:
        yield lambda: bool(_received)
    finally:
        _is_deferred.clear()
    if _received:
        raise Interrupted


def _on_signal(number: int, _: object) -> None:
    _received.append(number)
    # Those that follow must not interrupt what the first one has set going.
    if not _is_deferred.is_set() and len(_received) == 1:
        raise Interrupted


def _raise_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Python drops what is raised where it takes an object apart: the signal is meant for what goes on after that."""
    if not isinstance(unraisable.exc_value, Interrupted):
        sys.__unraisablehook__(unraisable)
        return
    again = threading.Timer(_SOON_SECONDS, os.kill, (os.getpid(), _received[0]))
    again.daemon = True
    _received.clear()
    again.start()


def _leave_on_second(reading: int, terminal: int | None) -> NoReturn:
    """What the thread does: waits for signals."""
    first = _next_signal(reading)
    started = time.monotonic()
    while True:
        _next_signal(reading)
        if time.monotonic() - started > SAME_PRESS_SECONDS:
            if terminal is not None:
                with contextlib.suppress(OSError):
                    os.write(terminal, _SHOW_CURSOR)
            os._exit(128 + first)


def _next_signal(reading: int) -> int:
    """Waits for one of them; other signals have handlers of their own."""
    while (number := os.read(reading, 1)[0]) not in SIGNALS:
        pass
    return number
