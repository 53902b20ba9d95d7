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

_PROCESSOR_TIMES = Path("/proc/stat")
MOST_STOLEN = 0.05
"""A run that has lost more of its processor time to other machines is repeated."""

_TRIES = 3


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
        stolen: Share of the processor time this machine asked for meanwhile that the host gave to others; 0 where the
            system does not say.
    """

    seconds: float
    megabytes: float
    output: str = ""
    stolen: float = 0.0

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
        times = _processor_times()
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
        stolen = stolen_share(times, _processor_times())
        return Measurement(seconds, usage.ru_maxrss * _BYTES_PER_MAXRSS / 1e6, _content(stdout), stolen)


def run_undisturbed(command: Command) -> Measurement:
    """Runs a command again while the host takes processor time away, three times at most; the least disturbed run."""
    runs = [run(command)]
    while runs[-1].stolen > MOST_STOLEN and len(runs) < _TRIES:
        runs.append(run(command))
    return min(runs, key=lambda one: one.stolen)


def _processor_times() -> str:
    return _PROCESSOR_TIMES.read_text(encoding="utf-8") if _PROCESSOR_TIMES.exists() else ""


def stolen_share(before: str, after: str) -> float:
    """The share of the time which the processors were wanted that the host gave to others, from Linux' /proc/stat.

    Its first line counts the ticks of all processors: user, nice, system, idle, waiting for the disk, two kinds of
    interrupts, and stolen.

    >>> stolen_share("cpu 10 0 10 70 5 0 0 0", "cpu 40 0 10 90 5 0 0 10")
    0.25
    """
    if not before or not after:
        return 0.0
    ticks: list[list[int]] = [[int(tick) for tick in text.split("\n", 1)[0].split()[1:9]] for text in (before, after)]
    spent: list[int] = [late - early for early, late in zip(*ticks, strict=True)]
    _, _, _, idle, waiting, _, _, stolen = spent
    return stolen / max(1, sum(spent) - idle - waiting)


def _content(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def run_in_turns(commands: Mapping[str, Command], *, rounds: int, warm_up: bool = True) -> dict[str, list[Measurement]]:
    """Runs every command once a round, so that a busy moment of the machine hits all of them.

    Says how much processor time the host took away nevertheless, where that is much.

    Args:
        commands: By name.
        rounds: How often each one runs.
        warm_up: Whether a first round, which fills the disk cache, is run and does not count.
    """
    n_uncounted = int(warm_up)
    for _ in range(n_uncounted):
        for command in commands.values():
            run(command)
    measured = [{name: run_undisturbed(command) for name, command in commands.items()} for _ in range(rounds)]
    most = max((one.stolen for one_round in measured for one in one_round.values()), default=0.0)
    if most > MOST_STOLEN:
        print(f"The host of this machine took up to {most:.0%} of the processor time of a run, tried {_TRIES} times.\n")
    return {name: [one_round[name] for one_round in measured] for name in commands}


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
