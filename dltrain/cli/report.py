"""`dltrain report`."""

from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import Debug, Json, RunArgument


def report(
    run: RunArgument = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", readable=False, metavar="FILE", help="Make the page anew, into this file."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE when it exists.")] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Print where the page of a run is: curves, metrics with intervals, mistakes, columns.

    Every fit writes one, report.html in the run directory. Of a run without it, the page is made now. Folds and seeds
    have one for all of them together.

    Example: dltrain report runs/penguins-1 --open
    """
    from dltrain.cli.browser import open_page
    from dltrain.cli.notes import print_json
    from dltrain.cli.run_choice import newest_finished_of_any_kind
    from dltrain.workflows.report import write_report

    path = run or newest_finished_of_any_kind()
    page = write_report(path, output, overwrite=force)
    if as_json:
        print_json({"run": str(path), "report": str(page)})
    else:
        typer.echo(page)
    if is_opened:
        open_page(page)
