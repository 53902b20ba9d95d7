"""Keeping TensorFlow's log lines off the user's screen."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_FILTER = Path(__file__).with_name("chatter_filter.py")


@contextmanager
def quiet_tensorflow() -> Iterator[TextIO]:
    """Sends file descriptor 2, which native code writes to, through the filter for a while.

    Yields:
        The real standard error, for what dltrain itself has to say.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    sys.stderr.flush()
    real = os.dup(2)
    # A fixed command of this package: the interpreter and a file beside this one.
    process = subprocess.Popen([sys.executable, "-I", "-S", str(_FILTER)], stdin=subprocess.PIPE, stdout=real)  # noqa: S603
    assert process.stdin is not None  # noqa: S101 - asked for above
    os.dup2(process.stdin.fileno(), 2)
    process.stdin.close()
    try:
        with os.fdopen(os.dup(real), "w", encoding="utf-8", errors="replace", buffering=1) as stream:
            yield stream
    finally:
        sys.stderr.flush()
        os.dup2(real, 2)
        os.close(real)
        process.wait()
