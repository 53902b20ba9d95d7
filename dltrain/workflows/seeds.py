"""One config with several seeds: a fit for each of them, and how far they agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dltrain.config import LoadedConfig, to_yaml
from dltrain.config.folds import is_for_all_folds
from dltrain.config.seeds import of_seed
from dltrain.errors import ConfigError, OutputError, RunError
from dltrain.run import Run, RunMetrics
from dltrain.run.atomic import check_folder
from dltrain.run.average import MOST_SEEDS, has_average
from dltrain.run.checkpoint import resume_command
from dltrain.run.gates import JudgedGates, judge_group
from dltrain.run.loading import read_average
from dltrain.run.manifest import REPORT_NAME
from dltrain.run.members import (
    SEEDS,
    begin_group,
    is_finished,
    member_state,
    read_origin_as,
    read_summary_as,
    working_on,
    write_group_origin,
    write_group_summary,
)
from dltrain.run.seeds import SeedsOrigin, SeedsSummary
from dltrain.run.writing import now
from dltrain.workflows.fit import checked_name, origin_of
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.preparing import Prepared, prepare
from dltrain.workflows.fitting.unchanged import check_data
from dltrain.workflows.groups.averaging import check_average_fits, check_layers_average, make_average
from dltrain.workflows.groups.finished_runs import check_seeds
from dltrain.workflows.groups.group_page import write_group_page
from dltrain.workflows.groups.members import Members, reopen_group
from dltrain.workflows.groups.spreads import metric_spreads
from dltrain.workflows.limits.disk_space import check_disk_space
from dltrain.workflows.start_up.importing import begin_import

_SEEDS_END = 2**32


@dataclass(frozen=True)
class SeveralSeeds:
    """Finished fits of one config.

    Attributes:
        path: The directory; `seed-1`, `seed-2`, … in it are run directories.
        summary: The result.
        gates: What the config expects of the means, judged.
        average: The result of the average; None when there is none.
    """

    path: Path
    summary: SeedsSummary
    gates: JudgedGates
    average: RunMetrics | None


def fit_seeds(
    loaded: LoadedConfig,
    seeds: int,
    *,
    average: bool = False,
    runs: Path,
    name: str | None = None,
    audience: Audience | None = None,
) -> SeveralSeeds:
    """Fits a config with `training.seed` and those that follow, each as `fit` does, and sums them up.

    Args:
        loaded: The config.
        seeds: How many, 2 to 100.
        average: Whether their average is made, too, as a run of its own.
        runs: Folder in which the directory is made.
        name: Its name; None takes the config's.
        audience: Who follows it; None for nobody.

    Raises:
        ConfigError: As `fit`, or there are folds, or the average cannot be one network.
        DataError, OutputError, TrainingError: As `fit`. Runs that were finished before are kept.
        Interrupted: What is done is kept, and can be resumed.
    """
    audience = audience or Audience()
    _check_config(loaded, seeds)
    if average:
        check_layers_average(loaded, seeds)
    run_name = checked_name(name, of_config=loaded.name)
    check_folder(runs)
    finish_import = begin_import(ahead=audience.imports_ahead)
    # Mistakes in the config and the table come to light before there is a directory.
    prepared = prepare(loaded, audience.watch)
    if average:
        check_average_fits(loaded, prepared, seeds)
    origin = SeedsOrigin.model_validate(
        {
            **origin_of(prepared).model_dump(),
            "config": to_yaml(loaded.config),
            "name": run_name,
            "seeds": seeds,
            "average": average,
        }
    )
    check_disk_space(runs, prepared.config, prepared.preprocessing, n_fits=seeds)
    path = begin_group(runs, run_name, SEEDS, origin)
    return _finish(path, origin, loaded, prepared, audience, finish_import)


def resume_seeds(
    path: Path,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    *,
    average: bool = False,
    audience: Audience | None = None,
) -> SeveralSeeds:
    """Goes on: finished runs are kept, an interrupted one is resumed, the rest is fitted, the average is made.

    Args:
        path: The directory.
        config: The config file, to make sure that it still says the same; None takes what was kept.
        overrides: `KEY=VALUE`, as it was begun with.
        average: Whether the average is made even if it was begun without; then it may be finished.
        audience: Who follows it; None for nobody.

    Raises:
        ConfigError: Versions or the config are not those it was begun with.
        DataError: A table has changed.
        RunError: It is finished and has the average that is wanted, or is damaged, or a training cannot go on.
        OutputError, TrainingError, Interrupted: As `fit_seeds`.
    """
    audience = audience or Audience()
    wants_average = average or read_origin_as(SeedsOrigin, path, SEEDS).average
    is_trained = is_finished(path, SEEDS) and wants_average and not has_average(path)
    origin, given = reopen_group(path, SEEDS, SeedsOrigin, config, overrides, is_trained=is_trained)
    needs_training = member_state(path, SEEDS, origin.seeds) != "finished"
    is_asked_now = average and not origin.average
    if is_asked_now:
        check_layers_average(given, origin.seeds)
    needs_network = needs_training or wants_average
    finish_import = begin_import(ahead=audience.imports_ahead and needs_network)
    prepared = None
    if is_asked_now:
        prepared = _prepare_again(path, origin, given, audience)
        audience.notify(prepared.summary)
        check_average_fits(given, prepared, origin.seeds)
        origin = origin.model_copy(update={"average": True})
    # A seed that goes on encodes its rows itself; they should not lie in memory twice.
    return _finish(path, origin, given, None if needs_training else prepared, audience, finish_import)


def _check_config(loaded: LoadedConfig, seeds: int) -> None:
    if not 2 <= seeds <= MOST_SEEDS:
        raise ConfigError(f"seeds: expected 2 to {MOST_SEEDS}, got {seeds:,}")
    if is_for_all_folds(loaded.config):
        raise loaded.error(
            ("split", "folds"),
            "expected no folds beside several seeds, which are compared on the same test rows",
            hint="split.fold=1 takes the first fold",
        )
    if loaded.config.training.seed + seeds > _SEEDS_END:
        raise loaded.error(
            ("training", "seed"),
            f"expected at most {_SEEDS_END - seeds:,}, so that {seeds} seeds in a row are below {_SEEDS_END:,}, "
            f"got {loaded.config.training.seed:,}",
        )


def _finish(
    path: Path,
    origin: SeedsOrigin,
    loaded: LoadedConfig,
    prepared: Prepared | None,
    audience: Audience,
    finish_import: Callable[[], None],
) -> SeveralSeeds:
    """Fits what is not finished yet, makes the average where it is wanted, and sums up."""
    known = [] if prepared is None else [prepared]

    def rows_of(number: int) -> Prepared:
        # The seed of training changes nothing in the rows.
        if not known:
            known.append(_prepare_again(path, origin, loaded, audience))
        config = of_seed(known[0].config, number)
        return replace(known[0], config=config, summary=replace(known[0].summary, config=config))

    members = Members(path, SEEDS, origin, origin.seeds, rows_of, audience, finish_import, loaded.config.logs)
    with working_on(path):
        if origin != read_origin_as(SeedsOrigin, path, SEEDS):
            write_group_origin(path, SEEDS, origin)
        runs = members.fit()
        _check_runs(origin, loaded, runs)
        average = read_average(path)
        if average is None and origin.average:
            # It does not know of the average; whoever wants one that does can have it made.
            (path / REPORT_NAME).unlink(missing_ok=True)
            average = _average(members, runs)
        is_new = not is_finished(path, SEEDS)
        summary = _sum_up(origin, runs) if is_new else read_summary_as(SeedsSummary, path, SEEDS)
        with members.naming("after the last seed"):
            with audience.watch.stage("report"):
                write_group_page(path, runs, summary, None)
            if is_new:
                write_group_summary(path, SEEDS, summary)
    return SeveralSeeds(path, summary, judge_group(loaded.config, summary), average)


def _prepare_again(path: Path, origin: SeedsOrigin, loaded: LoadedConfig, audience: Audience) -> Prepared:
    """The rows that it was begun with."""
    prepared = prepare(loaded, audience.watch, is_told=True)
    check_data(path, origin, prepared.files)
    return prepared


def _check_runs(origin: SeedsOrigin, loaded: LoadedConfig, runs: Sequence[Run]) -> None:
    """Checks that every run is that of its seed, and of one table."""
    check_seeds(runs, [of_seed(loaded.config, number).training.seed for number in range(1, len(runs) + 1)])
    for run in runs:
        if run.manifest.data["data"].sha256 != origin.data["data"].sha256:
            raise RunError(f"{run.path}: damaged {SEEDS.noun}: expected the table that the first run had")


def _average(members: Members, runs: Sequence[Run]) -> RunMetrics:
    """Makes the average of runs that are finished."""
    with members.naming("in the average"):
        prepared = members.rows_of(1)
        with members.audience.watch.stage("import"):
            members.finish_import()
        try:
            return make_average(members.path, members.origin.name, runs, prepared, members.audience)
        except OutputError as error:
            hint = f"the seeds are kept; {resume_command(members.path)} goes on once it can be written"
            raise OutputError(error.message, hint=hint) from error


def _sum_up(origin: SeedsOrigin, runs: Sequence[Run]) -> SeedsSummary:
    """Puts the metrics together."""
    return SeedsSummary(
        created=now(),
        config=origin.name,
        task=runs[0].manifest.task,
        metrics=metric_spreads([run.metrics.test for run in runs]),
        validation=metric_spreads([run.metrics.validation for run in runs]),
        seeds=tuple(run.config.training.seed for run in runs),
        rows=runs[0].metrics.test.rows,
    )
