"""dltrain trains, judges and ships dense Keras networks on tables, from one YAML file.

    import dltrain

    model = dltrain.fit("configs/penguins.yaml")
    model.metrics["test"]
    model.predict(frame)
    dltrain.load("runs/penguins-1").predict(frame)

Importing this module imports nothing heavy.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltrain.errors import ConfigError, DataError, DataTypeError, DltrainError, OutputError, RunError, TrainingError

if TYPE_CHECKING:
    import pandas as pd

    from dltrain.config import LoadedConfig
    from dltrain.workflows.fold_models import FoldModels
    from dltrain.workflows.model import Model

__all__ = [
    "fit",
    "cross_validate",
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
    overrides: Sequence[str] = (),
    runs: str | Path = "runs",
    name: str | None = None,
) -> "Model":
    """Trains a network as a config says and saves a run.

    Args:
        config: Path of a YAML file, or its content as a mapping (paths in it are then relative to the working
            directory).
        overrides: `KEY=VALUE`, such as "training.epochs=5".
        runs: Folder in which the run directory is made.
        name: Name of the run. None: the config file's name, or "config".

    Returns:
        The trained model; `path` is its run directory.

    Raises:
        ConfigError: The config is wrong, does not fit the table, or has `split.folds` without `split.fold`.
        DataError: A table cannot be read, or a cell does not fit.
        OutputError: The run directory cannot be written.
        TrainingError: The loss is not finite any more.
    """
    from dltrain.workflows.audience import Audience
    from dltrain.workflows.chatter import quiet_tensorflow
    from dltrain.workflows.events import warn_of_lost_logs
    from dltrain.workflows.fit import fit as run_fit
    from dltrain.workflows.model import load as load_model

    loaded = _loaded(config, overrides)
    with quiet_tensorflow():
        path = run_fit(loaded, runs=Path(runs), name=name, audience=Audience(warn_of_lost_logs)).path
    return load_model(path)


def cross_validate(
    config: str | Path | Mapping[str, Any],
    *,
    overrides: Sequence[str] = (),
    runs: str | Path = "runs",
    name: str | None = None,
) -> "FoldModels":
    """Trains a network for each of the `split.folds` of a config: every row is tested once.

    Args:
        config: As for `fit`.
        overrides: As for `fit`, such as "split.folds=5".
        runs: Folder in which their directory is made.
        name: As for `fit`.

    Returns:
        The spread of the metrics, and the trained models as `folds`; `path` is their directory.

    Raises:
        ConfigError, DataError, OutputError, TrainingError: As `fit`. Folds that were finished before are kept, and
            `dltrain fit --resume` goes on.
    """
    from dltrain.workflows.audience import Audience
    from dltrain.workflows.chatter import quiet_tensorflow
    from dltrain.workflows.cross_validation import cross_validate as run_cross_validate
    from dltrain.workflows.events import warn_of_lost_logs
    from dltrain.workflows.fold_models import FoldModels

    loaded = _loaded(config, overrides)
    with quiet_tensorflow():
        result = run_cross_validate(loaded, runs=Path(runs), name=name, audience=Audience(warn_of_lost_logs))
    return FoldModels(result.path, result.summary)


def resume(run: str | Path) -> "Model":
    """Goes on with an interrupted fit as if nothing had happened; see `dltrain fit --resume`.

    Args:
        run: The run directory.

    Returns:
        The trained model.

    Raises:
        ConfigError: The versions of the libraries are others.
        DataError: A table has changed.
        RunError: It is missing, no unfinished run, damaged, or its training diverged.
        OutputError: It cannot be written, or another process goes on with it.
        TrainingError: The loss is not finite any more.
    """
    from dltrain.workflows.audience import Audience
    from dltrain.workflows.chatter import quiet_tensorflow
    from dltrain.workflows.events import warn_of_lost_logs
    from dltrain.workflows.model import load as load_model
    from dltrain.workflows.resume import resume as resume_fit

    with quiet_tensorflow():
        path = resume_fit(Path(run), audience=Audience(warn_of_lost_logs)).path
    return load_model(path)


def load(run: str | Path) -> "Model":
    """Opens a run directory, without TensorFlow.

    Raises:
        RunError: It is missing, no run, of an unknown format, or damaged.
    """
    from dltrain.workflows.model import load as load_model

    return load_model(run)


def evaluate(
    run: str | Path, data: "pd.DataFrame | str | Path | None" = None, *, by: str | None = None
) -> dict[str, Any]:
    """Scores a run on its held-out test rows, or on labelled data; see `Model.evaluate`."""
    return load(run).evaluate(data, by=by)


def predict(
    run: str | Path, data: "pd.DataFrame | str | Path", *, keep: Sequence[str] = (), notes: bool = False
) -> "pd.DataFrame":
    """Predicts every row of a data frame or a file; see `Model.predict`."""
    return load(run).predict(data, keep=keep, notes=notes)


def _loaded(config: str | Path | Mapping[str, Any], overrides: Sequence[str]) -> "LoadedConfig":
    from dltrain.config import config_from_dict, load_config

    if isinstance(config, Mapping):
        return config_from_dict(config, overrides)
    return load_config(Path(config), overrides)
