"""Removing run directories and groups of them, and nothing else."""

import re
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Final

from dltrain.errors import OutputError, RunError, quoted_list
from dltrain.run.atomic import output_errors
from dltrain.run.average import AVERAGE
from dltrain.run.checkpoint import CHECKPOINT
from dltrain.run.folds import OUT_OF_FOLD
from dltrain.run.loading import FILE_NAMES
from dltrain.run.manifest import MANIFEST_NAME, REPORT_NAME
from dltrain.run.members import Group, group_of, is_being_worked_on
from dltrain.run.newest import runs_hint
from dltrain.run.unfinished import is_being_trained

_OURS: Final = FILE_NAMES | {MANIFEST_NAME, CHECKPOINT, ".result", REPORT_NAME}
_TELLING: Final = frozenset({MANIFEST_NAME, CHECKPOINT, "preprocessing.json", "model.onnx"})


def is_run(path: Path) -> bool:
    """Whether a folder is a run directory, whole or damaged: it holds one of the files that only runs have."""
    try:
        return any(found.name in _TELLING for found in path.iterdir())
    except OSError:
        return False


def check_removable(path: Path) -> None:
    """Finds out whether a run directory, or a whole group of them, may be removed; nothing is changed.

    Raises:
        RunError: It is missing, a link, no run directory, holds something that no run has, or belongs to a group.
        OutputError: A process trains it.
    """
    if path.is_symlink():
        raise RunError(f"{path}: expected a run directory, got a link; what it leads to is not touched")
    if not path.is_dir():
        raise RunError(f"{path}: expected a run directory, got nothing of that name", hint=runs_hint(path))
    if (group := group_of(path)) is not None:
        _check_group(path, group)
        return
    if not is_run(path):
        raise RunError(f"{path}: expected a run directory, got no {MANIFEST_NAME} and no {CHECKPOINT} in it")
    whole = path.absolute().parent
    if (group := group_of(whole)) is not None:
        named = path.parent if path.parent.name else whole
        raise RunError(
            f"{path}: expected a run of its own, got one of a {group.noun}, which would be damaged without it",
            hint=f"dltrain runs --delete {shlex.quote(str(named))} deletes the whole",
        )
    _check_run(path)


def members_in(path: Path, group: Group) -> list[Path]:
    """The run directories of a group that are there, the average of them among them."""
    ours = re.compile(rf"{group.member}-\d{{1,9}}|{AVERAGE}")
    return [
        found for found in path.iterdir() if ours.fullmatch(found.name) and not found.is_symlink() and is_run(found)
    ]


def _check_group(path: Path, group: Group) -> None:
    members = members_in(path, group)
    files = {group.origin_name, group.summary_name, OUT_OF_FOLD, REPORT_NAME}
    # What a killed process leaves begins like this.
    hidden = tuple(f".{name}" for name in (*files, f"{group.member}.", AVERAGE, "lock"))
    names = {member.name for member in members}
    found = {found.name for found in path.iterdir() if not found.name.startswith(hidden)}
    if foreign := sorted(found - names - files):
        what = f"{path}: holds what is not of a {group.noun}: {quoted_list(foreign)}"
        raise RunError(what, hint="move it away first")
    if is_being_worked_on(path):
        what = f"{path}: a process trains this {group.noun}"
        raise OutputError(what, hint="interrupt it first, or wait until it has ended")
    for member in members:
        _check_run(member)


def _check_run(path: Path) -> None:
    foreign = sorted(found.name for found in path.iterdir() if found.name not in _OURS)
    if foreign:
        raise RunError(f"{path}: holds what is not of a run: {quoted_list(foreign)}", hint="move it away first")
    if is_being_trained(path):
        raise OutputError(f"{path}: a process trains this run", hint="interrupt it first, or wait until it has ended")


def remove_run(path: Path) -> None:
    """Removes a run directory, or a whole group of them.

    It loses its name at once, so no half of it is ever seen; no link is followed.

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
