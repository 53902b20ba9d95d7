"""Starts `dltrain` commands from a process that has imported TensorFlow already: a second each instead of five.

`python -m tests.reliability.fit_launcher SOCKET` listens on a Unix socket. Each connection brings one `Request` and
three file descriptors, gets the number of the process, and, when that has ended, its exit status.
"""

import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Final, TypedDict

MAX_REQUEST_BYTES: Final = 1 << 16


class Request(TypedDict):
    """A command.

    Attributes:
        arguments: After `dltrain`.
        max_file_bytes: RLIMIT_FSIZE; None for no limit.
        has_terminal: Whether the descriptors are a terminal that the command is controlled from.
    """

    arguments: list[str]
    max_file_bytes: int | None
    has_terminal: bool


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
    from dltrain.workflows.tensorflow_import import UNUSED, import_heavy_rooms, without

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
    _, status = os.waitpid(child, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
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

    from dltrain.cli import main as run_dltrain

    run_dltrain()


if __name__ == "__main__":
    main()
