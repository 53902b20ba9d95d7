"""S1 and S2: a run directory from a stranger is refused, quickly, without running or reaching anything."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from dltrain.errors import OutputError, RunError
from dltrain.workflows.resume import resume
from tests.conftest import GOLDEN, PATIENCE, PROJECT
from tests.reliability.hostile_checkpoints import HARMS as CHECKPOINT_HARMS
from tests.reliability.hostile_checkpoints import write_unfinished
from tests.reliability.hostile_runs import BOMBS, HARMS, Harm, _zip_bomb, seal, wrong_types
from tests.speed import allowed, measured

GOOD_RUN: Final = GOLDEN / "people-1"
MAX_SECONDS: Final = 5.0
"""Of processor time. A command that waits for something, which takes none, is killed in the end."""
COMMANDS: Final = ("show", "predict", "evaluate")


@dataclass(frozen=True)
class Watched:
    """What a command did, see `watched_commands`."""

    code: int
    seconds: float
    bytes: int
    printed: str
    events: str


def arguments(command: str, run: Path) -> list[str]:
    match command:
        case "show":
            return ["show", str(run)]
        case "predict":
            return ["predict", str(GOLDEN / "people.csv"), "--run", str(run)]
    return ["evaluate", "--run", str(run)]


def watch(folder: Path, runs: Iterable[tuple[Path, str]]) -> list[Watched]:
    """Runs commands on run directories."""
    commands = [
        {"run": str(run), "arguments": arguments(command, run), "output": str(folder / f"output-{number}")}
        for number, (run, command) in enumerate(runs)
    ]
    finished = subprocess.run(
        [sys.executable, "-m", "tests.reliability.watched_commands"],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return [Watched(**outcome) for outcome in json.loads(finished.stdout)]


def make_runs(folder: Path, harms: Mapping[str, Harm], monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.chdir(folder)  # names of sockets are short
    runs = []
    for number, harm in enumerate(harms.values()):
        run = folder / f"{number}" / "run"
        shutil.copytree(GOOD_RUN, run)
        harm(run)
        runs.append(run)
    return runs


def problems(names: Iterable[str], runs: Iterable[Path], outcomes: Iterable[Watched]) -> dict[str, Any]:
    """What is wrong with the outcomes, by name."""
    found, most_seconds = dict[str, Any](), allowed(MAX_SECONDS)
    for name, run, outcome in zip(names, runs, outcomes, strict=True):
        is_refused = outcome.code == 4 and outcome.printed.startswith(f"error: {run}")
        is_short = len(outcome.printed) < 1_000
        if not is_refused or not is_short or outcome.events or outcome.seconds > most_seconds:
            found[name] = outcome
    return found


def test_s1_the_good_run_passes_under_the_same_hook(tmp_path: Path) -> None:
    run = shutil.copytree(GOOD_RUN, tmp_path / "run")
    shown, evaluated, predicted = watch(tmp_path, [(run, "show"), (run, "evaluate"), (run, "predict")])
    assert (shown.code, shown.events) == (0, "")
    assert predicted.code == 0
    assert f"open {GOLDEN}/people.csv\n" in predicted.events  # the hook sees the table that was named
    assert evaluated.code == 3  # its table, /data/people.csv, is not on this machine
    assert evaluated.events == ""


def test_s1_every_hostile_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = make_runs(tmp_path, HARMS, monkeypatch)
    commands = [COMMANDS[number % len(COMMANDS)] for number in range(len(runs))]
    outcomes = watch(tmp_path, zip(runs, commands, strict=True))
    assert problems(HARMS, runs, outcomes) == {}


def test_s1_every_wrong_type_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    harms = wrong_types(GOOD_RUN)
    assert len(harms) > 80
    runs = make_runs(tmp_path, harms, monkeypatch)
    outcomes = watch(tmp_path, [(run, "show") for run in runs])
    assert problems(harms, runs, outcomes) == {}


@pytest.mark.parametrize("command", COMMANDS)
def test_s1_the_real_command_refuses(tmp_path: Path, command: str) -> None:
    run = shutil.copytree(GOOD_RUN, tmp_path / "run")
    HARMS["model.onnx is a pipe"](run)
    full = [sys.executable, "-m", "dltrain", *arguments(command, run)]
    with measured() as spent:
        finished = subprocess.run(full, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (finished.returncode, finished.stdout) == (4, "")
    assert finished.stderr == f"error: {run}/model.onnx: damaged run: expected a file, got something else\n"
    assert spent.seconds < allowed(MAX_SECONDS)


def test_s1_files_that_are_not_part_of_a_run_are_never_opened(tmp_path: Path) -> None:
    """An export made to harm whoever opens it, and others that lie around."""
    run = shutil.copytree(GOOD_RUN, tmp_path / "run")
    (run / "model.keras").write_bytes(_zip_bomb())
    (run / "model.pkl").symlink_to("/dev/zero")
    (run / "checkpoint").symlink_to("/")
    seal(run)
    good, other = watch(tmp_path, [(GOOD_RUN, "show"), (run, "show")])
    assert (other.code, other.events) == (0, "")
    assert other.bytes < good.bytes + 10e6


def test_s1_every_hostile_checkpoint_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runs = []
    for number, harm in enumerate(CHECKPOINT_HARMS.values()):
        run = write_unfinished(tmp_path / str(number))
        harm(run)
        runs.append(run)
    good = write_unfinished(tmp_path / "good")
    first, *outcomes = watch(tmp_path, [(run, "show") for run in (good, *runs)])
    assert (first.code, first.events) == (0, "")
    assert problems(CHECKPOINT_HARMS, runs, outcomes) == {}
    assert max(outcome.bytes for outcome in outcomes) < first.bytes + 100e6
    for name, run in zip(CHECKPOINT_HARMS, runs, strict=True):
        # Before it looks at versions, tables, or anything else.
        with pytest.raises((RunError, OutputError)) as refused:
            resume(run)
        assert str(refused.value).startswith(f"{run}"), name


@pytest.mark.skipif(sys.platform != "linux", reason="a forked process counts its own peak of memory on Linux only")
def test_s2_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = make_runs(tmp_path, BOMBS, monkeypatch)
    good, *outcomes = watch(tmp_path, [(GOOD_RUN, "show"), *((run, "show") for run in runs)])
    growth = {name: outcome.bytes - good.bytes for name, outcome in zip(BOMBS, outcomes, strict=True)}
    sizes = {name: _bytes_on_disk(run) for name, run in zip(BOMBS, runs, strict=True)}
    assert {name: n / 1e6 for name, n in growth.items() if n > 2 * sizes[name] + 100e6} == {}


def _bytes_on_disk(run: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in run.iterdir())
