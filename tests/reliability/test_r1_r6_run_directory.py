"""R1 and R6: a run directory and a file are whole or absent, whenever the process is killed or the disk is full."""

import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dltrain.errors import OutputError
from dltrain.run import UnfinishedRun, load_run
from dltrain.run.atomic import writing_file
from dltrain.run.checkpoint import is_unfinished
from tests.conftest import PROJECT
from tests.reliability.run_writing import golden_files, write_lines, write_run

N_KILLS = 100

CHECKPOINT_BYTES = 4_000
"""No checkpoint of the writer is larger."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def check_lines(path: Path) -> None:
    first, *lines = path.read_text().splitlines()
    assert lines == [str(number) for number in range(int(first))]


def test_r1_killed_writers_leave_nothing_half_written(tmp_path: Path) -> None:
    write_run(tmp_path, "people", golden_files())
    write_lines(tmp_path / "out.csv", 10)
    command = [sys.executable, "-m", "tests.reliability.run_writing", str(tmp_path), str(N_KILLS)]
    subprocess.run(command, cwd=PROJECT, check=True)
    check_lines(tmp_path / "out.csv")
    visible = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
    runs = [path for path in visible if path.name != "out.csv"]
    assert {path.name for path in runs} == {f"people-{number + 1}" for number in range(len(runs))}
    finished = [run for run in runs if not is_unfinished(run)]
    assert all(load_run(run).manifest.sha256 for run in finished)
    for run in set(runs) - set(finished):
        reopened, checkpoint = UnfinishedRun.reopen(run)
        with reopened:
            assert checkpoint.note is None
            assert (checkpoint.arrays["network/0/kernel"] == checkpoint.progress.epoch).all()
            assert load_run(reopened.finish(golden_files())).manifest.sha256
        assert not (run / "checkpoint").exists()
    assert 1 < len(finished) < len(runs)
    # Otherwise hardly anybody was killed while writing.
    assert len(runs) - len(finished) + len(names(tmp_path)) - len(visible) > N_KILLS / 10


@contextmanager
def file_size_limit(n_bytes: int) -> Iterator[None]:
    """No file may grow beyond this size; Python turns the signal into an error."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("n_bytes", [0, 1_000, 4_000, 10_000, 25_000])
def test_r6_a_run_beyond_the_file_size_limit_leaves_nothing(tmp_path: Path, n_bytes: int) -> None:
    """Each limit is met by another file."""
    runs, files = tmp_path / "runs", golden_files()
    first = write_run(runs, "people", files)
    message = ": cannot be written: the file would be larger than the allowed size after "
    with file_size_limit(n_bytes), pytest.raises(OutputError, match=re.escape(message) + r"[\d,]+ bytes$") as error:
        write_run(runs, "people", files)
    load_run(first)
    if n_bytes < CHECKPOINT_BYTES:
        assert str(error.value).startswith(f"{runs}/people: ")
        assert names(runs) == ["people-1"]
        return
    assert str(error.value).startswith(f"{runs}/people-2: ")
    assert names(runs) == ["people-1", "people-2"]
    assert names(runs / "people-2") == ["checkpoint"]
    with UnfinishedRun.reopen(runs / "people-2")[0] as run:
        load_run(run.finish(files))


def test_r6_a_file_beyond_the_size_limit_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_lines(path, 10)
    message = re.escape(f"{path}: cannot be written: the file would be larger than the allowed size after 4,096 bytes")
    with file_size_limit(4_096), pytest.raises(OutputError, match=message):
        write_lines(path, 100_000)
    assert names(tmp_path) == ["out.csv"]
    check_lines(path)


@pytest.fixture
def small_disk(mount_disk: Callable[[int], Path]) -> Path:
    """A disk with room for one run and a half."""
    return mount_disk(96)


def test_r6_a_full_disk_leaves_what_was_there(small_disk: Path) -> None:
    files = golden_files()
    first = write_run(small_disk, "people", files)
    message = f"{small_disk}/people-2: cannot be written: no space left on the disk after "
    with pytest.raises(OutputError, match=re.escape(message) + r"[\d,]+ bytes$"):
        write_run(small_disk, "people", files)
    assert names(small_disk) == ["people-1", "people-2"]
    assert names(small_disk / "people-2") == ["checkpoint"]
    load_run(first)
    with pytest.raises(OutputError, match=r"/out.csv: cannot be written: no space left on the disk after [\d,]+ bytes"):
        write_lines(small_disk / "out.csv", 100_000)
    assert names(small_disk) == ["people-1", "people-2"]


def test_r6_a_disk_that_fills_up_meanwhile_keeps_the_old_file(small_disk: Path) -> None:
    path = small_disk / "out.csv"
    write_lines(path, 10)

    def write() -> None:
        with writing_file(path, overwrite=True) as stream:
            stream.write(b"1\n")
            (small_disk / "other").write_bytes(bytes(80_000))
            stream.write(b"0\n" * 50_000)

    with pytest.raises(OutputError, match="no space left on the disk"):
        write()
    assert names(small_disk) == ["other", "out.csv"]
    check_lines(path)
