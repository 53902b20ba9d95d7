"""Commands as fresh processes: how long they take, how much memory they need.

Only the standard library is imported here: on Linux the peak memory of a process counts that of the process which
started it, up to the moment of `exec`, so the one that measures has to be small.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

PROJECT = Path(__file__).parents[1]

_BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Command:
    """A program to run.

    Attributes:
        arguments: The program and its arguments.
        exit_code: What it should end with.
        stdin: A file that it reads as its standard input; None for an empty one.
    """

    arguments: tuple[str, ...]
    exit_code: int = 0
    stdin: Path | None = None


@dataclass(frozen=True)
class Measurement:
    """One run of a command.

    Attributes:
        seconds: Wall-clock time from start to end.
        megabytes: Peak memory in MB (10^6 bytes).
        output: What it wrote to standard output.
    """

    seconds: float
    megabytes: float
    output: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """The output of a program that prints one JSON object."""
        content: dict[str, Any] = json.loads(self.output)
        return content


def dltrain(*arguments: str | Path, exit_code: int = 0, stdin: Path | None = None) -> Command:
    """The dltrain command that belongs to this interpreter."""
    return Command((str(Path(sys.executable).with_name("dltrain")), *map(str, arguments)), exit_code, stdin)


def python(*arguments: str | Path) -> Command:
    """This interpreter."""
    return Command((sys.executable, *map(str, arguments)))


def require(*packages: str) -> None:
    """Ends the benchmark, saying why, when a package it compares with is missing."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        print(f"Not measured: not installed: {', '.join(missing)}.")
        sys.exit(1)


def run(command: Command) -> Measurement:
    """Runs a command once.

    Raises:
        RuntimeError: It ended with another exit code than it should; the message holds what it printed.
    """
    with (
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
        Path(command.stdin or os.devnull).open("rb") as stdin,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(command.arguments, stdin=stdin, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != command.exit_code:
            raise RuntimeError(
                f"{' '.join(command.arguments)}: expected exit code {command.exit_code}, got {process.returncode}\n"
                f"{_content(stderr)}"
            )
        return Measurement(seconds, usage.ru_maxrss * _BYTES_PER_MAXRSS / 1e6, _content(stdout))


def _content(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def run_in_turns(commands: Mapping[str, Command], *, rounds: int, warm_up: bool = True) -> dict[str, list[Measurement]]:
    """Runs every command once a round, so that a busy moment of the machine hits all of them.

    Args:
        commands: By name.
        rounds: How often each one runs.
        warm_up: Whether a first round, which fills the disk cache, is run and does not count.
    """
    n_uncounted = int(warm_up)
    measured = [{name: run(command) for name, command in commands.items()} for _ in range(rounds + n_uncounted)]
    return {name: [one_round[name] for one_round in measured[n_uncounted:]] for name in commands}


def median_seconds(measurements: Sequence[Measurement]) -> float:
    """The middle of the times."""
    return statistics.median(measurement.seconds for measurement in measurements)


def peak_megabytes(measurements: Sequence[Measurement]) -> float:
    """The most memory that any of the runs needed."""
    return max(measurement.megabytes for measurement in measurements)


def ratios(numerators: Iterable[float], denominators: Iterable[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(numerators, denominators, strict=True)]


def seconds_ratios(slow: Sequence[Measurement], fast: Sequence[Measurement]) -> list[float]:
    """How many times longer `slow` took, round by round."""
    return ratios((run.seconds for run in slow), (run.seconds for run in fast))
