"""One process at a time works on a path."""

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dltrain.errors import OutputError

LOCK_NAME: Final = ".lock"
"""The lock file of a folder inside it."""

_SUFFIX: Final = ".dltrain-lock"
_LONGEST_NAME_BYTES: Final = 200
_UNSUPPORTED: Final = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@contextlib.contextmanager
def locked(path: Path, *, lock_path: Path | None = None) -> Iterator[bool]:
    """Makes sure that nobody else works on a path, a file or a folder that need not exist yet.

    The lock is an empty file, locked by the kernel. The kernel releases it whenever the process ends, also by
    `kill -9`; then the file stays, which hinders nobody, until the next one to lock the path removes it.

    Args:
        path: What is worked on.
        lock_path: The file; None for a hidden one beside the path.

    Yields:
        Whether the lock is held; False on a file system without locks.

    Raises:
        OutputError: Another process, or another thread of this one, holds the lock.
        OSError: The lock file cannot be made.
    """
    lock_path = lock_path or path.parent / (hidden_stem(path) + _SUFFIX)
    # The lock file is found in its folder even if that is renamed meanwhile.
    folder = os.open(lock_path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        descriptor = _acquired(folder, lock_path.name, path)
        if descriptor is None:
            yield False
            return
        try:
            yield True
        finally:
            # Removed while it is still locked: whoever opened it meanwhile finds another file, or none, of its name.
            with contextlib.suppress(OSError):
                os.unlink(lock_path.name, dir_fd=folder)
            os.close(descriptor)
    finally:
        os.close(folder)


def is_locked(lock_path: Path) -> bool:
    """Whether a process holds the lock that this file is. Nothing is written."""
    try:
        descriptor = os.open(lock_path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Shared: two that ask at once do not take each other for the holder.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def hidden_stem(path: Path) -> str:
    """The beginning of the names of hidden files that belong to a path: never that of another path in its folder."""
    encoded = os.fsencode(path.name)
    return f".{path.name if len(encoded) <= _LONGEST_NAME_BYTES else hashlib.sha256(encoded).hexdigest()}"


def _acquired(folder: int, name: str, path: Path) -> int | None:
    """The open lock file of an open folder, locked; None where the file system has no locks."""
    while True:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same_file(descriptor, folder, name):
                return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            raise OutputError(
                f"{path}: another process is writing it", hint="wait until that has ended, or name another path"
            ) from error
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _UNSUPPORTED:
                raise
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            return None
        # The one who held the lock has removed the file between the two steps.
        os.close(descriptor)


def _is_same_file(descriptor: int, folder: int, name: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return False
