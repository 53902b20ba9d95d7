"""`dltrain show`."""

from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import RUNS, Debug, Json


def show(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="Run directory. Default: the newest one in runs/.")
    ] = None,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Show what is in a run: data, features, network, metrics, versions.

    Of an unfinished run it shows how far training has come and how to go on; of a cross-validation, its result.

    Example: dltrain show runs/penguins-1
    """
    from dltrain.cli.notes import print_json
    from dltrain.cli.run_page import print_run, print_unfinished
    from dltrain.run import load_run, newest_run, newest_unfinished
    from dltrain.run.checkpoint import is_unfinished
    from dltrain.run.folds import is_cross_validation
    from dltrain.workflows.show import describe, describe_unfinished

    run = run or newest_unfinished(RUNS) or newest_run(RUNS)
    if is_cross_validation(run):
        _show_folds(run, as_json=as_json)
        return
    if is_unfinished(run):
        unfinished = describe_unfinished(run)
        if as_json:
            print_json(unfinished.to_dict())
        else:
            print_unfinished(unfinished)
        return
    description = describe(load_run(run))
    if as_json:
        print_json(description.to_dict())
    else:
        print_run(description)


def _show_folds(path: Path, *, as_json: bool) -> None:
    """Shows a cross-validation, finished or not."""
    from dltrain.cli.folds_page import print_folds, print_unfinished_folds
    from dltrain.cli.gates_page import print_gates
    from dltrain.cli.notes import print_json
    from dltrain.run.checkpoint import origin_config
    from dltrain.run.folds import is_finished, read_origin, read_summary
    from dltrain.run.gates import gates_content, judge_folds
    from dltrain.workflows.show import describe_folds

    if is_finished(path):
        summary = read_summary(path)
        gates = judge_folds(origin_config(read_origin(path), source=str(path)).config, summary)
        if as_json:
            print_json({"run": str(path), **summary.model_dump(), **gates_content(gates)})
        else:
            print_folds(summary, path=path)
            print_gates(gates)
        return
    unfinished = describe_folds(path)
    if as_json:
        print_json(unfinished.to_dict())
    else:
        print_unfinished_folds(unfinished)
