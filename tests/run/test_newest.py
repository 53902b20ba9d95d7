"""What a folder of runs holds."""

import os
from pathlib import Path

import pytest

from dltrain.run.checkpoint import CHECKPOINT
from dltrain.run.manifest import MANIFEST_NAME
from dltrain.run.members import FOLDS
from dltrain.run.newest import natural, newest_group, runs_hint


def make(path: Path, *, seconds: int) -> Path:
    """A file or folder with a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (seconds, seconds))
    return path


def test_what_a_killed_process_left_hidden_is_no_newer_run(tmp_path: Path) -> None:
    group = make(tmp_path / "cv-1" / FOLDS.origin_name, seconds=100).parent
    make(tmp_path / ".wine.abc" / CHECKPOINT, seconds=200)
    assert newest_group(tmp_path) == (group, FOLDS)
    make(tmp_path / "wine-1" / CHECKPOINT, seconds=200)
    assert newest_group(tmp_path) is None


def test_the_last_number_of_a_name_is_meant(tmp_path: Path) -> None:
    for number in (2, 9, 10, 12):
        make(tmp_path / f"wine-{number}" / MANIFEST_NAME, seconds=1)
    assert runs_hint(tmp_path / "wine") == f"did you mean '{tmp_path / 'wine-12'}'?"
    hint = runs_hint(tmp_path / "other")
    assert hint is not None
    assert hint.endswith("wine-2, wine-9, wine-10, wine-12")


@pytest.mark.parametrize("names", [["a-2", "a-10", "b-1"], ["2024-1-9", "2024-1-10", "2024-2-1"]])
def test_numbers_in_names_are_ordered_by_their_value(names: list[str]) -> None:
    shuffled = names[1:] + names[:1]
    shuffled.sort(key=natural)
    assert shuffled == names
