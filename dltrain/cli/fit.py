"""`dltrain fit`."""

from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import RUNS, Debug, Json, Profile, Quiet


def fit(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The YAML file.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Overrides, such as training.epochs=5.")
    ] = None,
    runs: Annotated[Path, typer.Option("--runs", metavar="DIR", help="Where run directories are made.")] = RUNS,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the run. Default: the config's name.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    profile: Profile = False,
    _debug: Debug = False,
) -> None:
    """Read the table, hold out test rows, train, test, and save a run.

    Example: dltrain fit configs/penguins.yaml training.epochs=20
    """
    from dltrain.stopwatch import Stopwatch

    watch = Stopwatch()
    with watch.stage("start"):
        from dltrain.config import load_config

        # Mistakes in the config come back before anything heavy is imported.
        loaded = load_config(config, overrides or [])

        from dltrain.cli.notes import print_json
        from dltrain.cli.output import print_profile, print_result
        from dltrain.cli.progress import FitDisplay
        from dltrain.workflows.chatter import quiet_tensorflow
        from dltrain.workflows.fit import fit as run_fit

    with quiet_tensorflow() as stderr, FitDisplay(stderr, is_quiet=quiet) as display:
        result = run_fit(loaded, runs=runs, name=name, notify=display, watch=watch, imports_ahead=True)
    if as_json:
        print_json({"run": str(result.path), "metrics": result.metrics.model_dump()})
    else:
        print_result(result.metrics, task=result.task, run=result.path)
    if profile:
        print_profile(watch)
