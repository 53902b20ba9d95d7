"""Keeping TensorFlow's log lines off the user's screen."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from dltrain.workflows.start_up.importing import is_importing

_FILTER = Path(__file__).with_name("chatter_filter.py")
_SECONDS_TO_END: Final = 5.0
"""The filter ends when nobody can write to it any more; a process that was started meanwhile may live longer."""


class _Redirection:
    """File descriptor 2 behind the filter. It belongs to the process: threads share it, the last one takes it away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_users = 0
        self._current: tuple[int, subprocess.Popen[bytes]] | None = None
        """The real standard error, and the filter."""

    def enter(self) -> TextIO | None:
        """The real standard error; None when it is closed."""
        with self._lock:
            if self._current is None:
                try:
                    real = os.dup(2)
                except OSError:
                    return None
                self._current = real, _begin_filter(real)
            self._n_users += 1
            real, _ = self._current
            return os.fdopen(os.dup(real), "w", encoding="utf-8", errors="replace", buffering=1)

    def leave(self) -> None:
        """Once for each stream that was entered with."""
        with self._lock:
            self._n_users -= 1
            if self._n_users or self._current is None:
                return
            (real, process), self._current = self._current, None
            _flush_stderr()
            os.dup2(real, 2)
            os.close(real)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)


_REDIRECTION: Final = _Redirection()


@contextlib.contextmanager
def quiet_tensorflow() -> Iterator[TextIO]:
    """Sends file descriptor 2, which native code writes to, through the filter for a while.

    Yields:
        The real standard error, for what dltrain itself has to say; a stream to nowhere when it is closed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    stream = _REDIRECTION.enter()
    if stream is None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    try:
        yield stream
    finally:
        if is_importing():
            # The process ends before TensorFlow is there; what native code says until then still goes to the filter.
            sys.stderr = stream
        else:
            # Whoever reads standard error may have gone, or its disk may be full.
            with contextlib.suppress(OSError):
                stream.close()
            _REDIRECTION.leave()


def _begin_filter(real: int) -> subprocess.Popen[bytes]:
    """Puts the filter, which writes to the real standard error, behind descriptor 2."""
    _flush_stderr()
    # A fixed command of this package: the interpreter and a file beside this one.
    process = subprocess.Popen([sys.executable, "-I", "-S", str(_FILTER)], stdin=subprocess.PIPE, stdout=real)  # noqa: S603
    assert process.stdin is not None  # noqa: S101 - asked for above
    os.dup2(process.stdin.fileno(), 2)
    process.stdin.close()
    return process


def _flush_stderr() -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
