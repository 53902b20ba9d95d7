"""Which run a command takes when none is named."""

import json
import os
import shutil
from pathlib import Path

import pytest

from dltrain.run.members import FOLDS, SEEDS
from tests.conftest import GOLDEN, Cli
from tests.reliability.hostile_checkpoints import write_unfinished
from tests.reliability.hostile_runs import edit_text
from tests.run.groups import write_group


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `runs` in the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def add_finished(runs: Path, *, seconds: int) -> None:
    shutil.copytree(GOLDEN / "people-1", runs / "finished-1")
    os.utime(runs / "finished-1" / "manifest.json", (seconds, seconds))


def add_unfinished(runs: Path, *, seconds: int) -> None:
    write_unfinished(runs)
    os.utime(runs / "people-1" / "checkpoint", (seconds, seconds))


def test_show_takes_the_newest_run_finished_or_not(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    assert cli("show").out.startswith("runs/finished-1  (binary")
    add_unfinished(runs, seconds=200)
    assert cli("show").out.startswith("runs/people-1  (unfinished")
    os.utime(runs / "finished-1" / "manifest.json", (300, 300))
    assert cli("show").out.startswith("runs/finished-1  (binary")


def test_predict_says_when_a_newer_run_is_not_finished(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    add_unfinished(runs, seconds=200)
    outcome = cli("predict", GOLDEN / "people.csv")
    newer = "runs/people-1 is newer and not finished: dltrain fit --resume runs/people-1 goes on"
    assert (outcome.code, outcome.err.splitlines()[0]) == (0, f"note: runs/finished-1 is used; {newer}")
    assert cli("predict", GOLDEN / "people.csv", "--quiet").err == ""
    os.utime(runs / "finished-1" / "manifest.json", (300, 300))
    assert "newer" not in cli("predict", GOLDEN / "people.csv").err


def test_predict_says_that_the_newest_run_missed_its_gates(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    edit_text("config.yaml", "metrics:", "expect: {test.accuracy: '>= 0.9'}\nmetrics:")(runs / "finished-1")
    outcome = cli("predict", GOLDEN / "people.csv")
    missed = "1 of 1 gate missed\n  test.accuracy: expected >= 0.9, got 0.8542\n"
    assert outcome.code == 0
    assert outcome.err.startswith(f"note: runs/finished-1 is used: {missed}")
    for options in (("--quiet",), ("--run", "runs/finished-1")):
        assert "gate" not in cli("predict", GOLDEN / "people.csv", *options).err


def test_predict_with_unfinished_runs_only_says_how_to_go_on(cli: Cli, runs: Path) -> None:
    add_unfinished(runs, seconds=100)
    outcome = cli("predict", GOLDEN / "people.csv")
    assert outcome.code == 4
    assert outcome.err == (
        "error: runs: expected a finished run in here, got unfinished ones only\n"
        "hint: dltrain fit --resume runs/people-1 goes on\n"
    )


def test_resuming_a_run_that_is_not_there_names_those_that_can_be_resumed(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    add_unfinished(runs, seconds=100)
    outcome = cli("fit", "--resume", "runs/peple-1")
    assert outcome.code == 4
    assert outcome.err == (
        "error: runs/peple-1: expected an unfinished run, got nothing of that name\nhint: runs in runs: people-1\n"
    )


@pytest.mark.parametrize("command", [("show",), ("fit", "--resume"), ("predict", "x.csv", "--run")])
def test_a_name_that_cannot_be_is_no_bug(cli: Cli, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "x" * 300)
    assert outcome.code == 4
    assert "Traceback" not in outcome.err


def test_an_unfinished_run_is_shown_as_json(cli: Cli, runs: Path) -> None:
    add_unfinished(runs, seconds=100)
    outcome = cli("show", "--json")
    assert outcome.code == 0
    assert '"state": "interrupted"' in outcome.out


def test_a_damaged_newest_checkpoint_is_told(cli: Cli, runs: Path) -> None:
    add_unfinished(runs, seconds=100)
    (runs / "people-1" / "checkpoint" / "state-2.safetensors").write_bytes(b"damaged")
    outcome = cli("show", "runs/people-1")
    assert outcome.code == 0
    note = "note       runs/people-1/checkpoint/state-2.safetensors: damaged checkpoint: "
    assert any(line.startswith(note) for line in outcome.out.splitlines())


PREDICT = ("predict", GOLDEN / "people.csv")


@pytest.mark.parametrize("command", [PREDICT, ("evaluate", "--data", GOLDEN / "people.csv")])
def test_a_newer_group_is_pointed_at(cli: Cli, runs: Path, command: tuple[object, ...]) -> None:
    add_finished(runs, seconds=100)
    write_group(runs, "people", SEEDS, seconds=200)
    noted = (
        "note: runs/finished-1 is used; runs/people-1 is newer, a set of seeds: name a run in it, such as "
        "runs/people-1/seed-1"
    )
    assert cli(*command).err.splitlines()[0] == noted
    os.utime(runs / "finished-1" / "manifest.json", (300, 300))
    assert "newer" not in cli(*command).err


def test_a_newer_set_of_seeds_with_an_average_is_taken_itself(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    write_group(runs, "people", SEEDS, seconds=200)
    shutil.copytree(GOLDEN / "people-1", runs / "people-1" / "average")
    os.utime(runs / "people-1" / "average" / "manifest.json", (190, 190))
    command = ("evaluate", "--json", "--data", GOLDEN / "people.csv")
    evaluated = cli(*command)
    assert (json.loads(evaluated.out)["run"], "newer" in evaluated.err) == ("runs/people-1/average", False)
    # The average may be made later than its seeds.
    os.utime(runs / "people-1" / "average" / "manifest.json", (250, 250))
    newer = write_group(runs, "folded", FOLDS, seconds=240)
    evaluated = cli(*command)
    assert (json.loads(evaluated.out)["run"], "newer" in evaluated.err) == ("runs/people-1/average", False)
    os.utime(newer / FOLDS.summary_name, (260, 260))
    evaluated = cli(*command)
    assert json.loads(evaluated.out)["run"] == "runs/people-1/average"
    assert evaluated.err.startswith("note: runs/people-1 is used; runs/folded-1 is newer, a cross-validation")
    os.utime(write_unfinished(runs) / "checkpoint", (270, 270))
    evaluated = cli(*command)
    assert json.loads(evaluated.out)["run"] == "runs/people-1/average"
    assert evaluated.err.startswith("note: runs/people-1 is used; runs/people-2 is newer and not finished")
    os.utime(runs / "finished-1" / "manifest.json", (300, 300))
    assert json.loads(cli(*command).out)["run"] == "runs/finished-1"


def test_a_newer_group_that_is_not_finished_says_how_to_go_on(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    write_group(runs, "people", FOLDS, is_finished=False, seconds=200)
    assert cli(*PREDICT).err.splitlines()[0] == (
        "note: runs/finished-1 is used; runs/people-1 is newer, a cross-validation that is not finished: "
        "dltrain fit --resume runs/people-1 goes on"
    )
    assert cli(*PREDICT, "--quiet").err == ""


def test_a_group_is_as_old_as_its_newest_run_until_it_is_finished(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=250)
    path = write_group(runs, "people", FOLDS, is_finished=False, seconds=200)
    assert "newer" not in cli(*PREDICT).err
    os.utime(path / "fold-2" / "manifest.json", (300, 300))
    assert "runs/people-1 is newer" in cli(*PREDICT).err


@pytest.mark.parametrize(
    ("is_finished", "hint"),
    [
        (True, "name a run in it, such as runs/people-1/fold-1"),
        (False, "dltrain fit --resume runs/people-1 goes on"),
    ],
)
def test_with_groups_only_there_is_no_run_to_take(cli: Cli, runs: Path, is_finished: bool, hint: str) -> None:
    write_group(runs, "people", FOLDS, is_finished=is_finished, seconds=200)
    outcome = cli(*PREDICT)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        "error: runs: expected a run of its own in here, the newest one is a cross-validation, runs/people-1\n"
        f"hint: {hint}\n"
    )


def test_report_takes_a_finished_group_when_that_is_the_newest(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    (runs / "finished-1" / "report.html").touch()
    seeded = write_group(runs, "seeded", SEEDS, seconds=200)
    (seeded / "report.html").touch()
    outcome = cli("report")
    assert (outcome.out, outcome.err) == ("runs/seeded-1/report.html\n", "")
    folded = write_group(runs, "people", FOLDS, is_finished=False, seconds=300)
    outcome = cli("report")
    newer = "note: runs/seeded-1 is used; runs/people-1 is newer"
    assert outcome.out == "runs/seeded-1/report.html\n"
    assert outcome.err.startswith(f"{newer}, a cross-validation that is not finished: dltrain fit --resume")
    shutil.rmtree(folded)
    add_unfinished(runs, seconds=300)
    assert cli("report").err.startswith(f"{newer} and not finished: dltrain fit --resume")
    os.utime(runs / "people-1" / "checkpoint", (150, 150))
    assert cli("report").err == ""
    shutil.rmtree(runs / "finished-1")
    assert cli("report").out == "runs/seeded-1/report.html\n"
    shutil.rmtree(seeded)
    outcome = cli("report")
    assert (outcome.code, outcome.out) == (4, "")
    assert "expected a finished run in here, got unfinished ones only" in outcome.err


def test_show_takes_a_group_when_that_is_the_newest(cli: Cli, runs: Path) -> None:
    add_finished(runs, seconds=100)
    add_unfinished(runs, seconds=150)
    write_group(runs, "seeded", SEEDS, seconds=200)
    assert cli("show").out.startswith("runs/seeded-1  (2 seeds, binary")
    os.utime(runs / "people-1" / "checkpoint", (300, 300))
    assert cli("show").out.startswith("runs/people-1  (unfinished")
    os.utime(runs / "finished-1" / "manifest.json", (400, 400))
    assert cli("show").out.startswith("runs/finished-1  (binary")
