"""R6: a full disk or a limit of the file size ends predict with exit 4, and leaves what was there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability.predicting import limit_file_size, names, predict, write_people

pytestmark = pytest.mark.slow

N_ROWS = 20_000
FULL = Path("/dev/full")


@pytest.mark.parametrize("n_bytes", [0, 1, 4_096, 300_000])
@pytest.mark.parametrize("old", [None, "old\n"])
def test_r6_predictions_beyond_the_file_size_limit_leave_the_old_file(
    tmp_path: Path, n_bytes: int, old: str | None
) -> None:
    table, folder = write_people(tmp_path / "table.csv", N_ROWS), tmp_path / "out"
    folder.mkdir()
    out = folder / "out.csv"
    if old is not None:
        out.write_text(old)
    done = predict(table, "-o", out, "--force", preexec_fn=limit_file_size(n_bytes))
    assert done.returncode == 4
    message = re.escape(f"error: {out}: cannot be written: the file would be larger than the allowed size after ")
    assert re.fullmatch(message + r"([\d,]+) bytes\n", done.stderr), done.stderr
    assert names(folder) == ([] if old is None else ["out.csv"])
    assert old is None or out.read_text() == old


@pytest.fixture
def small_disk(mount_disk: Callable[[int], Path]) -> Path:
    """A disk with room for a few thousand predictions."""
    return mount_disk(256)


def test_r6_predictions_on_a_full_disk_leave_the_old_file(tmp_path: Path, small_disk: Path) -> None:
    table, out = write_people(tmp_path / "table.csv", N_ROWS), small_disk / "out.csv"
    out.write_text("old\n")
    done = predict(table, "-o", out, "--force")
    assert done.returncode == 4
    message = re.escape(f"error: {out}: cannot be written: no space left on the disk after ")
    assert re.fullmatch(message + r"([\d,]+) bytes\n", done.stderr), done.stderr
    assert names(small_disk) == ["out.csv"]
    assert out.read_text() == "old\n"


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux' /dev/full")
@pytest.mark.parametrize("n_rows", [1, N_ROWS])
def test_r6_a_full_device_is_named(tmp_path: Path, n_rows: int) -> None:
    table = write_people(tmp_path / "table.csv", n_rows)
    done = predict(table, "-o", FULL)
    assert (done.returncode, done.stderr) == (4, "error: /dev/full: cannot be written: no space left on the disk\n")
    with FULL.open("wb") as full:
        done = predict(table, stdout=full)
    assert (done.returncode, done.stderr) == (
        4,
        "error: standard output: cannot be written: no space left on the disk\n",
    )


def test_r6_standard_output_that_is_open_for_reading_only_is_no_bug(tmp_path: Path) -> None:
    table = write_people(tmp_path / "table.csv", 1)
    with table.open() as readable:
        done = predict(table, stdout=readable)
    assert done.returncode == 4
    assert done.stderr.startswith("error: standard output: cannot be written: ")
