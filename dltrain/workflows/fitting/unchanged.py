"""What has to be the same when a training goes on: versions, config and tables."""

from collections.abc import Mapping
from pathlib import Path

from dltrain.config import Config
from dltrain.config.differences import config_differences
from dltrain.errors import ConfigError, DataError
from dltrain.run import DataFile, Origin
from dltrain.run.writing import recorded_versions

_SHOWN = 5
"""Most differences of two configs that an error lists."""


def check_versions(path: Path, origin: Origin) -> None:
    """Checks that the libraries are those that the training was begun with.

    Raises:
        ConfigError: Some are others.
    """
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


def check_same_config(path: Path, stored: Config, given: Config) -> None:
    """Checks that a config says what the training was begun with.

    Raises:
        ConfigError: With the keys that differ.
    """
    differences = config_differences(stored, given)
    lines = [f"{key}: expected {old}, got {new}" for key, (old, new) in list(differences.items())[:_SHOWN]]
    if len(differences) > _SHOWN:
        lines.append(f"and {len(differences) - _SHOWN:,} more")
    if differences:
        raise ConfigError(
            f"{path}: a run goes on with the config it was begun with; this one differs\n  " + "\n  ".join(lines),
            hint="a run with another config is a new one: dltrain fit CONFIG without --resume",
        )


def check_data(path: Path, origin: Origin, files: Mapping[str, DataFile]) -> None:
    """Checks that the tables are those that the training was begun with.

    Args:
        path: The run directory.
        origin: What it was begun with.
        files: The tables by role, as they were read now.

    Raises:
        DataError: One has changed.
    """
    for role, file in origin.data.items():
        found = files.get(role)
        # Another path is another config.
        if found is not None and found.path == file.path and found != file:
            raise DataError(
                f"{file.path}: expected the table that {path} was begun with, this one has changed "
                f"({role}: sha256 {file.sha256[:12]}…)",
                hint="go on with the old table, or fit anew",
            )
