"""Which run is meant when none is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dltrain.cli.notes import note
from dltrain.cli.options import RUNS
from dltrain.errors import DataError, RunError
from dltrain.run import newest_run, newest_unfinished
from dltrain.run.average import has_average
from dltrain.run.checkpoint import CHECKPOINT, resume_command
from dltrain.run.members import Group, is_finished, member_path
from dltrain.run.newest import newest_finished, newest_group
from dltrain.run.opening import mtime_ns


def newest_finished_run(*, is_quiet: bool = False) -> Path:
    """The newest run that can be used, several seeds with an average among them.

    A newer one that is not finished, or a newer group of runs without an average, is pointed at.

    Raises:
        RunError: There is none.
    """
    group = newest_group(RUNS)
    try:
        path = newest_run(RUNS)
    except RunError as error:
        raise _without_a_run(error, group) from error
    if group is not None and is_finished(*group) and has_average(group[0]):
        group = None
    if not is_quiet and group is not None:
        note(f"{path} is used; {_newer(*group)}")
    elif not is_quiet and (unfinished := newest_unfinished(RUNS)) is not None:
        note(f"{path} is used; {_newer_run(unfinished)}")
    return path


@contextmanager
def telling_the_run(path: Path, *, is_named: bool) -> Iterator[None]:
    """Says with an error about a table which run it does not fit, where nobody named one and nothing else is said."""
    try:
        yield
    except DataError as error:
        if is_named or error.hint is not None:
            raise
        raise DataError(error.message, hint=f"the run is {path}, the newest one: --run names another") from error


def newest_finished_of_any_kind() -> Path:
    """The newest finished run or group of runs; what is newer and not finished is pointed at.

    Raises:
        RunError: There is none.
    """
    found = newest_finished(RUNS)
    if found is None:
        return newest_finished_run()
    path, written = found
    group, unfinished = newest_group(RUNS), newest_unfinished(RUNS)
    if group is not None and not is_finished(*group):
        note(f"{path} is used; {_newer(*group)}")
    elif unfinished is not None and mtime_ns(unfinished / CHECKPOINT) > written:
        note(f"{path} is used; {_newer_run(unfinished)}")
    return path


def newest_of_any_kind() -> Path:
    """The newest run, finished or not, or group of runs.

    Raises:
        RunError: There is none.
    """
    if (group := newest_group(RUNS)) is not None:
        return group[0]
    return newest_unfinished(RUNS) or newest_run(RUNS)


def _newer_run(unfinished: Path) -> str:
    """What can be done with a newer run that is not finished."""
    return f"{unfinished} is newer and not finished: {resume_command(unfinished)} goes on"


def _newer(path: Path, group: Group) -> str:
    """Why a group is not taken, and what can be done."""
    if not is_finished(path, group):
        return f"{path} is newer, a {group.noun} that is not finished: {resume_command(path)} goes on"
    return f"{path} is newer, a {group.noun}: {_name_a_run(path, group)}"


def _name_a_run(path: Path, group: Group) -> str:
    return f"name a run in it, such as {member_path(path, group, 1)}"


def _without_a_run(error: RunError, group: tuple[Path, Group] | None) -> RunError:
    """Says that there are groups only, if that is why there is no run."""
    if group is None:
        return error
    path, kind = group
    hint = f"{resume_command(path)} goes on"
    if is_finished(path, kind):
        hint = _name_a_run(path, kind)
    return RunError(f"{RUNS}: expected a run of its own in here, the newest one is a {kind.noun}, {path}", hint=hint)
