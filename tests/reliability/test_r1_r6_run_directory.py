"""R1 and R6: a run directory and a file are whole or absent, whenever the process is killed or the disk is full."""

import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dltrain.errors import OutputError
from dltrain.run import load_run, write_run
from dltrain.run.atomic import writing_file
from tests.conftest import PROJECT
from tests.reliability.run_writing import golden_files, write_lines

N_KILLS = 100


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
    assert all(load_run(run).manifest.sha256 for run in runs)
    # Otherwise nobody was killed while writing.
    assert len(names(tmp_path)) - len(visible) > N_KILLS / 10


@contextmanager
def file_size_limit(n_bytes: int) -> Iterator[None]:
    """No file may grow beyond this size; Python turns the signal into an error."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("n_bytes", [0, 1_000, 1_350, 1_420, 2_000, 10_000, 25_000])
def test_r6_a_run_beyond_the_file_size_limit_leaves_nothing(tmp_path: Path, n_bytes: int) -> None:
    """Each limit is met by another file."""
    runs, files = tmp_path / "runs", golden_files()
    first = write_run(runs, "people", files)
    message = f"{runs}/people: cannot be written: the file would be larger than the allowed size after "
    with file_size_limit(n_bytes), pytest.raises(OutputError, match=re.escape(message) + r"[\d,]+ bytes$"):
        write_run(runs, "people", files)
    assert names(runs) == ["people-1"]
    load_run(first)


def test_r6_a_file_beyond_the_size_limit_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_lines(path, 10)
    message = re.escape(f"{path}: cannot be written: the file would be larger than the allowed size after 4,096 bytes")
    with file_size_limit(4_096), pytest.raises(OutputError, match=message):
        write_lines(path, 100_000)
    assert names(tmp_path) == ["out.csv"]
    check_lines(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for one run and a half."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("no mount command")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=96k", "none", str(disk)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_r6_a_full_disk_leaves_what_was_there(small_disk: Path) -> None:
    files = golden_files()
    first = write_run(small_disk, "people", files)
    message = f"{small_disk}/people: cannot be written: no space left on the disk after "
    with pytest.raises(OutputError, match=re.escape(message) + r"[\d,]+ bytes$"):
        write_run(small_disk, "people", files)
    assert names(small_disk) == ["people-1"]
    load_run(first)
    with pytest.raises(OutputError, match=r"/out.csv: cannot be written: no space left on the disk after [\d,]+ bytes"):
        write_lines(small_disk / "out.csv", 100_000)
    assert names(small_disk) == ["people-1"]


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
