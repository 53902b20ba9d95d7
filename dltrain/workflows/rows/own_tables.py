"""The tables that a run was made from: where they were, or where they lie if they were moved along with the run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from dltrain.config import LoadedConfig
from dltrain.errors import DataError
from dltrain.run import DataFile, Run, sha256_of

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
    known = given or {}
    found = {
        str(role): str(known[role] if role in known else _find(file, run)) for role, file in run.manifest.data.items()
    }
    data = config.data.model_copy(update={"path": found.pop("data")})
    config = config.model_copy(update={"data": data, "split": config.split.model_copy(update=found)})
    return replace(run.loaded_config, config=config)


def _find(file: DataFile, run: Run) -> Path:
    """Where the table lies now."""
    recorded = Path(file.path)
    try:
        if _is(recorded, file):
            return recorded
    except OSError as error:
        raise DataError(f"{recorded}: cannot be read: {error.strerror}") from error
    others = []
    for place in _moved(recorded, run.path):
        # What cannot be read is not what was moved along with a run that can.
        with suppress(OSError):
            if _is(place, file):
                return place
            if os.path.isfile(place):  # noqa: PTH113 - as below
                others.append(place)
    if not os.path.isfile(recorded):  # noqa: PTH113
        moved = f"{others[0]} has other bytes" if others else "if it was moved, give it its old place beside the run"
        raise DataError(
            f"{recorded}: expected the table this run was made from, got no such file",
            hint=f"{moved}; --data FILE scores another labelled table",
        )
    raise DataError(
        f"{recorded}: the table has changed since this run was made, so its held-out test rows are not known",
        hint="fit again, or score another labelled table with --data FILE",
    )


def _is(place: Path, file: DataFile) -> bool:
    """Whether a table lies in a place, byte by byte."""
    # Unlike Path's, os.path.isfile says no to names that cannot be.
    return os.path.isfile(place) and place.stat().st_size == file.size and sha256_of(place) == file.sha256  # noqa: PTH113


def _moved(recorded: Path, run: Path) -> Iterator[Path]:
    """Where a table would lie that was moved along with the run, the likeliest place first."""
    names = recorded.parts[1:][-_MOST_PARTS:]
    for folder in run.absolute().parents:
        for n_left in range(len(names)):
            yield folder.joinpath(*names[n_left:])
