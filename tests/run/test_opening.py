"""Only plain files are read, and never other bytes than those that were verified."""

import contextlib
import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dltrain.errors import RunError
from dltrain.run.manifest import FileEntry
from dltrain.run.opening import check_verified, read_file, read_verified

CONTENT = b"content"
ENTRY = FileEntry(size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    return path


def test_a_file_is_read(path: Path) -> None:
    assert read_file(path, max_bytes=7) == CONTENT
    assert read_verified(path, ENTRY, max_bytes=7) == CONTENT
    check_verified(path, ENTRY, max_bytes=7)


def test_a_hard_link_is_a_file_like_any_other(path: Path) -> None:
    link = path.with_name("link")
    link.hardlink_to(path)
    assert read_verified(link, ENTRY, max_bytes=7) == CONTENT


def make_socket(path: Path) -> None:
    # The name of a socket may have 107 bytes: shorter than some paths of tests.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


def open_files() -> set[str]:
    """What the descriptors of this process lead to, where the system tells."""
    found = set()
    for descriptor in Path("/proc/self/fd").glob("*"):
        # One of them belongs to this very search.
        with contextlib.suppress(FileNotFoundError):
            found.add(str(descriptor.readlink()))
    return found


@pytest.mark.parametrize(
    ("make", "got"),
    [
        (lambda path: None, "none"),
        (lambda path: path.symlink_to(__file__), "a link"),
        (lambda path: path.symlink_to("/dev/zero"), "a link"),
        (lambda path: path.symlink_to("missing"), "a link"),
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "something else"),
        (make_socket, "something else"),
    ],
)
@pytest.mark.parametrize("read", [read_file, lambda path, max_bytes: check_verified(path, ENTRY, max_bytes=max_bytes)])
def test_other_things_are_refused_without_waiting(
    tmp_path: Path, make: Callable[[Path], None], got: str, read: Callable[..., object]
) -> None:
    path = tmp_path / "thing"
    make(path)
    before = open_files()
    with pytest.raises(RunError, match=f"damaged run: expected a file, got {got}$"):
        read(path, max_bytes=100)
    assert open_files() <= before


def test_a_device_is_refused() -> None:
    with pytest.raises(RunError, match="got something else"):
        read_file(Path("/dev/zero"), max_bytes=100)


def test_a_file_that_is_too_large_is_not_read(path: Path) -> None:
    os.truncate(path, 2**40)  # sparse: takes no space
    with pytest.raises(RunError, match="expected at most 100 bytes, got 1,099,511,627,776"):
        read_file(path, max_bytes=100)
    with pytest.raises(RunError, match="expected 7 bytes, got 1,099,511,627,776"):
        read_verified(path, ENTRY, max_bytes=2**50)


def test_other_content_of_the_same_size_is_noticed(path: Path) -> None:
    path.write_bytes(b"contenT")
    with pytest.raises(RunError, match="sha256 differs"):
        read_verified(path, ENTRY, max_bytes=7)
    with pytest.raises(RunError, match="sha256 differs"):
        check_verified(path, ENTRY, max_bytes=7)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_named(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(RunError, match="cannot be read: Permission denied"):
        read_file(path, max_bytes=7)
