"""The command line: one file a command. The only room that prints or exits."""

import contextlib
import gc
import io
import os
import signal
import sys

__all__ = ["main"]

_OBJECTS_TO_COLLECT = 200_000
"""New objects between two searches for garbage. Importing what a short command needs makes fewer, and all of them stay:
with Python's 700 the searches are a tenth of its time."""


def main() -> None:
    """Runs the command line and exits with the code of `dltrain.errors`."""
    # Until there is something to unwind, Ctrl-C just ends the process: no traceback of half an import.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(_OBJECTS_TO_COLLECT)
    _make_streams_usable()

    from dltrain.cli.app import app
    from dltrain.cli.failures import exit_code_of

    code = 1
    try:
        code = exit_code_of(lambda: app(prog_name="dltrain"))
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
    finally:
        # Not sys.exit: taking TensorFlow apart would need nearly a second, and a thread that still imports it, or
        # waits for input, must neither delay the end nor crash in it. Everything is on the disk by now.
        os._exit(code)


def _make_streams_usable() -> None:
    """Closed streams lead nowhere; characters that a stream cannot encode are escaped instead of raising."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free. A file that is opened later would get what native code prints.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - open until the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
