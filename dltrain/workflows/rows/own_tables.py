"""The tables that a run was made from: where they were, or where they lie if they were moved along with the run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from dltrain.config import Config, LoadedConfig, to_yaml
from dltrain.errors import DataError
from dltrain.run import DataFile, Origin, Run, sha256_of
from dltrain.run.checkpoint import origin_config

AnyOrigin = TypeVar("AnyOrigin", bound=Origin)

_MOST_PARTS: Final = 16
"""Names at the end of a path that are looked for beside a run that was moved."""


def own_tables(run: Run, *, given: Mapping[str, str] | None = None) -> LoadedConfig:
    """Finds the tables that a run was made from, each of them byte by byte what it was.

    A table that is not where it was any more, or has changed there, is looked for as if it had been moved along with
    the run: under every folder that the run lies in, by the end of its path.

    Args:
        run: The run.
        given: Role in its manifest → where a table was found already.

    Returns:
        Its config, which names the tables where they lie now.

    Raises:
        DataError: One is gone, has changed, or cannot be read.
    """
    config = run.config
    named = {"data": config.data.path, "test": config.split.test, "validation": config.split.validation}
    if {role: path for role, path in named.items() if isinstance(path, str)} != {
        role: file.path for role, file in run.manifest.data.items()
    }:
        # What is read would not be what is verified.
        raise DataError(
            f"{run.path}: expected config.yaml and manifest.json to name the same tables, got different ones"
        )
    places = dict(given or {})
    for role, file in run.manifest.data.items():
        if role not in places:
            places[role] = str(_find(file, run))
    return replace(run.loaded_config, config=_naming(config, places))


def with_own_tables(origin: AnyOrigin, path: Path) -> AnyOrigin:
    """What an unfinished run or group was begun with, with its tables where they lie if they were moved along with it.

    Args:
        origin: What it was begun with.
        path: The directory.

    Returns:
        The same where all tables are where they were, or one is nowhere: whoever reads it says so.

    Raises:
        RunError: Its config is none.
    """
    data = dict(origin.data)
    for role, file in origin.data.items():
        place = None if _is_there(Path(file.path)) else _beside(file, path)
        if place is not None:
            data[role] = file.model_copy(update={"path": str(place)})
    if data == origin.data:
        return origin
    stored = origin_config(origin, source=str(path)).config
    config = _naming(stored, {str(role): file.path for role, file in data.items()})
    return origin.model_copy(update={"data": data, "config": to_yaml(config)})


def _naming(config: Config, places: Mapping[str, str]) -> Config:
    """A config whose tables lie elsewhere, by their roles."""
    data = config.data.model_copy(update={"path": places["data"]})
    parts = {role: place for role, place in places.items() if role != "data"}
    return config.model_copy(update={"data": data, "split": config.split.model_copy(update=parts)})


def _find(file: DataFile, run: Run) -> Path:
    """Where the table lies now."""
    recorded = Path(file.path)
    try:
        if _is(recorded, file):
            return recorded
    except OSError as error:
        raise DataError(f"{recorded}: cannot be read: {error.strerror}") from error
    if (place := _beside(file, run.path)) is not None:
        return place
    if not _is_there(recorded):
        other = next(filter(_is_there, _moved(recorded, run.path)), None)
        advice = f"{other} has other bytes" if other else "if it was moved, give it its old place beside the run"
        raise DataError(
            f"{recorded}: expected the table this run was made from, got no such file",
            hint=f"{advice}; --data FILE scores another labelled table",
        )
    raise DataError(
        f"{recorded}: the table has changed since this run was made, so its held-out test rows are not known",
        hint="fit again, or score another labelled table with --data FILE",
    )


def _beside(file: DataFile, path: Path) -> Path | None:
    """Where a table lies that was moved along with a directory; None when it lies nowhere."""
    for place in _moved(Path(file.path), path):
        # What cannot be read is not what was moved along with a directory that can.
        with suppress(OSError):
            if _is(place, file):
                return place
    return None


def _moved(recorded: Path, path: Path) -> Iterator[Path]:
    """Where a table would lie that was moved along with a directory, the likeliest place first."""
    names = recorded.parts[1:][-_MOST_PARTS:]
    for folder in path.absolute().parents:
        for n_left in range(len(names)):
            yield folder.joinpath(*names[n_left:])


def _is(place: Path, file: DataFile) -> bool:
    """Whether a table lies in a place, byte by byte."""
    return _is_there(place) and place.stat().st_size == file.size and sha256_of(place) == file.sha256


def _is_there(place: Path) -> bool:
    """Whether a file lies in a place; unlike Path's own question, it says no to names that cannot be."""
    return os.path.isfile(place)  # noqa: PTH113
