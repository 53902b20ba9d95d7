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

_NO_TABLES: Final = (Path("/dev"), Path("/proc"), Path("/sys"))
"""Where a system shows itself as files, some of them without an end."""


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
            place = _find(file, run.path)
            if place is None:
                raise _not_found(file, run.path)
            places[role] = str(place)
    return replace(run.loaded_config, config=_naming(config, places))


def with_own_tables(origin: AnyOrigin, path: Path) -> AnyOrigin:
    """What an unfinished run or group was begun with, its tables named where they lie now.

    Args:
        origin: What it was begun with. A table that lies nowhere is named as before: whoever reads it says so.
        path: The directory.

    Raises:
        RunError: Its config is none.
    """
    places = {role: str(_find(file, path) or file.path) for role, file in origin.data.items()}
    data = {role: file.model_copy(update={"path": places[role]}) for role, file in origin.data.items()}
    if data == origin.data:
        return origin
    stored = origin_config(origin, source=str(path)).config
    config = _naming(stored, {str(role): place for role, place in places.items()})
    return origin.model_copy(update={"data": data, "config": to_yaml(config)})


def lies_somewhere(file: DataFile, path: Path) -> bool:
    """Whether a table of a run seems to be where `own_tables` looks; its bytes are not read.

    Args:
        file: The table.
        path: The run directory.
    """
    return any(_may_be(place, file) for place in _places(file, path))


def _naming(config: Config, places: Mapping[str, str]) -> Config:
    """A config whose tables lie elsewhere, by their roles."""
    data = config.data.model_copy(update={"path": places["data"]})
    parts = {role: place for role, place in places.items() if role != "data"}
    return config.model_copy(update={"data": data, "split": config.split.model_copy(update=parts)})


def _find(file: DataFile, path: Path) -> Path | None:
    """Where a table of a run lies, byte by byte; None when it lies nowhere."""
    for place in _places(file, path):
        # What cannot be read here may be read there.
        with suppress(OSError):
            if _may_be(place, file) and sha256_of(place) == file.sha256:
                return place
    return None


def _not_found(file: DataFile, path: Path) -> DataError:
    """The error for a table that lies nowhere."""
    recorded, *moved = _places(file, path)
    if not _is_file(recorded):
        other = next(filter(_is_file, moved), None)
        advice = f"{other} has other bytes" if other else "if it was moved, give it its old place beside the run"
        return DataError(
            f"{recorded}: expected the table this run was made from, got no such file",
            hint=f"{advice}; --data FILE scores another labelled table",
        )
    try:
        recorded.open("rb").close()
    except OSError as error:
        return DataError(f"{recorded}: cannot be read: {error.strerror}")
    return DataError(
        f"{recorded}: the table has changed since this run was made, so its held-out test rows are not known",
        hint="fit again, or score another labelled table with --data FILE",
    )


def _places(file: DataFile, path: Path) -> Iterator[Path]:
    """Where a table was, and where it would lie had it been moved along with a directory, the likeliest place first."""
    recorded = Path(file.path)
    yield recorded
    names = recorded.parts[1:][-_MOST_PARTS:]
    # A directory may be named by a link that lies elsewhere.
    folders = (*Path(os.path.abspath(path)).parents, *path.resolve().parents)  # noqa: PTH100 - leaves links alone
    for folder in dict.fromkeys(folders):
        for n_left in range(len(names)):
            yield folder.joinpath(*names[n_left:])


def _may_be(place: Path, file: DataFile) -> bool:
    """Whether a table may lie in a place, by its size: no table is empty."""
    return _is_file(place) and place.stat().st_size == file.size > 0


def _is_file(place: Path) -> bool:
    """Whether a file lies in a place; unlike Path's own question, it says no to names that cannot be."""
    if not os.path.isfile(place):  # noqa: PTH113
        return False
    real = place.resolve()
    return not any(real.is_relative_to(folder) for folder in _NO_TABLES)
