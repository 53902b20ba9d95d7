"""Starts `dltrain` commands from a process that has imported TensorFlow already: a second each instead of five.

`python -m tests.reliability.fit_launcher SOCKET` listens on a Unix socket. Each connection brings one `Request` and
three file descriptors, gets the number of the process, and, when that has ended, its exit status and the seconds of
processor time that it took.

A command can be told to wait at a certain point for a signal: then it is there when the signal comes, however slow the
machine is, and however late the test looks.
"""

import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypedDict

MAX_REQUEST_BYTES: Final = 1 << 16


class Request(TypedDict):
    """A command.

    Attributes:
        arguments: After `dltrain`.
        max_file_bytes: RLIMIT_FSIZE; None for no limit.
        has_terminal: Whether the descriptors are a terminal that the command is controlled from.
        waits_at: Where it waits for a signal, see `WAITING`; None for nowhere.
        same_press_seconds: Signals in this time count as one; None for the usual.
        marks: Folder that gets an empty file `LISTENING` once signals are heard, and one `WAITING` when it waits.
    """

    arguments: list[str]
    max_file_bytes: int | None
    has_terminal: bool
    waits_at: str | None
    same_press_seconds: float | None
    marks: str


LISTENING: Final = "listening"
WAITING: Final = "waiting"

RESULTS_WRITTEN: Final = "results written"
"""All results are there, but not at their places yet."""

ENDLESS_STEP: Final = "endless step"
"""After the first epoch, in TensorFlow's native code, which does not end, whatever signals come."""


def epoch_over(number: int) -> str:
    """The end of this epoch, and of all that follow."""
    return f"epoch {number} over"


def main() -> None:
    """Serves until standard input is closed."""
    _import_everything()
    # Nobody waits for those that serve a connection.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.fork():
        sys.stdin.read()
        os.kill(0, signal.SIGKILL)
    path = sys.argv[1]
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path + ".new")
        server.listen()
        # Whoever waits for the path can connect as soon as it is there.
        Path(path + ".new").rename(path)
        while True:
            connection, _ = server.accept()
            if os.fork() == 0:
                _serve(connection)
            connection.close()


def _import_everything() -> None:
    from dltrain.workflows.start_up.importing import UNUSED, import_heavy_rooms, without

    with without(UNUSED):
        import_heavy_rooms()
    from dltrain.training import keeping

    # A training of seconds is to have many checkpoints.
    keeping.MAX_SHARE = 0.2  # type: ignore[misc]


def _serve(connection: socket.socket) -> None:
    """What the process of one connection does."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    content, descriptors, _, _ = socket.recv_fds(connection, MAX_REQUEST_BYTES, 3)
    child = os.fork()
    if child == 0:
        connection.close()
        try:
            _run(json.loads(content), descriptors)
        finally:
            os._exit(1)
    for descriptor in descriptors:
        os.close(descriptor)
    connection.sendall(f"{child}\n".encode())
    _, status, usage = os.wait4(child, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)} {usage.ru_utime + usage.ru_stime}\n".encode())
    os._exit(0)


def _run(request: Request, descriptors: list[int]) -> None:
    """Becomes the command."""
    if request["has_terminal"]:
        os.login_tty(descriptors[0])
    else:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
    # As a new interpreter would: those of the launching process know what kind of file theirs was.
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in enumerate("rww"))  # noqa: PTH123, SIM115
    if (n_bytes := request["max_file_bytes"]) is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))
    sys.argv = ["dltrain", *request["arguments"]]
    _prepare(request)

    from dltrain.cli import main as run_dltrain

    run_dltrain()


def _prepare(request: Request) -> None:
    """Lets the command leave marks, and wait where it is told to."""
    from dltrain.cli import failures, signals
    from dltrain.run import unfinished, writing

    if (seconds := request["same_press_seconds"]) is not None:
        signals.SAME_PRESS_SECONDS = seconds  # type: ignore[misc]
    marks, place = Path(request["marks"]), request["waits_at"]
    failures.listen = _followed_by(signals.listen, (marks / LISTENING).touch)  # type: ignore[attr-defined]

    def wait() -> None:
        (marks / WAITING).touch()
        while signals.first_signal() is None:
            time.sleep(0.002)

    if place == RESULTS_WRITTEN:
        unfinished.write_files = _followed_by(writing.write_files, wait)  # type: ignore[attr-defined]
    elif place == ENDLESS_STEP:
        _after_epochs(1, (marks / WAITING).touch, _step_without_end)
    elif place is not None:
        _after_epochs(int(place.split()[1]), wait)


def _followed_by(function: Callable[..., Any], *then: Callable[[], object]) -> Callable[..., Any]:
    """A function that does something else before it returns."""

    def run(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        for each in then:
            each()
        return result

    return run


def _after_epochs(number: int, *then: Callable[[], object]) -> None:
    """Does something after each epoch from this one on, while the training still waits for the display."""
    from dltrain.cli.progress import FitDisplay
    from dltrain.workflows.fitting.events import EpochEnded, Event

    show = FitDisplay.__call__

    def show_and_do(display: FitDisplay, event: Event) -> None:
        show(display, event)
        if isinstance(event, EpochEnded) and event.epoch.number >= number:
            for each in then:
                each()

    FitDisplay.__call__ = show_and_do  # type: ignore[assignment, method-assign]


def _step_without_end() -> None:
    import tensorflow as tf

    tf.function(lambda: tf.while_loop(lambda n: n >= 0, lambda n: n * 0, [tf.constant(1)]))()


if __name__ == "__main__":
    main()
