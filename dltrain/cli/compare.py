"""`dltrain compare`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import Debug, Json
from dltrain.errors import ConfigError, RunError


def compare(
    runs: Annotated[
        list[Path], typer.Argument(readable=False, metavar="RUN", help="Run directories; the first is compared with.")
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            readable=False,
            metavar="FILE",
            help="A labelled table. Default: the test rows that the runs share.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", readable=False, metavar="FILE", help="Write a page with charts and curves as well."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE of --html when it exists.")] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Compare runs on the same rows: metrics with 95 % intervals of the differences, and what the configs differ in.

    Class weights do not count, so figures may differ from those of fit and evaluate. Cross-validations of one table are
    compared on all of its rows, each predicted by a network that did not see it.

    Example: dltrain compare runs/wine-1 runs/wine-2 --html wine.html --open
    """
    _check_arguments(runs, html, needs_page="--open" if is_opened else "--force" if force else None)
    are_folds = _are_folds(runs, html=html, data=data)

    from dltrain.cli.browser import open_page
    from dltrain.cli.notes import note, print_json
    from dltrain.cli.pages.compare import print_comparison
    from dltrain.run import load_run
    from dltrain.run.atomic import check_writable
    from dltrain.run.loading import check_is_no_run_file
    from dltrain.workflows.compare import compare as run_compare
    from dltrain.workflows.comparing.folds import compare_folds
    from dltrain.workflows.comparing.page import write_comparison

    if html is not None:
        check_writable(html, overwrite=force)
        check_is_no_run_file(html)
    if are_folds:
        comparison = compare_folds(runs)
    else:
        loaded = [load_run(path) for path in runs]
        comparison = run_compare(loaded, data=data)
        if html is not None:
            write_comparison(comparison, loaded, html, overwrite=force)
    if as_json:
        print_json(comparison.to_dict() | ({} if html is None else {"html": str(html)}))
    else:
        print_comparison(comparison)
    for text in comparison.notes():
        note(text)
    if html is not None:
        note(f"the page is {html}")
        if is_opened:
            open_page(html)


def _check_arguments(runs: list[Path], html: Path | None, *, needs_page: str | None) -> None:
    """Refuses what cannot be compared, before anything is read.

    Args:
        runs: Those that were named.
        html: The page.
        needs_page: An option that says something of the page; None when there is none.

    Raises:
        ConfigError: There is one run only, or an option without the one that it belongs to.
    """
    if len(runs) < 2:
        raise ConfigError("dltrain compare: expected at least two runs, got one", hint="dltrain evaluate --run RUN")
    if needs_page is not None and html is None:
        raise ConfigError(f"{needs_page}: expected --html FILE beside it")


def _are_folds(runs: list[Path], *, html: Path | None, data: Path | None) -> bool:
    """Whether all are cross-validations. Some alone, and sets of seeds without an average, are refused.

    Raises:
        ConfigError: They are, and an option is not for them.
        RunError: There are groups of runs that have no predictions to compare with the others.
    """
    from dltrain.run.average import has_average
    from dltrain.run.members import FOLDS, group_of, member_path

    groups = {path: group for path in runs if (group := group_of(path)) is not None and not has_average(path)}
    if not groups:
        return False
    if set(map(groups.get, runs)) == {FOLDS}:
        for option, is_given in (("--html", html is not None), ("--data", data is not None)):
            if is_given:
                raise ConfigError(
                    f"{option}: expected runs, got cross-validations, which are compared on their own rows, as text",
                    hint="dltrain report RUN makes the page of each",
                )
        return True

    def run_of(path: Path) -> Path:
        """The run that stands for a path: itself, or one of the group."""
        return member_path(path, groups[path], 1) if path in groups else path

    lines = [f"{path}: expected a run directory, got that of a {group.noun}" for path, group in groups.items()]
    named = shlex.join(["dltrain", "compare", *(str(run_of(path)) for path in runs)])
    hint = f"name a run in it: {named}"
    if FOLDS in groups.values():
        hint += " --data FILE, a labelled table, because a fold was tested on other rows"
    raise RunError("\n".join(lines), hint=hint)
