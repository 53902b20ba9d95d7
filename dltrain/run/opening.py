"""Reading the files of a run directory, which may come from a stranger.

A file is opened once. Its kind and size are asked of the open file, and the bytes that were hashed are the bytes that
are used, so nothing that happens to the name in between can make a difference.
"""

import contextlib
import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dltrain.errors import RunError
from dltrain.run.manifest import FileEntry

# No link is followed, and opening a pipe does not wait for its other end.
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_WRONG_KIND: Final = {
    errno.ENOENT: "none",
    errno.ENOTDIR: "none",
    errno.ELOOP: "a link",
    errno.ENXIO: "something else",
}


def read_file(path: Path, *, max_bytes: int) -> bytes:
    """The bytes of a plain file.

    Raises:
        RunError: It is missing, no plain file, larger than `max_bytes`, or cannot be read.
    """
    with _opened(path) as (stream, size):
        _check_size(path, size, max_bytes)
        return stream.read(size)


def read_start(path: Path, *, n_bytes: int) -> bytes:
    """The first bytes of a plain file, all of it when it is shorter.

    Raises:
        RunError: It is missing, no plain file, or cannot be read.
    """
    with _opened(path) as (stream, _):
        return stream.read(n_bytes)


def read_verified(path: Path, entry: FileEntry, *, max_bytes: int) -> bytes:
    """The bytes of a plain file that is what the manifest says. Its size is checked before it is read.

    Raises:
        RunError: As `read_file`, or it differs.
    """
    with _opened(path) as (stream, size):
        _check_size(path, size, max_bytes, entry)
        content = stream.read(size)
    _check_sha256(path, hashlib.sha256(content).hexdigest(), entry)
    return content


def check_verified(path: Path, entry: FileEntry, *, max_bytes: int) -> None:
    """As `read_verified`, for a file that is not used: its bytes are not kept."""
    with _opened(path) as (stream, size):
        _check_size(path, size, max_bytes, entry)
        _check_sha256(path, hashlib.file_digest(stream, "sha256").hexdigest(), entry)


def check_size(path: Path, entry: FileEntry) -> None:
    """Checks that a plain file is there and as large as the manifest says; nothing is read.

    Raises:
        RunError: It is not.
    """
    with _opened(path) as (_, size):
        _check_size(path, size, size, entry)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[io.BufferedReader, int]]:
    """Opens a plain file; gives its stream and its size."""
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                got = "a folder" if stat.S_ISDIR(status.st_mode) else "something else"
                raise RunError(f"{path}: damaged run: expected a file, got {got}")
            with open(descriptor, "rb", closefd=False) as stream:
                yield stream, status.st_size
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in _WRONG_KIND:
            raise RunError(f"{path}: damaged run: expected a file, got {_WRONG_KIND[error.errno]}") from error
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error


def _check_size(path: Path, size: int, max_bytes: int, entry: FileEntry | None = None) -> None:
    if entry is not None and size != entry.size:
        raise RunError(f"{path}: damaged run: expected {entry.size:,} bytes, got {size:,}")
    if size > max_bytes:
        raise RunError(f"{path}: damaged run: expected at most {max_bytes:,} bytes, got {size:,}")


def _check_sha256(path: Path, sha256: str, entry: FileEntry) -> None:
    if sha256 != entry.sha256:
        raise RunError(f"{path}: damaged run: its content is not what the manifest says (sha256 differs)")


def mtime_ns(path: Path) -> int:
    """When a file, or a link itself, was written last, in nanoseconds since 1970; 0 when it is not there any more."""
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0
