"""Removing run directories, and nothing else."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from dltrain.errors import OutputError, RunError, quoted_list
from dltrain.run.atomic import output_errors
from dltrain.run.checkpoint import CHECKPOINT
from dltrain.run.loading import FILE_NAMES, runs_hint
from dltrain.run.manifest import MANIFEST_NAME
from dltrain.run.unfinished import is_being_trained

_OURS: Final = FILE_NAMES | {MANIFEST_NAME, CHECKPOINT, ".result", "report.html"}
_TELLING: Final = frozenset({MANIFEST_NAME, CHECKPOINT, "preprocessing.json", "model.onnx"})


def is_run(path: Path) -> bool:
    """Whether a folder is a run directory, whole or damaged: it holds one of the files that only runs have."""
    try:
        return any(found.name in _TELLING for found in path.iterdir())
    except OSError:
        return False


def check_removable(path: Path) -> None:
    """Finds out whether a run directory may be removed; nothing is changed.

    Raises:
        RunError: It is missing, a link, no run directory, or holds something that no run has.
        OutputError: A process trains it.
    """
    if path.is_symlink():
        raise RunError(f"{path}: expected a run directory, got a link; what it leads to is not touched")
    if not path.is_dir():
        raise RunError(f"{path}: expected a run directory, got nothing of that name", hint=runs_hint(path))
    if not is_run(path):
        raise RunError(f"{path}: expected a run directory, got no {MANIFEST_NAME} and no {CHECKPOINT} in it")
    foreign = sorted(found.name for found in path.iterdir() if found.name not in _OURS)
    if foreign:
        raise RunError(f"{path}: holds what is not of a run: {quoted_list(foreign)}", hint="move it away first")
    if is_being_trained(path):
        raise OutputError(f"{path}: a process trains this run", hint="interrupt it first, or wait until it has ended")


def remove_run(path: Path) -> None:
    """Removes a run directory. It loses its name at once, so no half of it is ever seen; no link is followed.

    Raises:
        RunError, OutputError: As `check_removable`, or it cannot be removed.
    """
    check_removable(path)
    with output_errors(path):
        hidden = Path(tempfile.mkdtemp(dir=path.parent, prefix=".removed."))
        try:
            path.rename(hidden / path.name)
        finally:
            shutil.rmtree(hidden)
