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

from dltrain.cli.pages.runs import utc_text
from dltrain.run.members import FOLDS, SEEDS
from tests.conftest import GOLDEN, PATIENCE, CheckGolden, Cli
from tests.reliability.hostile_checkpoints import write_unfinished
from tests.reliability.hostile_runs import edit_text
from tests.run.groups import write_group


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


@pytest.mark.parametrize(
    ("width", "headings"),
    [(45, "run epochs test rows"), (60, "run epochs test rows"), (70, "run epochs test rows made (UTC)")],
)
def test_a_narrow_terminal_shows_fewer_columns(
    cli: Cli, runs: Path, monkeypatch: pytest.MonkeyPatch, width: int, headings: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    first, *lines = re.sub(r"\x1b\[[\d;]*m", "", cli("runs", "--filter", "wine").out).splitlines()
    assert " ".join(first.split()) == headings
    assert len(lines) == 2
    assert all(("roc_auc" in line) == (width > 50) for line in lines)


@pytest.mark.parametrize(
    ("created", "shown"),
    [
        ("2026-11-21T12:00:00+00:00", "2026-11-21 12:00"),
        ("2026-11-21T01:30:00+05:30", "2026-11-20 20:00"),
        ("2026-11-21", "2026-11-21"),
        ("yesterday", "yesterday"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00"),
        ("", ""),
    ],
)
def test_times_of_all_machines_are_in_utc(created: str, shown: str) -> None:
    assert utc_text(created) == shown


def test_json_has_every_run(cli: Cli, runs: Path) -> None:
    entries = json.loads(cli("runs", "--json").out)["runs"]
    states = {entry["run"]: entry["state"] for entry in entries}
    assert states == {
        "runs/broken-1": "damaged",
        "runs/wine-2": "finished",
        "runs/wine-1": "finished",
        "runs/people-1": "interrupted",
    }


def test_a_missed_gate_is_seen(cli: Cli, runs: Path) -> None:
    edit_text("config.yaml", "metrics:", "expect: {test.accuracy: '>= 0.9', test.roc_auc: '> 0.5'}\nmetrics:")(
        runs / "wine-1"
    )
    lines = {line.split()[0]: line for line in cli("runs", "--sort", "roc_auc").out.splitlines()}
    assert "roc_auc 0.9071, 1 gate missed " in lines["wine-1"]
    assert "gate" not in lines["wine-2"]


def test_no_run_is_said_in_words(cli: Cli, runs: Path) -> None:
    assert cli("runs", "--filter", "nothing").err == "note: no runs in runs with all of these filters\n"


def test_deleting_needs_yes_where_nobody_can_be_asked(cli: Cli, runs: Path) -> None:
    outcome = cli("runs", "--delete", "wine-1")
    assert (outcome.code, outcome.err) == (
        2,
        "error: --delete: expected --yes where nobody can be asked\nhint: add --yes to delete\n",
    )
    assert (runs / "wine-1").exists()


def test_a_filter_deletes_nothing(cli: Cli, runs: Path) -> None:
    outcome = cli("runs", "--delete", "wine-1", "--filter", "people", "--yes")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "error: --delete: expected the names of runs, got a --filter, which only lists them\n"
    assert Path("runs/wine-1").exists()


def test_runs_are_deleted_by_name_or_path(cli: Cli, runs: Path) -> None:
    outcome = cli("runs", "--delete", "wine-1", "runs/wine-2", "people-1", "--yes")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == (
        "note: runs/wine-1 is deleted\nnote: runs/wine-2 is deleted\nnote: runs/people-1 is deleted\n"
    )
    assert [path.name for path in runs.iterdir()] == ["broken-1"]


def test_a_name_may_be_a_path_from_here(cli: Cli, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(runs)
    outcome = cli("runs", "--delete", "wine-1", "--yes")
    assert (outcome.code, outcome.err) == (0, "note: wine-1 is deleted\n")
    assert not (runs / "wine-1").exists()


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
    assert process.wait(timeout=PATIENCE) == 0
    assert b"Delete 'runs/wine-1' for good? [y/N]" in os.read(master, 65536)
    os.close(master)
    assert (runs / "wine-1").exists() is not is_gone


@pytest.fixture
def groups(runs: Path) -> Path:
    """A cross-validation, and seeds that were interrupted, in the folder too."""
    write_group(runs, "cross", FOLDS, seconds=500)
    write_group(runs, "seeded", SEEDS, members=1, is_finished=False, seconds=450)
    return runs


@pytest.mark.golden
def test_a_group_is_one_line_and_its_runs_follow_when_asked_for(
    cli: Cli, groups: Path, check_golden: CheckGolden
) -> None:
    listed, with_members = cli("runs").out, cli("runs", "--members").out
    check_golden("runs_groups.txt", f"{listed}\n{with_members}")


def test_json_tells_groups_from_runs(cli: Cli, groups: Path) -> None:
    entries = {entry["run"]: entry for entry in json.loads(cli("runs", "--json").out)["runs"]}
    assert [entries[f"runs/{name}"]["kind"] for name in ("cross-1", "seeded-1", "wine-1")] == ["folds", "seeds", "run"]
    cross, seeded = entries["runs/cross-1"], entries["runs/seeded-1"]
    assert (cross["metrics"], cross["sd"]) == (
        {"accuracy": 0.875, "log_loss": 0.4},
        {"accuracy": 0.0125, "log_loss": None},
    )
    assert (seeded["state"], seeded["total"], seeded["finished"]) == ("interrupted", 2, 1)
    assert "members" not in cross
    (cross,) = json.loads(cli("runs", "--json", "--members", "--filter", "cross").out)["runs"]
    assert [(member["run"], member["kind"]) for member in cross["members"]] == [
        ("runs/cross-1/fold-1", "run"),
        ("runs/cross-1/fold-2", "run"),
    ]


def test_a_group_is_deleted_as_a_whole_and_a_run_of_it_never(cli: Cli, groups: Path) -> None:
    for name in ("cross-1/fold-1", "runs/cross-1/fold-1"):
        outcome = cli("runs", "--delete", "wine-1", name, "--yes")
        assert (outcome.code, outcome.err) == (
            4,
            "error: runs/cross-1/fold-1: expected a run of its own, got one of a cross-validation, which would be "
            "damaged without it\nhint: dltrain runs --delete runs/cross-1 deletes the whole\n",
        )
    assert (groups / "wine-1").exists()
    outcome = cli("runs", "--delete", "cross-1", "seeded-1", "--yes")
    assert (outcome.code, outcome.err) == (0, "note: runs/cross-1 is deleted\nnote: runs/seeded-1 is deleted\n")
    assert not (groups / "cross-1").exists()


@pytest.mark.parametrize(
    ("names", "question"),
    [
        (["cross-1"], "Delete 'runs/cross-1' with 2 runs inside for good?"),
        (["wine-1", "cross-1", "seeded-1"], "'runs/seeded-1', with 3 runs inside for good?"),
        (["wine-1"], "Delete 'runs/wine-1' for good?"),
    ],
)
def test_the_question_says_how_many_runs_would_go(
    cli: Cli, groups: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], question: str
) -> None:
    asked: list[str] = []

    def confirm(text: str, *, err: bool) -> bool:
        asked.append(text)
        return False

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)
    assert cli("runs", "--delete", *names).code == 0
    assert len(asked) == 1
    assert asked[0].endswith(question)
    assert (groups / "cross-1").exists()
