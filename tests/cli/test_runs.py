"""`dltrain runs` as a user sees it."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, CheckGolden, Cli
from tests.reliability.hostile_checkpoints import write_unfinished


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `runs` in the working directory: two finished runs, a damaged and an unfinished one."""
    monkeypatch.chdir(tmp_path)
    write_unfinished(tmp_path / "runs")
    for seconds, name in ((300, "wine-2"), (200, "wine-1"), (400, "broken-1")):
        shutil.copytree(GOLDEN / "people-1", tmp_path / "runs" / name)
        os.utime(tmp_path / "runs" / name / "manifest.json", (seconds, seconds))
    (tmp_path / "runs" / "broken-1" / "metrics.json").write_text("{")
    os.utime(tmp_path / "runs" / "people-1" / "checkpoint", (100, 100))
    return tmp_path / "runs"


@pytest.mark.golden
def test_a_list_of_runs(cli: Cli, runs: Path, check_golden: CheckGolden) -> None:
    outcome = cli("runs")
    assert (outcome.code, outcome.err) == (0, "")
    check_golden("runs.txt", outcome.out)


@pytest.mark.parametrize(("width", "headings"), [(60, "run epochs test rows"), (75, "run epochs test rows made")])
def test_a_narrow_terminal_shows_fewer_columns(
    cli: Cli, runs: Path, monkeypatch: pytest.MonkeyPatch, width: int, headings: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    first, *lines = re.sub(r"\x1b\[[\d;]*m", "", cli("runs", "--filter", "wine").out).splitlines()
    assert " ".join(first.split()) == headings
    assert len(lines) == 2


def test_json_has_every_run(cli: Cli, runs: Path) -> None:
    entries = json.loads(cli("runs", "--json").out)["runs"]
    states = {entry["run"]: entry["state"] for entry in entries}
    assert states == {
        "runs/broken-1": "damaged",
        "runs/wine-2": "finished",
        "runs/wine-1": "finished",
        "runs/people-1": "interrupted",
    }


def test_no_run_is_said_in_words(cli: Cli, runs: Path) -> None:
    assert cli("runs", "--filter", "nothing").err == "note: no runs in runs with all of these filters\n"


def test_deleting_needs_yes_where_nobody_can_be_asked(cli: Cli, runs: Path) -> None:
    outcome = cli("runs", "--delete", "wine-1")
    assert (outcome.code, outcome.err) == (
        2,
        "error: --delete: expected --yes where nobody can be asked\nhint: add --yes to delete\n",
    )
    assert (runs / "wine-1").exists()


def test_runs_are_deleted_by_name_or_path(cli: Cli, runs: Path) -> None:
    outcome = cli("runs", "--delete", "wine-1", "runs/wine-2", "people-1", "--yes")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == (
        "note: runs/wine-1 is deleted\nnote: runs/wine-2 is deleted\nnote: runs/people-1 is deleted\n"
    )
    assert [path.name for path in runs.iterdir()] == ["broken-1"]


def test_nothing_is_deleted_when_one_name_is_wrong(cli: Cli, runs: Path) -> None:
    outcome = cli("runs", "--delete", "wine-1", "wine-3", "--yes")
    assert outcome.code == 4
    assert outcome.err.startswith("error: runs/wine-3: expected a run directory, got nothing of that name")
    assert (runs / "wine-1").exists()


def test_names_without_delete_are_a_mistake(cli: Cli, runs: Path) -> None:
    assert cli("runs", "wine-1").code == 2


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "is_gone"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_terminal_is_asked_first(runs: Path, answer: str, is_gone: bool) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "dltrain", "runs", "--delete", "wine-1"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    os.write(master, answer.encode())
    assert process.wait(timeout=60) == 0
    assert b"Delete 'runs/wine-1' for good? [y/N]" in os.read(master, 65536)
    os.close(master)
    assert (runs / "wine-1").exists() is not is_gone
