"""`dltrain predict` as a part of pipes: slow producers, readers that leave, signals, endless input."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, Cli
from tests.reliability.predicting import written
from tests.speed import allowed, measured, processor_seconds

HEADER = b"person,age,city,owner,income,group\n"
ROW = b"p,40,Rome,true,100,a\n"


@contextmanager
def predicting(run: Path, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Standard input being predicted, with pipes for all streams; ended when the block ends."""
    command = [sys.executable, "-m", "dltrain", "predict", "-", "--run", str(run), "-q", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


def test_predictions_come_out_while_the_producer_pauses(golden_run: Path, people: Path) -> None:
    lines = people.read_bytes().splitlines(keepends=True)
    with predicting(golden_run) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"".join(lines[:11]))
        process.stdin.flush()
        first = [process.stdout.readline() for _ in range(11)]
        assert [line.split(b",")[0] for line in first] == [line.split(b",")[0] for line in lines[:11]]
        process.stdin.write(b"".join(lines[11:]))
        process.stdin.close()
        assert process.stdout.read().count(b"\n") == 230
        assert process.wait(PATIENCE) == 0


def test_endless_input_ends_when_the_reader_has_enough(golden_run: Path) -> None:
    command = (
        f"(printf '{HEADER.decode().strip()}\\n'; yes '{ROW.decode().strip()}') | "
        f"{sys.executable} -m dltrain predict - --run {golden_run} | head -n 2; exit ${{PIPESTATUS[1]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=PATIENCE, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (len(lines), lines[0], done.stderr, done.returncode) == (2, "person,prediction,p_no,p_yes", "", 0)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("goes_on", [True, False])
def test_an_interrupted_prediction_ends_promptly_and_leaves_nothing(
    golden_run: Path, tmp_path: Path, number: signal.Signals, goes_on: bool
) -> None:
    """Midway through a stream that goes on, and while the next bytes let wait."""
    folder = tmp_path / "out"
    folder.mkdir()
    with predicting(golden_run, "-o", folder / "out.csv") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(HEADER)
        deadline = time.monotonic() + PATIENCE
        while not written(folder, besides=()):
            assert time.monotonic() < deadline
            process.stdin.write(ROW * 10_000)
        if not goes_on:
            process.stdin.flush()
            time.sleep(0.5)
        before = processor_seconds(process.pid)
        with measured() as spent:
            process.send_signal(number)
            assert process.wait(PATIENCE) == 128 + number
        assert spent.seconds - before < allowed(5)
        assert process.stderr.read() == (b"interrupted\n" if number == signal.SIGINT else b"terminated\n")
        assert list(folder.iterdir()) == []


def test_no_threads_are_too_few(cli: Cli, golden_run: Path, people: Path) -> None:
    refused = cli("predict", people, "--run", golden_run, "--threads", 0)
    assert refused.code == 2
    assert "--threads" in refused.err


def peak_megabytes(run: Path, table: Path) -> float:
    """The most memory that predicting needs, measured by a small process in between: a child begins with ours."""
    script = (
        "import os, subprocess, sys\n"
        "process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "_, status, usage = os.wait4(process.pid, 0)\n"
        "assert status == 0\n"
        "print(usage.ru_maxrss / (1e6 if sys.platform == 'darwin' else 1e3))\n"
    )
    command = [sys.executable, "-m", "dltrain", "predict", str(table), "--run", str(run), "-q", "--threads", "2"]
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, timeout=PATIENCE, check=True)
    return float(done.stdout)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_table(golden_run: Path, tmp_path: Path) -> None:
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_bytes(HEADER + ROW * 500_000)
    many.write_bytes(HEADER + ROW * 2_500_000)
    # The table alone is 42 MB larger, its columns as strings as much again, and so on. Which blocks meet in memory is
    # chance: what grows with the table would be there every time.
    most = 1.2 * max(peak_megabytes(golden_run, few) for _ in range(2))
    assert any(peak_megabytes(golden_run, many) < most for _ in range(3))
