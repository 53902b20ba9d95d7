"""Removing run directories, and nothing else."""

import shutil
from pathlib import Path

import pytest

from dltrain.errors import OutputError, RunError
from dltrain.run.average import AVERAGE
from dltrain.run.lock import locked
from dltrain.run.members import FOLDS, SEEDS, Group, working_on
from dltrain.run.removing import check_removable, remove_run
from tests.conftest import GOLDEN
from tests.reliability.hostile_checkpoints import write_unfinished
from tests.run.groups import write_group


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder with a finished run, something to keep, and nothing else."""
    shutil.copytree(GOLDEN / "people-1", tmp_path / "runs" / "people-1")
    (tmp_path / "kept.txt").write_text("kept")
    return tmp_path / "runs"


def test_a_run_goes_and_leaves_nothing(runs: Path) -> None:
    remove_run(runs / "people-1")
    assert list(runs.iterdir()) == []


def test_an_unfinished_run_can_be_removed(tmp_path: Path) -> None:
    write_unfinished(tmp_path)
    remove_run(tmp_path / "people-1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["manifest.json", "metrics.json"])
def test_a_damaged_run_can_be_removed(runs: Path, name: str) -> None:
    (runs / "people-1" / name).unlink()
    remove_run(runs / "people-1")
    assert list(runs.iterdir()) == []


def test_a_link_is_refused_and_what_it_leads_to_stays(runs: Path) -> None:
    (runs / "link").symlink_to(runs / "people-1")
    with pytest.raises(RunError, match="link: expected a run directory, got a link"):
        remove_run(runs / "link")
    assert (runs / "people-1" / "manifest.json").exists()


def test_links_inside_a_run_are_not_followed(runs: Path, tmp_path: Path) -> None:
    (runs / "people-1" / "model.keras").unlink()
    (runs / "people-1" / "model.keras").symlink_to(tmp_path / "kept.txt")
    (runs / "people-1" / "checkpoint").symlink_to(tmp_path)
    remove_run(runs / "people-1")
    assert (tmp_path / "kept.txt").read_text() == "kept"


@pytest.mark.parametrize("content", ["notes.txt", "package.json"])
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / content).write_text("mine")
    with pytest.raises(
        RunError, match=r"work: expected a run directory, got no manifest\.json and no checkpoint in it"
    ):
        remove_run(folder)
    assert (folder / content).exists()


def test_a_run_that_holds_something_else_is_refused(runs: Path) -> None:
    (runs / "people-1" / "thesis.tex").write_text("years of work")
    with pytest.raises(RunError, match=r"holds what is not of a run: 'thesis\.tex'"):
        remove_run(runs / "people-1")
    assert (runs / "people-1" / "manifest.json").exists()


def test_a_name_that_does_not_exist_is_refused(runs: Path) -> None:
    with pytest.raises(RunError, match="people-2: expected a run directory, got nothing of that name"):
        check_removable(runs / "people-2")


def test_a_run_that_is_being_trained_is_refused(tmp_path: Path) -> None:
    write_unfinished(tmp_path)
    run = tmp_path / "people-1"
    with (
        locked(run, lock_path=run / "checkpoint" / ".lock"),
        pytest.raises(OutputError, match="people-1: a process trains this run"),
    ):
        remove_run(run)
    assert (run / "checkpoint").exists()


@pytest.mark.parametrize("group", [FOLDS, SEEDS])
@pytest.mark.parametrize("is_finished", [True, False])
def test_a_group_goes_as_a_whole_with_what_a_killed_process_left(
    tmp_path: Path, group: Group, is_finished: bool
) -> None:
    path = write_group(tmp_path, "people", group, is_finished=is_finished)
    shutil.copytree(GOLDEN / "people-1", path / AVERAGE)
    (path / "out_of_fold.csv").write_text("row\n")
    (path / "report.html").write_text("page")
    for left in (".lock", f".{group.summary_name}.abcd1234.dltrain-part", ".out_of_fold.csv.dltrain-lock"):
        (path / left).touch()
    for left in (f".{group.member}.abcd1234", f".{AVERAGE}"):
        (path / left).mkdir()
    remove_run(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["seed-1", AVERAGE])
def test_a_run_of_a_group_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = write_group(tmp_path, "people", SEEDS)
    shutil.copytree(GOLDEN / "people-1", path / AVERAGE)
    message = "got one of a set of seeds, which would be damaged without it"
    with pytest.raises(RunError, match=rf"people-1/{name}: expected a run of its own, {message}") as caught:
        remove_run(path / name)
    assert caught.value.hint == f"dltrain runs --delete {path} deletes the whole"
    monkeypatch.chdir(path)
    with pytest.raises(RunError, match=message) as caught:
        remove_run(Path(name))
    assert caught.value.hint == f"dltrain runs --delete {path} deletes the whole"
    assert (path / name / "manifest.json").exists()


@pytest.mark.parametrize("place", ["thesis.tex", "fold-9", "seed-1/thesis.tex", "seed-x/manifest.json"])
def test_a_group_that_holds_something_else_is_refused(tmp_path: Path, place: str) -> None:
    path = write_group(tmp_path, "people", SEEDS)
    (path / place).parent.mkdir(exist_ok=True)
    (path / place).write_text("years of work")
    with pytest.raises(RunError, match="holds what is not of a"):
        remove_run(path)
    assert (path / place).exists()
    assert (path / "seed-2" / "manifest.json").exists()


def test_a_link_in_a_group_is_refused(tmp_path: Path) -> None:
    path = write_group(tmp_path, "people", SEEDS)
    (path / "seed-3").symlink_to(GOLDEN / "people-1")
    with pytest.raises(RunError, match="holds what is not of a set of seeds: 'seed-3'"):
        remove_run(path)


def test_a_group_that_is_worked_on_is_refused(tmp_path: Path) -> None:
    path = write_group(tmp_path, "people", FOLDS, is_finished=False)
    with working_on(path), pytest.raises(OutputError, match="people-1: a process trains this cross-validation"):
        remove_run(path)
    run = write_unfinished(path).rename(path / "fold-3")
    with (
        locked(run, lock_path=run / "checkpoint" / ".lock"),
        pytest.raises(OutputError, match="fold-3: a process trains this run"),
    ):
        remove_run(path)
    assert (path / "fold-1" / "manifest.json").exists()
