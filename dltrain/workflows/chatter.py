"""Keeping TensorFlow's log lines off the user's screen."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from dltrain.workflows.tensorflow_import import is_importing

_FILTER = Path(__file__).with_name("chatter_filter.py")


@contextlib.contextmanager
def quiet_tensorflow() -> Iterator[TextIO]:
    """Sends file descriptor 2, which native code writes to, through the filter for a while.

    Yields:
        The real standard error, for what dltrain itself has to say; a stream to nowhere when it is closed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    try:
        real = os.dup(2)
    except OSError:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    _flush_stderr()
    # A fixed command of this package: the interpreter and a file beside this one.
    process = subprocess.Popen([sys.executable, "-I", "-S", str(_FILTER)], stdin=subprocess.PIPE, stdout=real)  # noqa: S603
    assert process.stdin is not None  # noqa: S101 - asked for above
    os.dup2(process.stdin.fileno(), 2)
    process.stdin.close()
    stream = os.fdopen(os.dup(real), "w", encoding="utf-8", errors="replace", buffering=1)
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
            _flush_stderr()
            os.dup2(real, 2)
            os.close(real)
            process.wait()


def _flush_stderr() -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
