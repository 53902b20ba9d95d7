"""`dltrain evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dltrain.cli.options import Debug, Json, RunArgument, RunPath
from dltrain.errors import ConfigError, quoted_list

if TYPE_CHECKING:
    from dltrain.run import Run
    from dltrain.workflows.evaluate import Evaluation


def evaluate(
    run: RunArgument = None,
    run_option: RunPath = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", readable=False, metavar="FILE", help="A labelled table. Default: the run's own test rows."
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="COLUMN", help="Score the rows of each value of a column too, or quarters of its numbers."
        ),
    ] = None,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Score a run on its held-out test rows, or on another labelled table.

    Rows of FILE that the run was made with are counted: their scores say little about new rows.

    Example: dltrain evaluate runs/penguins-1 --by island
    """
    from dltrain.cli.notes import note, print_json
    from dltrain.cli.pages.gates import check_gates
    from dltrain.cli.run_choice import newest_finished_run, telling_the_run
    from dltrain.run import load_run
    from dltrain.workflows.evaluate import evaluate as run_evaluate

    by = _chosen_column(columns or [])
    named = _chosen_run(run, run_option)
    loaded = load_run(named or newest_finished_run())
    path = loaded.path
    with telling_the_run(path, is_named=named is not None or data is None):
        result = run_evaluate(loaded, data=data, by=by)
    for text in result.notes():
        note(text)
    if as_json:
        print_json({"run": str(path), **result.to_dict()})
    else:
        _print(result, loaded)
    check_gates(result.gates, run=path, is_new=False)


def _print(result: "Evaluation", run: "Run") -> None:
    from dltrain.cli.output import print_groups, print_scores
    from dltrain.cli.pages.decision import print_threshold
    from dltrain.cli.pages.gates import print_gates

    print_scores(result.scores, title=f"{result.source} · {run.path}", task=result.task)
    print_threshold(run.metrics.threshold)
    print_gates(result.gates)
    if result.by is not None:
        print_groups(result.by, result.groups)


def _chosen_column(columns: list[str]) -> str | None:
    """The column to group by. Typer alone would take the last of several, without a word."""
    if len(columns) > 1:
        raise ConfigError(f"--by: expected one column at a time, got {quoted_list(columns)}")
    return columns[0] if columns else None


def _chosen_run(run: Path | None, run_option: Path | None) -> Path | None:
    """The run that was named, either way.

    Raises:
        ConfigError: Two different ones were, or a table in the place of a run.
    """
    from dltrain.config.table_names import is_table_name

    named = run or run_option
    if run is not None and run_option is not None and run != run_option:
        raise ConfigError(f"dltrain evaluate: expected one run, got '{run}' and --run '{run_option}'")
    if named is not None and is_table_name(named) and not named.is_dir():
        raise ConfigError(
            f"dltrain evaluate: expected a run directory, got the name of a table, '{named}'",
            hint=f"dltrain evaluate --data {named} scores the newest run on it",
        )
    return named
