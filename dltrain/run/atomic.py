"""Files and folders that appear under their name only when they are complete."""

import contextlib
import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from dltrain.errors import OutputError
from dltrain.run.lock import hidden_stem, locked

_TOO_LARGE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PART: Final = ".dltrain-part"


def output_error(path: Path, error: OSError, *, written: int | None = None) -> OutputError:
    """Says in plain words why a path cannot be written.

    Args:
        path: Under its final name.
        error: The reason.
        written: Bytes that had been written before, told when they were too many; None for not even one.
    """
    reason = {
        errno.ENOSPC: "no space left on the disk",
        errno.EDQUOT: "the disk quota is used up",
        errno.EFBIG: "the file would be larger than the allowed size",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.EROFS: "the file system is read-only",
        errno.ENOENT: "its folder does not exist",
        errno.ENOTDIR: "a part of its path is not a folder",
        errno.ENAMETOOLONG: "the name is too long",
    }.get(error.errno or 0, error.strerror or str(error))
    size = f" after {written:,} bytes" if written is not None and error.errno in _TOO_LARGE else ""
    return OutputError(f"{path}: cannot be written: {reason}{size}")


def check_writable(path: Path, *, overwrite: bool = False) -> None:
    """Finds out before the work whether a file can be written later.

    Raises:
        OutputError: The path exists and may not be replaced, or its folder is missing or not writable.
    """
    with output_errors(path):
        if path.is_dir():
            raise OutputError(f"{path}: expected a file to write, got a folder")
        # A link that leads nowhere is there, too.
        if os.path.lexists(path) and not overwrite:
            raise OutputError(f"{path}: exists already", hint="name another file, or add --force to replace it")
        _make_a_file(path.parent)


def check_folder(path: Path) -> None:
    """Finds out before the work whether a folder can be made, or written into when it is there already.

    Raises:
        OutputError: It is a file, or cannot be made or written to.
    """
    with output_errors(path):
        existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
        if not existing.is_dir():
            raise OutputError(f"{existing}: expected a folder to write into, got a file")
        _make_a_file(existing)


def _make_a_file(folder: Path) -> None:
    """Makes a file that is gone again, which finds every reason at once: rights, read-only mounts, a full disk."""
    # It has no name where the system can do without: killed at this very moment, a process leaves nothing either.
    with tempfile.TemporaryFile(dir=folder):
        pass


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Says in plain words why a path cannot be written.

    Raises:
        OutputError: Instead of an OSError.
    """
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise output_error(path, error) from error


@contextlib.contextmanager
def writing_file(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Opens a file for writing that appears under its name when the block ends without an error.

    Until then it is a hidden file beside it. One that a killed process left there is removed by the next one that
    writes the same path.

    Raises:
        OutputError: The path exists and may not be replaced, cannot be written, or another process is writing it.
    """
    check_writable(path, overwrite=overwrite)
    with output_errors(path), locked(path) as is_locked:
        if is_locked:
            _remove_leftovers(path)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{hidden_stem(path)}.", suffix=_PART)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(_mode(path))
            _publish(temporary, path, overwrite=overwrite)
            with contextlib.suppress(OSError):  # some file systems cannot
                sync(path.parent)
        except OutputError:
            raise
        except OSError as error:
            raise output_error(path, error, written=bytes_in(temporary)) from error
        finally:
            temporary.unlink(missing_ok=True)


def _remove_leftovers(path: Path) -> None:
    """Removes what killed processes left of the same file; whoever calls this holds its lock, so nobody writes it."""
    left = re.compile(re.escape(hidden_stem(path)) + r"\.[a-z0-9_]{8}" + re.escape(_PART))
    for found in path.parent.iterdir():
        if left.fullmatch(found.name):
            with contextlib.suppress(OSError):
                found.unlink()


def bytes_in(path: Path) -> int | None:
    """Size of a file, or of all files in a folder; None when it is gone."""
    try:
        files = [found for found in path.rglob("*") if found.is_file()] if path.is_dir() else [path]
        return sum(file.stat().st_size for file in files)
    except OSError:
        return None


def _mode(path: Path) -> int:
    """Who may do what: as with the file that is replaced, or as usual for a new one."""
    try:
        found = path.lstat().st_mode
    except OSError:
        return 0o666 & ~_umask()
    return found & 0o777 if stat.S_ISREG(found) else 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _publish(temporary: Path, path: Path, *, overwrite: bool) -> None:
    """Gives a complete file its name; without `overwrite`, never over one that appeared meanwhile."""
    if overwrite:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError as error:
        raise OutputError(f"{path}: exists already", hint="it appeared while the command was running") from error
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
            raise
        temporary.rename(path)  # a file system without hard links


@contextlib.contextmanager
def writing_folder(parent: Path, name: str) -> Iterator[tuple[Path, list[Path]]]:
    """Makes a hidden folder that is renamed to `<parent>/<name>-<n>` when the block ends without an error.

    Args:
        parent: Made when missing.
        name: The number `n` is the smallest one above all that exist.

    Yields:
        The folder to write into, and a list that holds the final path once the block has ended.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{name[:100]}."))
    except OSError as error:
        raise output_error(parent, error) from error
    final: list[Path] = []
    try:
        yield folder, final
        for path in folder.iterdir():
            sync(path)
        sync(folder)
        folder.chmod(0o777 & ~_umask())
        final.append(_claim(folder, parent, name))
        sync(parent)
    except OutputError:
        raise
    except OSError as error:
        raise output_error(parent / name, error, written=bytes_in(folder)) from error
    finally:
        if not final:
            shutil.rmtree(folder, ignore_errors=True)


def _claim(folder: Path, parent: Path, name: str) -> Path:
    """Renames the folder to the next free number; two processes never get the same one."""
    for number in range(next_number(parent, name), 10**9):
        path = parent / f"{name}-{number}"
        try:
            # Renaming a folder onto an existing one that is not empty fails, so the claim is exclusive.
            if not path.exists():
                return folder.rename(path)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
    raise OutputError(f"{parent}: no free number is left for '{name}'")


def next_number(parent: Path, name: str) -> int:
    """One more than the largest n of the folders `<parent>/<name>-<n>`; a date in the place of a number is not ours.

    Raises:
        OutputError: The folder cannot be listed.
    """
    ours = re.compile(re.escape(name) + r"-([0-9]{1,7})")
    try:
        names = [path.name for path in parent.iterdir()]
    except OSError as error:
        raise output_error(parent, error) from error
    return max((int(match[1]) for match in map(ours.fullmatch, names) if match), default=0) + 1


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
