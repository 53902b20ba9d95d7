"""The directory of a cross-validation: `fold-1`, `fold-2`, … are runs, and three files stand beside them.

`cross_validation.json` says what it began with, `out_of_fold.csv` has the prediction of every row by the network that
did not see it, and `folds.json`, the last one, the result: a cross-validation is finished when it has one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import Field

from dltrain.config.data import Task
from dltrain.config.section import Section
from dltrain.config.yaml_reader import MAX_BYTES
from dltrain.errors import RunError
from dltrain.run.atomic import next_number, output_errors, writing_file, writing_folder
from dltrain.run.checkpoint import Origin, is_unfinished
from dltrain.run.lock import is_locked, locked
from dltrain.run.manifest import MANIFEST_NAME, Count
from dltrain.run.metrics_file import Scores
from dltrain.run.opening import read_file
from dltrain.run.strict_json import parse_json

OUT_OF_FOLD: Final = "out_of_fold.csv"

_ORIGIN: Final = "cross_validation.json"
_SUMMARY: Final = "folds.json"
_LOCK: Final = ".lock"
_MAX_BYTES: Final = 2 * MAX_BYTES
"""The config as a JSON text, in which line ends and quotes take two characters."""

Model = TypeVar("Model", bound=Section)


class FoldsOrigin(Origin):
    """What a cross-validation began with. The config has no fold, and what a fit resolves is still open in it."""

    name: str
    """Of the config."""


class Spread(Section):
    """A metric over the folds."""

    mean: float | None
    """Of the folds in which it is defined; null when there is none."""
    sd: float | None
    """Sample standard deviation (n - 1); null with fewer than two values."""
    values: Annotated[tuple[float | None, ...], Field(fail_fast=True)]
    """In the order of the folds; null where undefined."""
    baseline: float | None
    """Mean over the folds of the same metric of the trivial prediction."""


class FoldsSummary(Section):
    """The result of a cross-validation."""

    format: Literal[1] = 1
    """Format number of the file."""
    created: str
    """When, in ISO 8601 with time zone."""
    config: str
    """Name of the config."""
    task: Task
    """What kind of prediction."""
    folds: Count
    """How many there are."""
    rows: Annotated[tuple[Count, ...], Field(fail_fast=True)]
    """Test rows of each fold."""
    metrics: dict[str, Spread]
    """By name: mean and spread over the folds, of their test rows."""
    validation: dict[str, Spread] | None = None
    """Likewise, of their validation rows. The first cross-validations have none."""
    out_of_fold: Scores
    """The same metrics of all rows together, each predicted by the network that did not see it."""


def is_cross_validation(path: Path) -> bool:
    """Whether this is the directory of a cross-validation, finished or not."""
    return os.path.lexists(path / _ORIGIN)


def is_finished(path: Path) -> bool:
    """Whether a cross-validation has a result."""
    return os.path.lexists(path / _SUMMARY)


def is_being_validated(path: Path) -> bool:
    """Whether a process works on this cross-validation now. Nothing is written."""
    return is_locked(path / _LOCK)


def fold_path(path: Path, fold: int) -> Path:
    """The run directory of a fold, counted from 1."""
    return path / f"fold-{fold}"


def fold_state(path: Path, fold: int) -> Literal["missing", "unfinished", "finished"]:
    """How far a fold has come.

    Raises:
        RunError: There is something else of its name.
    """
    folder = fold_path(path, fold)
    if not os.path.lexists(folder):
        return "missing"
    if is_unfinished(folder):
        return "unfinished"
    if os.path.lexists(folder / MANIFEST_NAME):
        return "finished"
    raise RunError(f"{folder}: damaged run: expected a checkpoint or a manifest in it, got none")


def begin_folds(parent: Path, name: str, origin: FoldsOrigin) -> Path:
    """Makes the directory `<parent>/<name>-<n>`.

    Raises:
        OutputError: It cannot be written.
    """
    with writing_folder(parent, name) as (folder, final):
        (folder / _ORIGIN).write_text(_json(origin), encoding="utf-8")
    return final[0]


@contextmanager
def working_on(path: Path) -> Iterator[None]:
    """Makes sure that nobody else works on a cross-validation.

    Raises:
        OutputError: Somebody does, or it cannot be written.
    """
    with output_errors(path), locked(path, lock_path=path / _LOCK):
        yield


def check_next_fold(path: Path, fold: int) -> None:
    """Checks that a new run of the name `fold` gets the number of this fold.

    Raises:
        RunError: A fold that comes later is there already.
    """
    if (number := next_number(path, "fold")) != fold:
        raise RunError(f"{path}: damaged cross-validation: fold-{number - 1} is there, fold-{fold} is not")


def read_origin(path: Path) -> FoldsOrigin:
    """What a cross-validation began with.

    Raises:
        RunError: The file is missing or damaged.
    """
    return _read(path / _ORIGIN, FoldsOrigin)


def read_summary(path: Path) -> FoldsSummary:
    """The result of a finished cross-validation.

    Raises:
        RunError: The file is missing or damaged.
    """
    return _read(path / _SUMMARY, FoldsSummary)


def write_summary(path: Path, summary: FoldsSummary) -> None:
    """Writes the result.

    Raises:
        OutputError: It cannot be written.
    """
    with writing_file(path / _SUMMARY) as stream:
        stream.write(_json(summary).encode())


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return parse_json(read_file(path, max_bytes=_MAX_BYTES), model)
    except ValueError as error:
        raise RunError(f"{path}: damaged cross-validation: {error}") from error


def _json(section: Section) -> str:
    return section.model_dump_json(indent=2) + "\n"
