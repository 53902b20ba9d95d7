"""Outputs are whole or absent."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from dltrain.errors import OutputError
from dltrain.run.atomic import check_folder, check_writable, writing_file, writing_folder
from tests.conftest import PATIENCE


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with writing_file(path) as stream:
        stream.write(b"half")
        assert not path.exists()
        stream.write(b" whole")
    assert path.read_bytes() == b"half whole"
    assert names(tmp_path) == ["out.csv"]


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with writing_file(tmp_path / "out.csv") as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(tmp_path) == []


def test_an_existing_file_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(OutputError, match="exists already"):
        check_writable(path)
    with writing_file(path, overwrite=True) as stream:
        stream.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_link_that_leads_nowhere_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.symlink_to("nowhere.csv")
    with pytest.raises(OutputError, match="exists already"):
        check_writable(path)
    with writing_file(path, overwrite=True) as stream:
        stream.write(b"new")
    assert path.read_text() == "new"
    assert names(tmp_path) == ["out.csv"]


def test_a_file_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def write() -> None:
        with writing_file(path) as stream:
            stream.write(b"mine")
            path.write_text("theirs")

    with pytest.raises(OutputError, match="exists already"):
        write()
    assert path.read_text() == "theirs"
    assert names(tmp_path) == ["out.csv"]


def test_files_get_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        with writing_file(tmp_path / "out.csv"):
            pass
        with writing_folder(tmp_path, "run") as (folder, final):
            (folder / "x").touch()
    finally:
        os.umask(old)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o640
    assert final[0].stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(
    ("path", "text"),
    [("missing/out.csv", "its folder does not exist"), ("file/out.csv", "not a folder"), ("folder", "got a folder")],
)
def test_a_path_that_cannot_be_written_is_named(tmp_path: Path, path: str, text: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=text):
        check_writable(tmp_path / path)


def test_a_name_that_is_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="too long"), writing_file(tmp_path / ("x" * 300)) as stream:
        stream.write(b"x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' /dev/full")
def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen

    def open_full_device(descriptor: int, mode: str) -> IO[bytes]:
        """Writes to the temporary file end on a device that is always full."""
        os.close(descriptor)
        return real(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr(os, "fdopen", open_full_device)
    with pytest.raises(OutputError, match="no space left on the disk"), writing_file(tmp_path / "out.csv") as stream:
        stream.write(b"x" * 100_000)
    assert names(tmp_path) == []


def test_run_folders_are_numbered(tmp_path: Path) -> None:
    # The last one is a copy that somebody named by the time.
    for name in ("run-2", "run-10", "run-x", "other-99", "run-20261122101500"):
        (tmp_path / name).mkdir()
    with writing_folder(tmp_path, "run") as (folder, final):
        (folder / "x").write_text("1")
        assert names(tmp_path)[0].startswith(".run.")
    assert final == [tmp_path / "run-11"]
    assert names(tmp_path / "run-11") == ["x"]


def test_a_folder_that_fails_is_removed(tmp_path: Path) -> None:
    def fail() -> None:
        with writing_folder(tmp_path, "run") as (folder, _):
            (folder / "x").write_text("1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(tmp_path) == []


def test_two_writers_never_get_the_same_folder(tmp_path: Path) -> None:
    with writing_folder(tmp_path, "run") as (first, final), writing_folder(tmp_path, "run") as (second, other):
        (first / "x").write_text("first")
        (second / "x").write_text("second")
    assert [(path / "x").read_text() for path in (tmp_path / "run-1", tmp_path / "run-2")] == ["second", "first"]
    assert final + other == [tmp_path / "run-2", tmp_path / "run-1"]


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    with pytest.raises(OutputError, match="got a file"):
        check_folder(tmp_path / "runs")


def test_what_killed_writers_left_is_removed_by_the_next_one_of_the_same_path(tmp_path: Path) -> None:
    left = [".out.csv.abcd_123.dltrain-part", ".out.csv.dltrain-lock"]
    others = [
        ".a.out.csv.abcd_123.dltrain-part",
        ".out.csv.abcd_123",
        ".out.csv.x.abcd_123.dltrain-part",
        "out.csv.part",
    ]
    for name in left + others:
        (tmp_path / name).touch()
    with writing_file(tmp_path / "out.csv"):
        pass
    assert names(tmp_path) == sorted([*others, "out.csv"])


def test_two_writers_of_one_file_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with writing_file(path, overwrite=True) as stream:
        with pytest.raises(OutputError, match="another process is writing it"), writing_file(path, overwrite=True):
            pytest.fail("opened twice")
        stream.write(b"first")
    assert path.read_bytes() == b"first"
    assert names(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("name", ["x" * 255, "😀" * 63 + "xyz"])
def test_a_file_may_have_the_longest_name_there_is(tmp_path: Path, name: str) -> None:
    with writing_file(tmp_path / name) as stream:
        stream.write(b"x")
    assert names(tmp_path) == [name]


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="here every file has a name")
@pytest.mark.parametrize("check", ["check_folder(folder)", "check_writable(folder / 'out.csv')"])
def test_a_process_that_is_killed_while_it_checks_leaves_nothing(tmp_path: Path, check: str) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from dltrain.run.atomic import check_folder, check_writable\n"
        "sys.addaudithook(lambda event, _: os._exit(9) if event == 'os.remove' else None)\n"
        f"folder = Path({str(tmp_path)!r})\n"
        f"{check}\n"
    )
    subprocess.run([sys.executable, "-c", script], timeout=PATIENCE, check=True)
    assert list(tmp_path.iterdir()) == []
