"""dltrain trains, judges and ships dense Keras networks on tables, from one YAML file.

    import dltrain

    model = dltrain.fit("configs/penguins.yaml")
    model.metrics["test"]
    model.predict(frame)
    dltrain.load("runs/penguins-1").predict(frame)

Importing this module imports nothing heavy.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from dltrain.arguments import check_config_or_table, check_flag, check_text, checked_count, checked_path, checked_texts
from dltrain.errors import ConfigError, DataError, DataTypeError, DltrainError, OutputError, RunError, TrainingError

if TYPE_CHECKING:
    import pandas as pd

    from dltrain.config import LoadedConfig
    from dltrain.workflows.fitting.audience import Audience
    from dltrain.workflows.models.fold_models import FoldModels
    from dltrain.workflows.models.model import Model
    from dltrain.workflows.models.seed_models import SeedModels

__all__ = [
    "fit",
    "cross_validate",
    "fit_seeds",
    "resume",
    "load",
    "evaluate",
    "predict",
    "DltrainError",
    "ConfigError",
    "DataError",
    "DataTypeError",
    "RunError",
    "OutputError",
    "TrainingError",
]


def fit(
    config: str | Path | Mapping[str, Any],
    *,
    target: str | None = None,
    overrides: Sequence[str] = (),
    runs: str | Path = "runs",
    name: str | None = None,
) -> "Model":
    """Trains a network as a config says and saves a run.

    Args:
        config: Path of a YAML file, or its content as a mapping (paths in it are then relative to the working
            directory); with `target`, path of a table.
        target: Column of the table to predict: the config is the one that `dltrain init` would write. What makes the
            result doubtful, such as numbers that cannot be read, is warned of; `config.yaml` of the run has all that
            was decided.
        overrides: `KEY=VALUE`, such as "training.epochs=5".
        runs: Folder in which the run directory is made.
        name: Name of the run. None: the name of the config file, of the run that it belongs to, or of the table, or
            "config".

    Returns:
        The trained model; `path` is its run directory.

    Raises:
        ConfigError: The config is wrong, does not fit the table, or has `split.folds` without `split.fold`.
        DataError: A table cannot be read, or a cell does not fit.
        OutputError: The run directory cannot be written.
        TrainingError: The loss is not finite any more.
    """
    from dltrain.workflows.fit import fit as run_fit
    from dltrain.workflows.models.model import load as load_model
    from dltrain.workflows.start_up.chatter import quiet_tensorflow

    folder = checked_path(runs, "runs")
    check_text(name, "name", "the name of a run")
    loaded = _loaded(config, overrides, target)
    with quiet_tensorflow():
        path = run_fit(loaded, runs=folder, name=name, audience=_audience()).path
    return load_model(path)


def cross_validate(
    config: str | Path | Mapping[str, Any],
    *,
    target: str | None = None,
    overrides: Sequence[str] = (),
    runs: str | Path = "runs",
    name: str | None = None,
) -> "FoldModels":
    """Trains a network for each of the `split.folds` of a config: every row is tested once.

    Args:
        config: As for `fit`.
        target: As for `fit`.
        overrides: As for `fit`, such as "split.folds=5".
        runs: Folder in which their directory is made.
        name: As for `fit`.

    Returns:
        The spread of the metrics, and the trained models as `folds`; `path` is their directory.

    Raises:
        ConfigError, DataError, OutputError, TrainingError: As `fit`. Folds that were finished before are kept, and
            `dltrain fit --resume` goes on.
    """
    from dltrain.workflows.cross_validation import cross_validate as run_cross_validate
    from dltrain.workflows.models.fold_models import FoldModels
    from dltrain.workflows.start_up.chatter import quiet_tensorflow

    folder = checked_path(runs, "runs")
    check_text(name, "name", "the name of a run")
    loaded = _loaded(config, overrides, target)
    with quiet_tensorflow():
        result = run_cross_validate(loaded, runs=folder, name=name, audience=_audience())
    return FoldModels(result.path, result.summary)


def fit_seeds(
    config: str | Path | Mapping[str, Any],
    seeds: int,
    *,
    average: bool = False,
    target: str | None = None,
    overrides: Sequence[str] = (),
    runs: str | Path = "runs",
    name: str | None = None,
) -> "SeedModels":
    """Trains a network for each of several seeds: how far a result depends on chance.

    Args:
        config: As for `fit`. Its `training.seed` is the first seed, the others follow it.
        seeds: How many, 2 to 100.
        average: Whether their average is kept, too, as one wider network: that of their outputs before the last
            activation. Layer normalisation and hidden softmax cannot be averaged.
        target: As for `fit`.
        overrides: As for `fit`.
        runs: Folder in which their directory is made.
        name: As for `fit`.

    Returns:
        The spread of the metrics, the trained models as `seeds`, and the `average`; `path` is their directory.

    Raises:
        ConfigError, DataError, OutputError, TrainingError: As `fit`. Seeds that were finished before are kept, and
            `resume` goes on.
    """
    from dltrain.workflows.models.seed_models import SeedModels
    from dltrain.workflows.seeds import fit_seeds as run_fit_seeds
    from dltrain.workflows.start_up.chatter import quiet_tensorflow

    seeds = checked_count(seeds, "seeds")
    check_flag(average, "average")
    folder = checked_path(runs, "runs")
    check_text(name, "name", "the name of a run")
    loaded = _loaded(config, overrides, target)
    with quiet_tensorflow():
        result = run_fit_seeds(loaded, seeds, average=average, runs=folder, name=name, audience=_audience())
    return SeedModels(result.path, result.summary)


@overload
def resume(run: str | Path, *, average: Literal[True]) -> "SeedModels": ...


@overload
def resume(run: str | Path, *, average: bool = False) -> "Model | FoldModels | SeedModels": ...


def resume(run: str | Path, *, average: bool = False) -> "Model | FoldModels | SeedModels":
    """Goes on with an interrupted fit as if nothing had happened; see `dltrain fit --resume`.

    Args:
        run: The run directory, or that of a cross-validation or of several seeds.
        average: Whether the average of several seeds is kept, too; those may be finished then.

    Returns:
        What the interrupted function would have returned.

    Raises:
        ConfigError: The versions of the libraries are others, or `average` is asked of something else than seeds.
        DataError: A table has changed.
        RunError: It is missing, no unfinished run, damaged, or its training diverged.
        OutputError: It cannot be written, or another process goes on with it.
        TrainingError: The loss is not finite any more.
    """
    from dltrain.run.members import FOLDS, SEEDS, group_of
    from dltrain.workflows.start_up.chatter import quiet_tensorflow

    path = checked_path(run, "run", expected="the path of a run")
    check_flag(average, "average")
    group = group_of(path)
    if average and group != SEEDS:
        raise ConfigError(f"{path}: expected several seeds to average, got {group.noun if group else 'a single run'}")
    with quiet_tensorflow():
        if group == SEEDS:
            return _resumed_seeds(path, average=average)
        return _resumed_folds(path) if group == FOLDS else _resumed_fit(path)


def load(run: str | Path) -> "Model":
    """Opens a run directory, or the average of several seeds, without TensorFlow.

    Raises:
        RunError: It is missing, no run, of an unknown format, or damaged.
    """
    from dltrain.workflows.models.model import load as load_model

    return load_model(run)


def evaluate(
    run: str | Path,
    data: "pd.DataFrame | str | Path | None" = None,
    *,
    by: str | None = None,
    check_seen: bool = True,
) -> dict[str, Any]:
    """Scores a run on its held-out test rows, or on labelled data; see `Model.evaluate`."""
    return load(run).evaluate(data, by=by, check_seen=check_seen)


def predict(
    run: str | Path,
    data: "pd.DataFrame | str | Path",
    *,
    keep: Sequence[str] = (),
    notes: bool = False,
    strict: bool = False,
) -> "pd.DataFrame":
    """Predicts every row of a data frame or a file; see `Model.predict`."""
    return load(run).predict(data, keep=keep, notes=notes, strict=strict)


def _resumed_fit(path: Path) -> "Model":
    from dltrain.workflows.models.model import load as load_model
    from dltrain.workflows.resume import resume as resume_fit

    return load_model(resume_fit(path, audience=_audience()).path)


def _resumed_folds(path: Path) -> "FoldModels":
    from dltrain.workflows.cross_validation import resume_folds
    from dltrain.workflows.models.fold_models import FoldModels

    return FoldModels(path, resume_folds(path, audience=_audience()).summary)


def _resumed_seeds(path: Path, *, average: bool) -> "SeedModels":
    from dltrain.workflows.models.seed_models import SeedModels
    from dltrain.workflows.seeds import resume_seeds

    return SeedModels(path, resume_seeds(path, average=average, audience=_audience()).summary)


def _audience() -> "Audience":
    """Warns of logs that cannot be written any more; there is nobody else to tell."""
    from dltrain.workflows.fitting.audience import Audience
    from dltrain.workflows.fitting.events import warn_of_lost_logs

    return Audience(warn_of_lost_logs)


def _loaded(config: str | Path | Mapping[str, Any], overrides: Sequence[str], target: str | None) -> "LoadedConfig":
    from dltrain.config import config_from_dict, load_config
    from dltrain.config.table_names import CONFIG_SUFFIXES, is_table_name

    check_config_or_table(config)
    overrides = checked_texts(overrides, "overrides", hint='["training.epochs=5"]')
    check_text(target, "target", "the name of a column")
    if target is not None:
        from dltrain.errors import escaped
        from dltrain.workflows.init import init

        if isinstance(config, Mapping) or Path(config).suffix.lower() in CONFIG_SUFFIXES:
            raise ConfigError("target: expected a table with it, got a config", hint="data.target names its target")
        starter = init(Path(config), target, overrides)
        lost = [
            f"column '{escaped(name)}' is left out although it holds numbers: {reason}"
            for name, reason in starter.lost_numbers.items()
        ]
        for text in (*lost, *starter.warnings):
            warnings.warn(text, RuntimeWarning, stacklevel=3)
        return starter.loaded
    if isinstance(config, Mapping):
        return config_from_dict(config, overrides)
    if is_table_name(Path(config)):
        raise ConfigError(f"{config}: expected a YAML file, got a table", hint=f'fit("{config}", target="COLUMN")')
    loaded = load_config(Path(config), overrides)
    from dltrain.run.naming import named_after_run

    return named_after_run(loaded, Path(config))
