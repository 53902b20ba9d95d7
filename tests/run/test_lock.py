"""One process at a time works on a path."""

import errno
import fcntl
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from dltrain.errors import OutputError
from dltrain.run.lock import hidden_stem, is_locked, locked

N_TURNS = 200


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_lock_is_held_once_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with locked(path) as is_held:
        assert is_held
        assert names(tmp_path) == [".out.csv.dltrain-lock"]
        with pytest.raises(OutputError) as caught, locked(path):
            pytest.fail("locked twice")
        with locked(tmp_path / "other.csv"):
            pass
    assert caught.value.message == f"{path}: another process is writing it"
    assert names(tmp_path) == []
    with locked(path):
        pass


def test_a_lock_moves_with_its_folder(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    with locked(before, lock_path=before / ".lock"):
        before.rename(after)
        assert is_locked(after / ".lock")
    assert names(after) == []


def test_another_spelling_of_the_path_is_the_same_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with locked(Path("out.csv")), pytest.raises(OutputError), locked(tmp_path / "out.csv"):
        pytest.fail("locked twice")


def test_a_lock_file_that_a_killed_process_left_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / ".out.csv.dltrain-lock").touch()
    with locked(tmp_path / "out.csv") as is_held:
        assert is_held
    assert names(tmp_path) == []


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".out.csv.dltrain-lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path / "out.csv"):
        pytest.fail("locked")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.ENOLCK])
def test_a_file_system_without_locks_is_worked_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with locked(tmp_path / "out.csv") as is_held:
        assert not is_held
        assert names(tmp_path) == []


def take_turns(path: Path, n_turns: int) -> None:
    """Adds 1 to the number in a file so often; without a lock some of it would be lost."""
    done = 0
    while done < n_turns:
        try:
            with locked(path):
                path.write_text(str(int(path.read_text()) + 1))
        except OutputError:
            continue
        done += 1


@pytest.mark.parametrize("worker", [threading.Thread, multiprocessing.get_context("fork").Process])
def test_nothing_happens_at_the_same_time(tmp_path: Path, worker: type[threading.Thread]) -> None:
    path = tmp_path / "n"
    path.write_text("0")
    workers = [worker(target=take_turns, args=(path, N_TURNS)) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert path.read_text() == str(4 * N_TURNS)
    assert names(tmp_path) == ["n"]


def test_hidden_names_of_different_paths_differ_and_are_short_enough() -> None:
    long = [Path("x" * 254 + end) for end in "ab"] + [Path("😀" * 63)]
    stems = [hidden_stem(path) for path in [*long, Path("a"), Path("a.b")]]
    assert len(set(stems)) == 5
    assert all(len(os.fsencode(stem)) <= 201 and stem.startswith(".") for stem in stems)
