"""R7: a folder of runs that cannot be written to is found before the table is opened."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dltrain.run import Origin, Progress, UnfinishedRun
from dltrain.run.checkpoint import CHECKPOINT
from tests.conftest import GOLDEN
from tests.reliability.fit_results import contents, names
from tests.reliability.fitting import LightFit

pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Names a pipe that nobody writes for a table: to look at it is an error, to open it is to wait for ever."""
    os.mkfifo(tmp_path / "people.csv")
    return Path(shutil.copy(GOLDEN / "people.yaml", tmp_path))


@contextmanager
def read_only_disk(folder: Path) -> Iterator[None]:
    """Makes a folder one of a disk that is mounted for reading only."""
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("no mount command")
    done = subprocess.run([mount, "--bind", folder, folder], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted: {done.stderr.strip()}")
    try:
        subprocess.run([mount, "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(
    ("runs", "named", "reason"),
    [
        ("file", "file", "expected a folder to write into, got a file"),
        ("file/runs", "file", "expected a folder to write into, got a file"),
        ("x" * 300, "x" * 300, "cannot be written: the name is too long"),
        # Not even root writes there.
        ("/proc/runs", "/proc/runs", "cannot be written: "),
        ("/sys/runs", "/sys/runs", "cannot be written: "),
    ],
)
def test_r7_a_place_for_runs_that_cannot_be_written_is_named_before_the_table_is_opened(
    tmp_path: Path, config: Path, light_fit: LightFit, runs: str, named: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    before = names(tmp_path)
    ended = light_fit(config, "--runs", tmp_path / runs)
    assert ended.code == 4
    assert ended.err.startswith(f"error: {tmp_path / named}: {reason}")
    assert names(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("runs", ["closed", "closed/runs"])
def test_r7_a_folder_without_permission_is_named_before_the_table_is_opened(
    tmp_path: Path, config: Path, light_fit: LightFit, runs: str
) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    ended = light_fit(config, "--runs", tmp_path / runs)
    assert (ended.code, ended.err) == (4, f"error: {tmp_path / runs}: cannot be written: permission denied\n")


@pytest.mark.parametrize("runs", ["disk", "disk/new/runs"])
def test_r7_a_read_only_disk_is_named_before_the_table_is_opened(
    tmp_path: Path, config: Path, light_fit: LightFit, runs: str
) -> None:
    (tmp_path / "disk").mkdir()
    with read_only_disk(tmp_path / "disk"):
        ended = light_fit(config, "--runs", tmp_path / runs)
    expected = f"error: {tmp_path / runs}: cannot be written: the file system is read-only\n"
    assert (ended.code, ended.err) == (4, expected)


def test_r7_a_run_on_a_read_only_disk_is_not_resumed(tmp_path: Path, light_fit: LightFit) -> None:
    runs = tmp_path / "disk"
    origin = Origin(created="", versions={}, data={}, config="")
    with UnfinishedRun(runs, "people", origin) as run:
        run.save(Progress(), {})
    before = contents(runs)
    with read_only_disk(runs):
        ended = light_fit("--resume", runs / "people-1")
    assert ended.code == 4, ended.err
    expected = f"error: {runs / 'people-1'}: cannot be written: the file system is read-only\n"
    assert ended.err == expected
    assert contents(runs) == before
    assert names(runs / "people-1") == [CHECKPOINT]
