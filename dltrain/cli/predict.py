"""`dltrain predict`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import RUNS, Debug, Json, Quiet, RunPath


def predict(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table; - reads CSV from standard input.")],
    run: RunPath = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="CSV to write. Default: standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT when it exists.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    _debug: Debug = False,
) -> None:
    """Predict the rows of a table: ids, prediction, and a probability for every class.

    Example: dltrain predict new.csv -o predictions.csv
    """
    from dltrain.cli.output import note, print_json
    from dltrain.errors import ConfigError
    from dltrain.run import load_run, newest_run
    from dltrain.workflows.predict import predict as run_predict

    if as_json and output is None:
        raise ConfigError("--json: expected -o OUT with it, since the predictions themselves go to standard output")
    path = run or newest_run(RUNS)
    source = sys.stdin.buffer if str(file) == "-" else file
    summary = run_predict(load_run(path), source, output=output or sys.stdout.buffer, overwrite=force)
    if as_json:
        print_json({"run": str(path), "output": str(output), **summary.to_dict()})
    elif not quiet:
        for line in summary.notes():
            note(line)
        if output is not None:
            note(f"{summary.rows:,} predictions of {path} written to {output}")
