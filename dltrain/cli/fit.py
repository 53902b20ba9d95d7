"""`dltrain fit`."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from dltrain.cli.options import RUNS, Debug, Json, Profile, Quiet, Target
from dltrain.errors import ConfigError

if TYPE_CHECKING:
    from dltrain.config import LoadedConfig
    from dltrain.workflows.cross_validation import CrossValidation
    from dltrain.workflows.fit import FitResult
    from dltrain.workflows.seeds import SeveralSeeds

    Result = FitResult | CrossValidation | SeveralSeeds

_NO_AVERAGE_OF_ONE: Final = "--average: expected several seeds to average, --seeds N, got one run"
_NO_AVERAGE_OF_FOLDS: Final = (
    "--average: expected seeds, got folds: every row is a test row of one fold and a training row of the others, so no "
    "row would be left to test their average on"
)


def fit(
    config: Annotated[
        Path | None, typer.Argument(readable=False, metavar="CONFIG", help="The YAML file, or a table with --target.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Overrides, such as training.epochs=5.")
    ] = None,
    target: Target = None,
    runs: Annotated[
        Path, typer.Option("--runs", readable=False, metavar="DIR", help="Where run directories are made.")
    ] = RUNS,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Of the run, before its number. Default: the config's."),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", help="Fit N times, with training.seed and those after it."),
    ] = None,
    average: Annotated[
        bool, typer.Option("--average", help="With --seeds: keep their average, too, as one network.")
    ] = False,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", readable=False, metavar="RUN", help="Go on with an interrupted run as if nothing had happened."
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    profile: Profile = False,
    _debug: Debug = False,
) -> None:
    """Read the table, hold out test rows, train, test, and save a run.

    With split.folds, one run for each fold: every row is tested once, by a network that did not see it. With --seeds,
    one run for each seed: how far the result depends on chance; --average makes one more run, of their average.

    Example: dltrain fit configs/penguins.yaml training.epochs=20

    Without a YAML: dltrain fit data/penguins.csv --target species
    """
    from dltrain.stopwatch import Stopwatch

    watch = Stopwatch()
    with watch.stage("start"):
        # Mistakes in the config come back before anything heavy is imported.
        run_fit = (
            _new_fit(_loaded(config, target, overrides or [], is_quiet=quiet), runs, name, seeds, average=average)
            if resume is None
            else _resumed_fit(
                resume, config, overrides or [], runs=runs, name=name, target=target, seeds=seeds, average=average
            )
        )

        from dltrain.cli.output import print_profile
        from dltrain.cli.progress import FitDisplay
        from dltrain.cli.signals import deferred
        from dltrain.workflows.fitting.audience import Audience
        from dltrain.workflows.start_up.chatter import quiet_tensorflow

    with quiet_tensorflow() as stderr, FitDisplay(stderr, is_quiet=quiet) as display:
        result = run_fit(audience=Audience(display, watch, deferred, imports_ahead=True))
    _print(result, as_json=as_json, is_quiet=quiet)
    if profile:
        print_profile(watch)
    if result.gates:
        from dltrain.cli.pages.gates import check_gates

        check_gates(result.gates, run=result.path, is_new=True)


def _loaded(config: Path | None, target: str | None, overrides: list[str], *, is_quiet: bool) -> "LoadedConfig":
    """The config that the command line names."""
    if config is None:
        raise ConfigError("dltrain fit: expected CONFIG, a YAML file, or --resume RUN")

    from dltrain.cli.table_fit import config_of_file

    return config_of_file(config, target, overrides, command="fit", is_quiet=is_quiet)


def _new_fit(
    loaded: "LoadedConfig", runs: Path, name: str | None, seeds: int | None, *, average: bool
) -> "Callable[..., Result]":
    from dltrain.config.folds import is_for_all_folds

    if seeds is not None:
        from dltrain.workflows.seeds import fit_seeds

        return partial(fit_seeds, loaded, seeds, average=average, runs=runs, name=name)
    if average:
        raise ConfigError(_NO_AVERAGE_OF_FOLDS if is_for_all_folds(loaded.config) else _NO_AVERAGE_OF_ONE)
    if is_for_all_folds(loaded.config):
        from dltrain.workflows.cross_validation import cross_validate

        return partial(cross_validate, loaded, runs=runs, name=name)

    from dltrain.workflows.fit import fit as fit_new

    return partial(fit_new, loaded, runs=runs, name=name)


def _resumed_fit(
    run: Path,
    config: Path | None,
    overrides: list[str],
    *,
    runs: Path,
    name: str | None,
    target: str | None,
    seeds: int | None,
    average: bool,
) -> "Callable[..., Result]":
    for option, is_given, kept in (
        ("--name", name is not None, "keeps its name"),
        ("--target", target is not None, "keeps its target"),
        ("--seeds", seeds is not None, "keeps its seeds"),
        ("--runs", runs != RUNS, "stays where it is"),
    ):
        if is_given:
            raise ConfigError(f"{option}: a resumed run {kept}")
    # A resumed run needs no CONFIG, so the first argument may be an override.
    if config is not None and "=" in str(config) and not os.path.lexists(config):
        config, overrides = None, [str(config), *overrides]

    from dltrain.run.members import FOLDS, SEEDS, group_of

    group = group_of(run)
    if average and group != SEEDS and os.path.lexists(run):
        raise ConfigError(_NO_AVERAGE_OF_FOLDS if group == FOLDS else _NO_AVERAGE_OF_ONE)
    if group == FOLDS:
        from dltrain.workflows.cross_validation import resume_folds

        return partial(resume_folds, run, config, overrides)
    if group == SEEDS:
        from dltrain.workflows.seeds import resume_seeds

        return partial(resume_seeds, run, config, overrides, average=average)

    from dltrain.workflows.resume import resume

    return partial(resume, run, config, overrides)


def _print(result: "Result", *, as_json: bool, is_quiet: bool) -> None:
    from dltrain.cli.notes import print_json
    from dltrain.cli.output import console, print_diagnosis, print_result
    from dltrain.cli.pages.decision import print_decision
    from dltrain.cli.pages.folds import print_folds
    from dltrain.cli.pages.gates import print_gates
    from dltrain.cli.pages.members_diagnosis import have_unseen_labels, print_members_diagnosis
    from dltrain.cli.pages.seeds import print_seeds
    from dltrain.run.gates import gates_content
    from dltrain.workflows.cross_validation import CrossValidation
    from dltrain.workflows.fit import FitResult

    if as_json:
        print_json({"run": str(result.path), **_content(result), **gates_content(result.gates)})
        return
    if isinstance(result, FitResult):
        print_result(result.metrics, task=result.task)
        print_decision(result.config, result.metrics.decision)
        if not is_quiet:
            print_diagnosis(console(sys.stdout), result.metrics.diagnosis)
    else:
        if isinstance(result, CrossValidation):
            print_folds(result.summary, judges=not have_unseen_labels(result.path, result.summary))
        else:
            print_seeds(result.summary, average=result.average)
        if not is_quiet:
            print_members_diagnosis(result.path, result.summary)
    print_gates(result.gates)
    print(f"saved to {result.path}")


def _content(result: "Result") -> dict[str, Any]:
    """The result as JSON content."""
    from dltrain.cli.pages.seeds import seeds_content
    from dltrain.workflows.fit import FitResult
    from dltrain.workflows.seeds import SeveralSeeds

    if isinstance(result, FitResult):
        return {"metrics": result.metrics.model_dump(), "notes": result.notes}
    if isinstance(result, SeveralSeeds):
        return seeds_content(result.summary, result.average)
    return result.summary.model_dump()
