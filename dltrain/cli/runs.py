"""`dltrain runs`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import RUNS, Debug, Json
from dltrain.errors import ConfigError, counted, quoted_list


def runs(
    names: Annotated[
        list[Path] | None,
        typer.Argument(readable=False, metavar="RUN", help="Those to delete: names in the folder, or paths."),
    ] = None,
    folder: Annotated[Path, typer.Option("--runs", readable=False, metavar="DIR", help="The folder.")] = RUNS,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help="time: newest first; name; or a metric: best first.")
    ] = "time",
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="TEXT", help="Only runs with this text, or KEY=VALUE of run or config."),
    ] = None,
    has_members: Annotated[
        bool, typer.Option("--members", help="List the runs of every cross-validation and set of seeds as well.")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the runs that are named, after asking.")] = False,
    is_sure: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """List the runs in a folder: what each reached, how far unfinished ones came, which are damaged.

    A cross-validation and a set of seeds are one line: the mean of each metric ± its standard deviation. They are
    sorted by the means, and deleted as a whole.

    Example: dltrain runs --filter training.batch_size=64 --sort rmse
    """
    if delete:
        if filters:
            raise ConfigError("--delete: expected the names of runs, got a --filter, which only lists them")
        _delete([_path_of(folder, name) for name in names or []], is_sure=is_sure, as_json=as_json)
        return
    if names:
        raise ConfigError("dltrain runs: expected no RUN without --delete", hint="--filter TEXT lists some runs")

    from dltrain.cli.notes import note, print_json
    from dltrain.workflows.runs import ORDERS, list_runs

    entries = list_runs(folder, sort=sort, filters=filters or (), has_members=has_members)
    if as_json:
        print_json({"runs": [entry.to_dict() for entry in entries]})
    elif entries:
        from dltrain.cli.pages.runs import print_runs

        print_runs(entries, metric=None if sort in ORDERS else sort)
    else:
        note(f"no runs in {folder}" + (" with all of these filters" if filters else ""))


def _path_of(folder: Path, name: Path) -> Path:
    """A run by its path, or by its name in the folder."""
    return folder / name if os.path.lexists(folder / name) or not os.path.lexists(name) else name


def _delete(paths: list[Path], *, is_sure: bool, as_json: bool) -> None:
    from dltrain.cli.notes import note, print_json
    from dltrain.run.removing import check_removable, remove_run

    if not paths:
        raise ConfigError("--delete: expected RUN, the names of the runs to delete")
    paths = list(dict.fromkeys(paths))
    # All are looked at before the first one goes.
    for path in paths:
        check_removable(path)
    if not is_sure:
        _ask(paths)
    for path in paths:
        remove_run(path)
        if not as_json:
            note(f"{path} is deleted")
    if as_json:
        print_json({"deleted": [str(path) for path in paths]})


def _ask(paths: list[Path]) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError("--delete: expected --yes where nobody can be asked", hint="add --yes to delete")
    from dltrain.run.members import group_of
    from dltrain.run.removing import members_in

    groups = {path: group for path in paths if (group := group_of(path)) is not None}
    n_inside = sum(len(members_in(path, group)) for path, group in groups.items())
    named = quoted_list(paths) if len(paths) == 1 else f"{len(paths)} directories, {quoted_list(paths)},"
    if groups:
        named += f" with {counted(n_inside, 'run')} inside"
    if not typer.confirm(f"Delete {named} for good?", err=True):
        raise typer.Exit(0)
