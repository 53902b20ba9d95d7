"""`dltrain evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import Debug, Json, RunPath


def evaluate(
    run: RunPath = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="A labelled table. Default: the run's own test rows."),
    ] = None,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Score a run on its held-out test rows, or on another labelled table.

    Example: dltrain evaluate --run runs/penguins-1
    """
    from dltrain.cli.notes import note, print_json
    from dltrain.cli.output import print_scores
    from dltrain.cli.run_choice import newest_finished_run
    from dltrain.run import load_run
    from dltrain.workflows.evaluate import evaluate as run_evaluate

    path = run or newest_finished_run()
    result = run_evaluate(load_run(path), data=data)
    if result.dropped_rows:
        note(f"{result.dropped_rows:,} rows without a target were left out")
    if as_json:
        print_json({"run": str(path), "data": result.source, **result.scores.model_dump()})
    else:
        print_scores(result.scores, title=f"{result.source} · {path}", task=result.task)
