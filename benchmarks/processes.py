"""Commands as fresh processes: how long they take, how much memory they need.

Only the standard library is imported here: on Linux the peak memory of a process counts that of the process which
started it, up to the moment of `exec`, so the one that measures has to be small.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Command:
    """A program with its arguments, and the exit code it should end with."""

    arguments: tuple[str, ...]
    exit_code: int = 0


@dataclass(frozen=True)
class Measurement:
    """One run of a command: wall-clock seconds from start to end, peak memory in MB (10^6 bytes)."""

    seconds: float
    megabytes: float


def dltrain(*arguments: str | Path, exit_code: int = 0) -> Command:
    """The dltrain command that belongs to this interpreter."""
    return Command((str(Path(sys.executable).with_name("dltrain")), *map(str, arguments)), exit_code)


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
    """Runs a command once; its output is thrown away.

    Raises:
        RuntimeError: It ended with another exit code than it should; the message holds what it printed.
    """
    with tempfile.TemporaryFile() as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(command.arguments, stdout=subprocess.DEVNULL, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != command.exit_code:
            stderr.seek(0)
            raise RuntimeError(
                f"{' '.join(command.arguments)}: expected exit code {command.exit_code}, got {process.returncode}\n"
                f"{stderr.read().decode(errors='replace')}"
            )
    return Measurement(seconds, usage.ru_maxrss * _BYTES_PER_MAXRSS / 1e6)


def run_in_turns(commands: Mapping[str, Command], *, rounds: int) -> dict[str, list[Measurement]]:
    """Runs every command once a round, so that a busy moment of the machine hits all of them.

    A first round, which fills the disk cache, does not count.
    """
    measured = [{name: run(command) for name, command in commands.items()} for _ in range(rounds + 1)]
    return {name: [one_round[name] for one_round in measured[1:]] for name in commands}


def median_seconds(measurements: Sequence[Measurement]) -> float:
    """The middle of the times."""
    return statistics.median(measurement.seconds for measurement in measurements)


def peak_megabytes(measurements: Sequence[Measurement]) -> float:
    """The most memory that any of the runs needed."""
    return max(measurement.megabytes for measurement in measurements)


def seconds_ratios(slow: Sequence[Measurement], fast: Sequence[Measurement]) -> list[float]:
    """How many times longer `slow` took, round by round, ascending."""
    return sorted(a.seconds / b.seconds for a, b in zip(slow, fast, strict=True))
