"""One config with several seeds: a fit for each of them, and how far they agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dltrain.config import LoadedConfig, to_yaml
from dltrain.config.folds import is_for_all_folds
from dltrain.config.seeds import of_seed
from dltrain.errors import ConfigError, RunError
from dltrain.run import Run
from dltrain.run.atomic import check_folder
from dltrain.run.gates import JudgedGates, judge_group
from dltrain.run.members import SEEDS, begin_group, member_state, working_on, write_group_summary
from dltrain.run.seeds import MOST_SEEDS, SeedsOrigin, SeedsSummary
from dltrain.run.writing import now
from dltrain.workflows.audience import Audience
from dltrain.workflows.fit import checked_name, origin_of
from dltrain.workflows.members import Members, reopen_group
from dltrain.workflows.preparing import Prepared, prepare
from dltrain.workflows.spreads import metric_spreads
from dltrain.workflows.tensorflow_import import import_heavy_rooms, import_in_background

_SEEDS_END = 2**32


@dataclass(frozen=True)
class SeveralSeeds:
    """Finished fits of one config.

    Attributes:
        path: The directory; `seed-1`, `seed-2`, … in it are run directories.
        summary: The result.
        gates: What the config expects of it, judged.
    """

    path: Path
    summary: SeedsSummary
    gates: JudgedGates


def fit_seeds(
    loaded: LoadedConfig,
    seeds: int,
    *,
    runs: Path,
    name: str | None = None,
    audience: Audience | None = None,
    imports_ahead: bool = False,
) -> SeveralSeeds:
    """Fits a config with `training.seed` and those that follow, each as `fit` does, and sums them up.

    Args:
        loaded: The config.
        seeds: How many, 2 to 100.
        runs: Folder in which the directory is made.
        name: Its name; None takes the config's.
        audience: Who follows it; None for nobody.
        imports_ahead: As for `fit`.

    Raises:
        ConfigError: As `fit`, or there are folds.
        DataError, OutputError, TrainingError: As `fit`. Runs that were finished before are kept.
        Interrupted: What is done is kept, and can be resumed.
    """
    audience = audience or Audience()
    _check_config(loaded, seeds)
    config_name = loaded.name if name is None else name
    run_name = checked_name(config_name)
    check_folder(runs)
    finish_import = import_in_background() if imports_ahead else import_heavy_rooms
    # Mistakes in the config and the table come to light before there is a directory.
    prepared = prepare(loaded, audience.watch)
    origin = SeedsOrigin.model_validate(
        {**origin_of(prepared).model_dump(), "config": to_yaml(loaded.config), "name": config_name, "seeds": seeds}
    )
    path = begin_group(runs, run_name, SEEDS, origin)
    return _finish(path, origin, loaded, prepared, audience, finish_import)


def resume_seeds(
    path: Path,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    *,
    audience: Audience | None = None,
    imports_ahead: bool = False,
) -> SeveralSeeds:
    """Goes on: finished runs are kept, an interrupted one is resumed, the rest is fitted.

    Args:
        path: The directory.
        config: The config file, to make sure that it still says the same; None takes what was kept.
        overrides: `KEY=VALUE`, as it was begun with.
        audience: Who follows it; None for nobody.
        imports_ahead: As for `fit`.

    Raises:
        ConfigError: Versions or the config are not those it was begun with.
        DataError: A table has changed.
        RunError: It is finished or damaged, or a training cannot go on.
        OutputError, TrainingError, Interrupted: As `fit_seeds`.
    """
    audience = audience or Audience()
    origin, given = reopen_group(path, SEEDS, SeedsOrigin, config, overrides)
    needs_training = member_state(path, SEEDS, origin.seeds) != "finished"
    finish_import = import_in_background() if imports_ahead and needs_training else import_heavy_rooms
    return _finish(path, origin, given, None, audience, finish_import)


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
    """Fits what is not finished yet, and sums up."""
    known = [] if prepared is None else [prepared]

    def rows_of(number: int) -> Prepared:
        # The seed of training changes nothing in the rows.
        if not known:
            known.append(prepare(loaded, audience.watch))
        config = of_seed(known[0].config, number)
        return replace(known[0], config=config, summary=replace(known[0].summary, config=config))

    members = Members(path, SEEDS, origin, origin.seeds, rows_of, audience, finish_import, loaded.config.logs)
    with working_on(path):
        summary = _sum_up(path, origin, loaded, members.fit())
    return SeveralSeeds(path, summary, judge_group(loaded.config, summary))


def _sum_up(path: Path, origin: SeedsOrigin, loaded: LoadedConfig, runs: Sequence[Run]) -> SeedsSummary:
    """Puts the metrics together, and writes the result."""
    for number, run in enumerate(runs, start=1):
        expected, seed = of_seed(loaded.config, number).training.seed, run.config.training.seed
        if seed != expected or run.manifest.data["data"] != origin.data["data"]:
            what = f"expected seed {expected} and the table that the first run had, got seed {seed}"
            raise RunError(f"{run.path}: damaged {SEEDS.noun}: {what}")
    summary = SeedsSummary(
        created=now(),
        config=origin.name,
        task=runs[0].manifest.task,
        metrics=metric_spreads([run.metrics.test for run in runs]),
        validation=metric_spreads([run.metrics.validation for run in runs]),
        seeds=tuple(run.config.training.seed for run in runs),
        rows=runs[0].metrics.test.rows,
    )
    write_group_summary(path, SEEDS, summary)
    return summary
