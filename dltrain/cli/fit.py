"""`dltrain fit`."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dltrain.cli.options import RUNS, Debug, Json, Profile, Quiet
from dltrain.errors import ConfigError

if TYPE_CHECKING:
    from dltrain.workflows.fit import FitResult


def fit(
    config: Annotated[Path | None, typer.Argument(metavar="CONFIG", help="The YAML file.")] = None,
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Overrides, such as training.epochs=5.")
    ] = None,
    runs: Annotated[Path, typer.Option("--runs", metavar="DIR", help="Where run directories are made.")] = RUNS,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the run. Default: the config's name.")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", metavar="RUN", help="Go on with an interrupted run as if nothing had happened."),
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
        # Mistakes in the config come back before anything heavy is imported.
        run_fit = (
            _new_fit(config, overrides or [], runs, name)
            if resume is None
            else _resumed_fit(resume, config, overrides or [], name)
        )

        from dltrain.cli.notes import print_json
        from dltrain.cli.output import print_profile, print_result
        from dltrain.cli.progress import FitDisplay
        from dltrain.cli.signals import deferred
        from dltrain.workflows.audience import Audience
        from dltrain.workflows.chatter import quiet_tensorflow

    with quiet_tensorflow() as stderr, FitDisplay(stderr, is_quiet=quiet) as display:
        result = run_fit(audience=Audience(display, watch, deferred), imports_ahead=True)
    if as_json:
        print_json({"run": str(result.path), "metrics": result.metrics.model_dump()})
    else:
        print_result(result.metrics, task=result.task, run=result.path, has_diagnosis=not quiet)
    if profile:
        print_profile(watch)


def _new_fit(config: Path | None, overrides: list[str], runs: Path, name: str | None) -> "Callable[..., FitResult]":
    from dltrain.config import load_config

    if config is None:
        raise ConfigError("dltrain fit: expected CONFIG, a YAML file, or --resume RUN")
    loaded = load_config(config, overrides)

    from dltrain.workflows.fit import fit as fit_new

    return partial(fit_new, loaded, runs=runs, name=name)


def _resumed_fit(run: Path, config: Path | None, overrides: list[str], name: str | None) -> "Callable[..., FitResult]":
    if name is not None:
        raise ConfigError("--name: a resumed run keeps its name")
    # A resumed run needs no CONFIG, so the first argument may be an override.
    if config is not None and "=" in str(config) and not os.path.lexists(config):
        config, overrides = None, [str(config), *overrides]

    from dltrain.workflows.resume import resume

    return partial(resume, run, config, overrides)
