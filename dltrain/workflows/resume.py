"""Going on with an interrupted fit."""

from collections.abc import Sequence
from pathlib import Path

from dltrain.config import Config, LoadedConfig, config_from_dict, load_config
from dltrain.errors import RunError
from dltrain.run import Checkpoint, UnfinishedRun
from dltrain.run.checkpoint import origin_config
from dltrain.workflows.fit import FitResult, complete
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.fitting.unchanged import check_data, check_same_config, check_versions
from dltrain.workflows.limits.disk_space import check_disk_space
from dltrain.workflows.rows.own_tables import with_own_tables
from dltrain.workflows.start_up.importing import begin_import


def resume(
    path: Path,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    *,
    audience: Audience | None = None,
    whole: Path | None = None,
) -> FitResult:
    """Goes on with a fit as if it had never been interrupted: the same weights, history and metrics come out.

    Args:
        path: The run directory.
        config: The config file, to make sure that it still says what the run was begun with; None takes the run's own.
        overrides: `KEY=VALUE`, as the run was begun with.
        audience: Who follows it; None for nobody.
        whole: As for `complete`.

    Raises:
        ConfigError: Versions or the config are not those of the run.
        DataError: A table has changed.
        RunError: There is no such unfinished run, it is damaged, or its training cannot go on.
        OutputError: The run directory cannot be written, or another process goes on with it.
        TrainingError, Interrupted: As for `fit`.
    """
    audience = audience or Audience()
    run, checkpoint = UnfinishedRun.reopen(path)
    with run:
        if checkpoint.progress.divergence is not None:
            raise RunError(
                f"{path}: this training cannot go on: {checkpoint.progress.divergence}",
                hint="change what the message names, and fit anew",
            )
        run.origin = with_own_tables(run.origin, path)
        stored = origin_config(run.origin, source=str(path))
        check_versions(path, run.origin)
        given = given_config(stored, config, overrides)
        if config is None:
            check_same_config(path, stored.config, given.config)
        finish_import = begin_import(ahead=audience.imports_ahead)
        prepared = prepare(given, audience.watch)
        # First the table: kinds and class weights in the config follow from it.
        check_data(path, run.origin, prepared.files)
        check_same_config(path, stored.config, prepared.config)
        _check_history(path, checkpoint, prepared.config)
        audience.notify(prepared.summary)
        check_disk_space(path, prepared.config, prepared.preprocessing, is_resumed=True)
        with audience.watch.stage("import"):
            finish_import()
        return complete(prepared, run, checkpoint, audience, whole=whole)


def given_config(stored: LoadedConfig, config: Path | None, overrides: Sequence[str]) -> LoadedConfig:
    """The config that a command gives, or else the stored one with its overrides."""
    if config is not None:
        return load_config(config, overrides)
    # The run's own config says everything already.
    return config_from_dict(stored.document.data, overrides) if overrides else stored


def _check_history(path: Path, checkpoint: Checkpoint, config: Config) -> None:
    for epoch in checkpoint.epochs[:1]:
        if set(epoch.metrics) != set(config.metrics or ()):
            raise RunError(f"{path}: damaged checkpoint: expected the metrics of its config, got {list(epoch.metrics)}")
