"""A run directory whose network is still being trained, or whose training was interrupted.

It appears under its name with its first checkpoint in it. The results are written beside that, in a hidden folder, and
moved to their places when all of them are whole, the manifest last: a run is finished when it has one. Whenever the
process is killed, the directory is either finished or can be resumed.
"""

import contextlib
import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

import numpy as np

from dltrain.errors import RunError
from dltrain.run.atomic import bytes_in, output_error, output_errors, sync, writing_folder
from dltrain.run.checkpoint import (
    CHECKPOINT,
    Checkpoint,
    Origin,
    check_is_inside,
    is_unfinished,
    read_checkpoint,
    remove_later,
    resume_command,
    write_first_checkpoint,
    write_next_checkpoint,
)
from dltrain.run.lock import LOCK_NAME, is_locked, locked
from dltrain.run.manifest import MANIFEST_NAME
from dltrain.run.members import group_of
from dltrain.run.newest import runs_hint
from dltrain.run.progress import Progress
from dltrain.run.writing import RunFiles, write_files

UnfinishedState = Literal["training", "interrupted", "diverged"]
"""Of a run, or of a group of runs, that has no result."""

_RESULT: Final = ".result"


class UnfinishedRun:
    """Keeps and finishes one training; nobody else can meanwhile.

    Args:
        parent: Where the run directory is made; made when missing.
        name: Its name, a number follows.
        origin: What the training begins with.
    """

    def __init__(self, parent: Path, name: str, origin: Origin) -> None:
        self.origin = origin
        self._parent = parent
        self._name = name
        self._path: Path | None = None
        self._lock = contextlib.ExitStack()

    @classmethod
    def reopen(cls, path: Path) -> tuple["UnfinishedRun", Checkpoint]:
        """Opens a run directory to go on with it.

        Raises:
            RunError: It is missing, finished, no run, or damaged.
            OutputError: Another process goes on with it, or it cannot be written.
        """
        _check_unfinished(path)
        check_is_inside(path / CHECKPOINT)
        lock = contextlib.ExitStack()
        with lock:
            with output_errors(path):
                lock.enter_context(_locked(path))
            # Who held the lock before may have finished it.
            _check_unfinished(path)
            checkpoint = read_checkpoint(path / CHECKPOINT)
            with output_errors(path / CHECKPOINT):
                remove_later(path / CHECKPOINT, checkpoint)
            run = cls(path.parent, path.name, checkpoint.origin)
            run._path, run._lock = path, lock.pop_all()
        return run, checkpoint

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.close()

    @property
    def path(self) -> Path | None:
        """The run directory, None before the first checkpoint."""
        return self._path

    def save(self, progress: Progress, arrays: dict[str, np.ndarray]) -> None:
        """Writes a checkpoint; the first one makes the run directory.

        Raises:
            OutputError: It cannot be written.
        """
        checkpoint = Checkpoint(self.origin, progress, arrays)
        if self._path is not None:
            write_next_checkpoint(self._path / CHECKPOINT, checkpoint)
            return
        with contextlib.ExitStack() as lock:
            with writing_folder(self._parent, self._name) as (folder, final):
                write_first_checkpoint(folder / CHECKPOINT, checkpoint)
                # Before anybody sees it.
                lock.enter_context(_locked(folder))
            self._path, self._lock = final[0], lock.pop_all()

    def finish(self, files: RunFiles) -> Path:
        """Writes the results and removes the checkpoint.

        Returns:
            The run directory.

        Raises:
            OutputError: It cannot be written; the run stays as it was.
        """
        assert self._path is not None  # noqa: S101 - there is no result without a training
        result = self._path / _RESULT
        try:
            shutil.rmtree(result, ignore_errors=True)
            result.mkdir()
            names = write_files(result, files)
            for name in names:
                (result / name).replace(self._path / name)
            sync(self._path)
        except OSError as error:
            raise output_error(self._path, error, written=bytes_in(result)) from error
        finally:
            shutil.rmtree(result, ignore_errors=True)
        shutil.rmtree(self._path / CHECKPOINT, ignore_errors=True)
        return self._path


def _check_unfinished(path: Path) -> None:
    if is_unfinished(path):
        return
    if os.path.lexists(path / MANIFEST_NAME):
        raise RunError(f"{path}: expected an unfinished run, this one is finished")
    if (group := group_of(path)) is not None:
        raise RunError(f"{path}: expected a run, got a {group.noun}", hint=f"{resume_command(path)} goes on")
    found = "no checkpoint in it" if os.path.lexists(path) else "nothing of that name"
    raise RunError(f"{path}: expected an unfinished run, got {found}", hint=runs_hint(path, [CHECKPOINT]))


def state_of(path: Path, progress: Progress) -> UnfinishedState:
    """What became of a run that has no result. Nothing is written.

    Args:
        path: The run directory.
        progress: Of its last checkpoint.
    """
    if progress.divergence is not None:
        return "diverged"
    return "training" if is_being_trained(path) else "interrupted"


def is_being_trained(path: Path) -> bool:
    """Whether a process trains this run now. Nothing is written."""
    return is_locked(path / CHECKPOINT / LOCK_NAME)


def _locked(path: Path) -> AbstractContextManager[bool]:
    """The lock lies inside, so that it moves with the run, and nothing is left of it when the run is finished."""
    return locked(path, lock_path=path / CHECKPOINT / LOCK_NAME)
