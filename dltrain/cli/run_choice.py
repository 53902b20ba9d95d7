"""Which run is meant when none is named."""

from pathlib import Path

from dltrain.cli.notes import note
from dltrain.cli.options import RUNS
from dltrain.run import newest_run, newest_unfinished
from dltrain.run.checkpoint import resume_command


def newest_finished_run(*, is_quiet: bool = False) -> Path:
    """The newest run that can be used; a newer one that is not finished is pointed at.

    Raises:
        RunError: There is none.
    """
    path = newest_run(RUNS)
    if not is_quiet and (unfinished := newest_unfinished(RUNS)) is not None:
        note(f"{path} is used; {unfinished} is newer and not finished: {resume_command(unfinished)} goes on")
    return path
