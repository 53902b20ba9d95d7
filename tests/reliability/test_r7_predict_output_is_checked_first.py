"""R7: an output that cannot be written is found before the table is opened."""

import os
from pathlib import Path

import pytest

from tests.reliability.predicting import names, predict

pytestmark = pytest.mark.slow


@pytest.fixture
def unread(tmp_path: Path) -> Path:
    """A table that nobody writes: whoever opens it waits for ever."""
    path = tmp_path / "table.csv"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("missing/out.csv", "cannot be written: its folder does not exist"),
        ("file/out.csv", "cannot be written: a part of its path is not a folder"),
        ("folder", "expected a file to write, got a folder"),
        ("old.csv", "exists already"),
        ("out.csv.gz", "predictions are written as CSV, expected a name such as out.csv"),
        ("x" * 300, "cannot be written: the name is too long"),
        # Not even root writes there.
        ("/proc/out.csv", "cannot be written: "),
        ("/sys/out.csv", "cannot be written: "),
    ],
)
def test_r7_an_output_that_cannot_be_written_is_named_before_the_table_is_opened(
    tmp_path: Path, unread: Path, output: str, reason: str
) -> None:
    folder = tmp_path / "out"
    (folder / "folder").mkdir(parents=True)
    (folder / "file").touch()
    (folder / "old.csv").write_text("old")
    done = predict(unread, "-o", folder / output)
    assert done.returncode == 4
    assert done.stderr.startswith(f"error: {folder / output}: {reason}")
    assert names(folder) == ["file", "folder", "old.csv"]
    assert (folder / "old.csv").read_text() == "old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_r7_a_folder_without_permission_is_named_before_the_table_is_opened(tmp_path: Path, unread: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir(mode=0o500)
    done = predict(unread, "-o", folder / "out.csv")
    assert (done.returncode, done.stderr) == (
        4,
        f"error: {folder / 'out.csv'}: cannot be written: permission denied\n",
    )
