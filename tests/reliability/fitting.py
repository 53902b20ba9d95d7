"""`dltrain fit` as a process that can be killed, and what it leaves in the folder of runs."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.conftest import PATIENCE, PROJECT
from tests.reliability.fit_launcher import LISTENING, WAITING, Request

FUZZ: Final = int(os.environ.get("DLTRAIN_FUZZ", "1"))
LOOKING_SECONDS: Final = 0.002


@dataclass(frozen=True)
class Ended:
    """A process that has ended; a negative code is a signal."""

    code: int
    out: str
    err: str


LightFit = Callable[..., Ended]
"""Runs a fit that must not import TensorFlow, unless `may_import` is given; then it fails where it does."""

Uninterrupted = Callable[[str], Path]
"""Gives the finished run of a recipe."""


class Process:
    """A `dltrain` command that runs."""

    def __init__(self, connection: socket.socket, folder: Path) -> None:
        self._connection = connection
        self._answers = connection.makefile("r")
        self._folder = folder
        self.pid = int(self._answers.readline())
        self.seconds = 0.0
        """Processor time that it took, once it has ended."""

    @property
    def err(self) -> str:
        """What it has said on standard error so far."""
        return (self._folder / "err").read_text()

    @property
    def is_listening(self) -> bool:
        """Whether it hears signals."""
        return (self._folder / LISTENING).exists()

    @property
    def is_waiting(self) -> bool:
        """Whether it is where it was told to wait for a signal."""
        return (self._folder / WAITING).exists()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        self._connection.settimeout(0.0)
        try:
            return not self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        finally:
            self._connection.settimeout(PATIENCE)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self) -> Ended:
        """Waits for the end."""
        self._connection.settimeout(PATIENCE)
        code, seconds = self._answers.readline().split()
        self.seconds = float(seconds)
        self._answers.close()
        self._connection.close()
        return Ended(int(code), (self._folder / "out").read_text(), self.err)

    def kill(self) -> Ended:
        """Kills it."""
        self.send(signal.SIGKILL)
        return self.end()

    def wait_until(self, is_done: Callable[[], object]) -> None:
        """Waits until something has happened, or the process has ended."""
        deadline = time.monotonic() + PATIENCE
        while not is_done() and self.is_running:
            assert time.monotonic() < deadline, self.err
            time.sleep(LOOKING_SECONDS)


class Launcher:
    """Starts commands.

    Args:
        folder: For the socket and for what commands print.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n_started = 0

    @property
    def socket_path(self) -> Path:
        """Where the launching process listens."""
        return self._folder / "socket"

    def start(
        self,
        *arguments: object,
        max_file_bytes: int | None = None,
        terminal: int | None = None,
        waits_at: str | None = None,
        same_press_seconds: float | None = None,
    ) -> Process:
        """Begins `dltrain fit`.

        Args:
            arguments: After `fit`.
            max_file_bytes: No file may become larger.
            terminal: A file descriptor, if it shall have one.
            waits_at: Where it waits for a signal, see `fit_launcher`.
            same_press_seconds: Signals in this time count as one; None for the usual.
        """
        self._n_started += 1
        folder = self._folder / str(self._n_started)
        folder.mkdir()
        out, err = (folder / name for name in ("out", "err"))
        request = Request(
            arguments=["fit", *map(str, arguments)],
            max_file_bytes=max_file_bytes,
            has_terminal=terminal is not None,
            waits_at=waits_at,
            same_press_seconds=same_press_seconds,
            marks=str(folder),
        )
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        connection.connect(str(self.socket_path))
        with open(os.devnull, "rb") as nothing, out.open("wb") as out_file, err.open("wb") as err_file:  # noqa: PTH123
            own = [nothing.fileno(), out_file.fileno(), err_file.fileno()]
            socket.send_fds(connection, [json.dumps(request).encode()], own if terminal is None else [terminal] * 3)
        return Process(connection, folder)

    def run(self, *arguments: object, max_file_bytes: int | None = None) -> Ended:
        """Runs `dltrain fit` to the end."""
        return self.start(*arguments, max_file_bytes=max_file_bytes).end()


@contextlib.contextmanager
def launching(folder: Path) -> Iterator[Launcher]:
    """Starts the launching process, and ends it with all that it started."""
    launcher = Launcher(folder)
    command = [sys.executable, "-m", "tests.reliability.fit_launcher", str(launcher.socket_path)]
    log, environment = folder / "launcher.err", {**os.environ, "TERM": "xterm"}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            command, cwd=PROJECT, env=environment, **pipes, stderr=stream, start_new_session=True
        ) as process,
    ):
        deadline = time.monotonic() + PATIENCE
        while not launcher.socket_path.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(LOOKING_SECONDS)
        yield launcher
        assert process.stdin is not None
        process.stdin.close()
