"""The checkpoint of a run that is not finished: all that is needed to go on exactly, in one file.

`checkpoint/state-<n>.safetensors` holds the arrays of the training and two texts, its origin and its progress. The last
two files are kept: should the newest one be damaged, the one before it serves.
"""

import os
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal

import numpy as np

from dltrain.config import LoadedConfig
from dltrain.config.sections.section import Section
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import ConfigError, OutputError, RunError
from dltrain.machine import available_memory
from dltrain.run.atomic import sync, writing_file
from dltrain.run.history import Epoch, read_history
from dltrain.run.manifest import MANIFEST_NAME, DataFile
from dltrain.run.progress import Progress
from dltrain.run.saved_config import read_saved_config
from dltrain.run.strict_json import parse_json
from dltrain.run.tensors import read_tensors, read_texts, write_tensors

CHECKPOINT: Final = "checkpoint"
"""Name of the folder in a run directory. It is there until the run is finished."""

_NAME: Final = re.compile(r"state-(\d{1,9})\.safetensors")
_KEPT: Final = 2
_MOST: Final = _KEPT + 1
"""A process that is killed before it removes the oldest one leaves so many."""
_COPIES: Final = 3
"""Reading needs twice the size of the file, whatever is in it, and training goes on beside it."""


class Origin(Section):
    """What a training began with, and what has to be the same when it goes on."""

    format: Literal[1] = 1
    """Format number of the checkpoint."""
    created: str
    """When the training began, in ISO 8601 with time zone."""
    versions: dict[str, str]
    """Python, dltrain and the libraries."""
    data: dict[Literal["data", "test", "validation"], DataFile]
    """The tables."""
    config: str
    """The resolved config as YAML."""


@dataclass(frozen=True)
class Checkpoint:
    """A training at one moment.

    Attributes:
        origin: What it began with.
        progress: How far it has come.
        arrays: Its numbers, by name.
        note: Why it is not the newest one; None if it is.
        number: That of its file; 0 where it has none yet.
    """

    origin: Origin
    progress: Progress
    arrays: dict[str, np.ndarray]
    note: str | None = None
    number: int = 0

    @property
    def epochs(self) -> list[Epoch]:
        """The epochs that are over.

        Raises:
            RunError: The arrays hold another history.
        """
        # The first checkpoint has no arrays.
        return read_history(self.arrays, n_epochs=self.progress.epoch - 1) if self.arrays else []


def is_unfinished(path: Path) -> bool:
    """Whether this is a run directory that has no result yet."""
    # Unlike those of Path, these say no where they cannot look.
    return os.path.isdir(path / CHECKPOINT) and not os.path.lexists(path / MANIFEST_NAME)  # noqa: PTH112


def resume_command(path: Path) -> str:
    """The command that goes on with an unfinished run, to be pasted.

    >>> resume_command(Path("runs/my run-1"))
    "dltrain fit --resume 'runs/my run-1'"
    """
    return f"dltrain fit --resume {shlex.quote(str(path))}"


def check_is_inside(folder: Path) -> None:
    """Refuses a folder of checkpoints that lies elsewhere.

    Raises:
        RunError: It is a link.
    """
    if folder.is_symlink():
        raise RunError(f"{folder}: damaged run: expected a folder, got a link")


def write_first_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Makes `folder`, which nobody looks into yet, and writes the first file into it.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir()
    with _path(folder, 1).open("wb") as stream:
        _write(stream, checkpoint)
    sync(_path(folder, 1))


def write_next_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes the next file into `folder` and removes all but the last two.

    Raises:
        OutputError: It cannot be written.
    """
    numbers = _numbers(folder)
    with writing_file(_path(folder, max(numbers, default=0) + 1)) as stream:
        _write(stream, checkpoint)
    for number in numbers[: 1 - _KEPT]:
        _path(folder, number).unlink(missing_ok=True)


def read_checkpoint(folder: Path) -> Checkpoint:
    """Reads the newest file that is whole.

    Raises:
        RunError: There is none.
    """
    check_is_inside(folder)
    errors: list[RunError] = []
    for number in reversed(_numbers(folder)[-_MOST:]):
        try:
            checkpoint = _read(_path(folder, number))
        except RunError as error:
            errors.append(error)
        else:
            note = f"{errors[0].message}; the checkpoint before it is used" if errors else None
            return replace(checkpoint, note=note, number=number)
    raise errors[0] if errors else RunError(f"{folder}: damaged run: expected a checkpoint, got none")


def remove_later(folder: Path, checkpoint: Checkpoint) -> None:
    """Removes the damaged files that were written after a checkpoint: beside them it would not be kept.

    Raises:
        OSError: They cannot be removed.
    """
    for number in _numbers(folder):
        if number > checkpoint.number:
            _path(folder, number).unlink(missing_ok=True)


def read_progress(folder: Path) -> tuple[Origin, Progress]:
    """What the newest file says of a training, without its arrays and unverified: for looking at.

    Raises:
        RunError: There is none, or it says something else.
    """
    check_is_inside(folder)
    numbers = _numbers(folder)
    if not numbers:
        raise RunError(f"{folder}: damaged run: expected a checkpoint, got none")
    path = _path(folder, numbers[-1])
    return _read_texts(path, read_texts(path))


def origin_config(origin: Origin, *, source: str) -> LoadedConfig:
    """The resolved config that a training began with, as a fit takes it.

    Raises:
        RunError: It is none.
    """
    try:
        document = read_yaml(origin.config.encode(), source=source)
    except ConfigError as error:
        raise RunError(f"{source}: damaged checkpoint: {error.message}") from error
    return read_saved_config(document)


def _write(stream: BinaryIO, checkpoint: Checkpoint) -> None:
    texts = {"origin": checkpoint.origin.model_dump_json(), "progress": checkpoint.progress.model_dump_json()}
    write_tensors(stream, checkpoint.arrays, texts)


def _read(path: Path) -> Checkpoint:
    _check_memory(path)
    arrays, texts = read_tensors(path, max_bytes=sys.maxsize)
    checkpoint = Checkpoint(*_read_texts(path, texts), arrays)
    try:
        _ = checkpoint.epochs
    except RunError as error:
        raise RunError(f"{path}: {error.message}") from error
    return checkpoint


def _read_texts(path: Path, texts: Mapping[str, str]) -> tuple[Origin, Progress]:
    try:
        return parse_json(texts["origin"].encode(), Origin), parse_json(texts["progress"].encode(), Progress)
    except (KeyError, ValueError) as error:
        raise RunError(f"{path}: damaged checkpoint: {error}") from error


def _check_memory(path: Path) -> None:
    """Refuses to read what would not leave enough memory to go on; an older checkpoint would be no smaller.

    Raises:
        OutputError: The file is too large for this process.
    """
    try:
        needed = _COPIES * path.lstat().st_size
    except OSError:  # reading says why
        return
    if needed > (available := available_memory()):
        raise OutputError(
            f"{path}: expected {needed / 1e6:,.0f} MB of free memory to read it, got {available / 1e6:,.0f} MB",
            hint="end other programs, or go on where there is more memory; the checkpoint was not touched",
        )


def _numbers(folder: Path) -> list[int]:
    """The numbers of the files that are there, in order."""
    try:
        found = [_NAME.fullmatch(path.name) for path in folder.iterdir()]
    except OSError:
        return []
    return sorted(int(match[1]) for match in found if match)


def _path(folder: Path, number: int) -> Path:
    return folder / f"state-{number}.safetensors"
