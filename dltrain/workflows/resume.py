"""Going on with an interrupted fit."""

from collections.abc import Sequence
from pathlib import Path

from dltrain.config import Config, LoadedConfig, config_from_dict, load_config
from dltrain.config.differences import config_differences
from dltrain.errors import ConfigError, DataError, RunError
from dltrain.run import Checkpoint, Origin, UnfinishedRun
from dltrain.run.checkpoint import origin_config
from dltrain.run.writing import recorded_versions
from dltrain.workflows.audience import Audience
from dltrain.workflows.disk_space import check_disk_space
from dltrain.workflows.fit import FitResult, complete
from dltrain.workflows.preparing import Prepared, prepare
from dltrain.workflows.tensorflow_import import import_heavy_rooms, import_in_background

_SHOWN = 5
"""Most differences of two configs that an error lists."""


def resume(
    path: Path,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    *,
    audience: Audience | None = None,
    imports_ahead: bool = False,
) -> FitResult:
    """Goes on with a fit as if it had never been interrupted: the same weights, history and metrics come out.

    Args:
        path: The run directory.
        config: The config file, to make sure that it still says what the run was begun with; None takes the run's own.
        overrides: `KEY=VALUE`, as the run was begun with.
        audience: Who follows it; None for nobody.
        imports_ahead: As for `fit`.

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
        stored = origin_config(run.origin, source=str(path))
        _check_versions(path, run.origin)
        given = _given_config(stored, config, overrides)
        if config is None:
            _check_config(path, stored.config, given.config)
        finish_import = import_in_background() if imports_ahead else import_heavy_rooms
        prepared = prepare(given, audience.watch)
        # First the table: kinds and class weights in the config follow from it.
        _check_data(path, run.origin, prepared)
        _check_config(path, stored.config, prepared.config)
        _check_history(path, checkpoint, prepared.config)
        audience.notify(prepared.summary)
        check_disk_space(path, prepared.config, prepared.preprocessing, is_resumed=True)
        with audience.watch.stage("import"):
            finish_import()
        return complete(prepared, run, checkpoint, audience)


def _given_config(stored: LoadedConfig, config: Path | None, overrides: Sequence[str]) -> LoadedConfig:
    if config is not None:
        return load_config(config, overrides)
    # The run's own config says everything already.
    return config_from_dict(stored.document.data, overrides) if overrides else stored


def _check_versions(path: Path, origin: Origin) -> None:
    here = recorded_versions()
    differences = [
        f"{name} {origin.versions.get(name, 'none')} (here {here.get(name, 'none')})"
        for name in sorted(origin.versions.keys() | here.keys())
        if origin.versions.get(name) != here.get(name)
    ]
    if differences:
        raise ConfigError(
            f"{path}: was begun with other versions, which may compute other bits: {', '.join(differences)}",
            hint="go on with those versions, or fit anew",
        )


def _check_config(path: Path, stored: Config, given: Config) -> None:
    differences = config_differences(stored, given)
    lines = [f"{key}: expected {old}, got {new}" for key, (old, new) in list(differences.items())[:_SHOWN]]
    if len(differences) > _SHOWN:
        lines.append(f"and {len(differences) - _SHOWN:,} more")
    if differences:
        raise ConfigError(
            f"{path}: a run goes on with the config it was begun with; this one differs\n  " + "\n  ".join(lines),
            hint="a run with another config is a new one: dltrain fit CONFIG without --resume",
        )


def _check_history(path: Path, checkpoint: Checkpoint, config: Config) -> None:
    for epoch in checkpoint.epochs[:1]:
        if set(epoch.metrics) != set(config.metrics or ()):
            raise RunError(f"{path}: damaged checkpoint: expected the metrics of its config, got {list(epoch.metrics)}")


def _check_data(path: Path, origin: Origin, prepared: Prepared) -> None:
    for role, file in origin.data.items():
        found = prepared.files.get(role)
        # Another path is another config.
        if found is not None and found.path == file.path and found != file:
            raise DataError(
                f"{file.path}: expected the table that {path} was begun with, this one has changed "
                f"({role}: sha256 {file.sha256[:12]}…)",
                hint="go on with the old table, or fit anew",
            )
