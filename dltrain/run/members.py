"""A directory of several runs that belong together: `fold-1`, `fold-2`, … or `seed-1`, `seed-2`, ….

Beside them lies a file that says what they began with, and, when all of them are finished, one with what they say
together.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from dltrain.config.sections.data import Task
from dltrain.config.sections.section import Section, SectionT
from dltrain.config.yaml.reader import MAX_BYTES
from dltrain.errors import RunError
from dltrain.run.atomic import next_number, output_errors, writing_file, writing_folder
from dltrain.run.checkpoint import Origin, is_unfinished
from dltrain.run.lock import LOCK_NAME, is_locked, locked
from dltrain.run.manifest import MANIFEST_NAME, Moment
from dltrain.run.opening import read_file
from dltrain.run.strict_json import parse_json, to_json

_MAX_BYTES: Final = 2 * MAX_BYTES
"""The config as a JSON text, in which line ends and quotes take two characters."""


class Group(NamedTuple):
    """A kind of such directories.

    Attributes:
        member: What its runs are named.
        noun: What messages call it.
        origin_name: File that says what it began with.
        summary_name: File with the result; it is finished when it has one.
    """

    member: Literal["fold", "seed"]
    noun: str
    origin_name: str
    summary_name: str


FOLDS: Final = Group("fold", "cross-validation", "cross_validation.json", "folds.json")
SEEDS: Final = Group("seed", "set of seeds", "several_seeds.json", "seeds.json")


class GroupOrigin(Origin):
    """What the runs began with: the config of all of them; what a fit resolves is still open in it."""

    name: str
    """Of the config."""

    @model_validator(mode="after")
    def _has_a_table(self) -> Self:
        if "data" not in self.data:
            raise ValueError("data: no entry for data")
        return self


class Spread(Section):
    """A metric over the runs."""

    mean: float | None
    """Of the runs in which it is defined; null when there is none."""
    sd: float | None
    """Sample standard deviation (n - 1); null with fewer than two values."""
    values: Annotated[tuple[float | None, ...], Field(fail_fast=True)]
    """In the order of the runs; null where undefined."""
    baseline: float | None
    """Mean over the runs of the same metric of the trivial prediction."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.mean is not None and not any(value is not None for value in self.values):
            raise ValueError("mean: expected null where no run has a value")
        return self


class GroupSummary(Section):
    """What the runs say together."""

    format: Literal[1] = 1
    """Format number of the file."""
    created: Moment
    """When, in ISO 8601 with time zone."""
    config: str
    """Name of the config."""
    task: Task
    """What kind of prediction."""
    metrics: Annotated[dict[str, Spread], Field(min_length=1)]
    """By name: mean and spread over the runs, of their test rows."""
    validation: dict[str, Spread] | None = None
    """Likewise, of their validation rows. The first cross-validations have none."""

    def check_spreads(self, n_runs: int) -> None:
        """Checks that every metric has a value of every run.

        Raises:
            ValueError: One has not.
        """
        for spreads in (self.metrics, self.validation or {}):
            for name, spread in spreads.items():
                if len(spread.values) != n_runs:
                    raise ValueError(f"{name}: expected {n_runs:,} values, got {len(spread.values):,}")


def group_of(path: Path) -> Group | None:
    """What kind of group a directory holds, finished or not; None for anything else."""
    return next((group for group in (FOLDS, SEEDS) if os.path.lexists(path / group.origin_name)), None)


def is_finished(path: Path, group: Group) -> bool:
    """Whether a group has a result."""
    return os.path.lexists(path / group.summary_name)


def is_being_worked_on(path: Path) -> bool:
    """Whether a process works on this group now. Nothing is written."""
    return is_locked(path / LOCK_NAME)


@contextmanager
def working_on(path: Path) -> Iterator[None]:
    """Makes sure that nobody else works on a group.

    Raises:
        OutputError: Somebody does, or it cannot be written.
    """
    with output_errors(path), locked(path, lock_path=path / LOCK_NAME):
        yield


def member_path(path: Path, group: Group, number: int) -> Path:
    """The run directory of a member, counted from 1."""
    return path / f"{group.member}-{number}"


def member_state(path: Path, group: Group, number: int) -> Literal["missing", "unfinished", "finished"]:
    """How far a member has come.

    Raises:
        RunError: There is something else of its name.
    """
    folder = member_path(path, group, number)
    if not os.path.lexists(folder):
        return "missing"
    if is_unfinished(folder):
        return "unfinished"
    if os.path.lexists(folder / MANIFEST_NAME):
        return "finished"
    raise RunError(f"{folder}: damaged run: expected a checkpoint or a manifest in it, got none")


def check_next_member(path: Path, group: Group, number: int) -> None:
    """Checks that a new run of the group's name gets this number.

    Raises:
        RunError: A member that comes later is there already.
    """
    word = group.member
    if (found := next_number(path, word)) != number:
        raise RunError(f"{path}: damaged {group.noun}: {word}-{found - 1} is there, {word}-{number} is not")


def begin_group(parent: Path, name: str, group: Group, origin: GroupOrigin) -> Path:
    """Makes the directory `<parent>/<name>-<n>`.

    Raises:
        OutputError: It cannot be written.
    """
    with writing_folder(parent, name) as (folder, final):
        (folder / group.origin_name).write_text(to_json(origin), encoding="utf-8")
    return final[0]


def write_group_origin(path: Path, group: Group, origin: GroupOrigin) -> None:
    """Writes anew what a group began with.

    Raises:
        OutputError: It cannot be written.
    """
    with writing_file(path / group.origin_name, overwrite=True) as stream:
        stream.write(to_json(origin).encode())


def read_origin_as(model: type[SectionT], path: Path, group: Group) -> SectionT:
    """What a group began with.

    Raises:
        RunError: The file is missing or damaged.
    """
    return _read(path / group.origin_name, model, group)


def read_summary_as(model: type[SectionT], path: Path, group: Group) -> SectionT:
    """The result of a finished group.

    Raises:
        RunError: The file is missing or damaged.
    """
    return _read(path / group.summary_name, model, group)


def write_group_summary(path: Path, group: Group, summary: GroupSummary) -> None:
    """Writes the result.

    Raises:
        OutputError: It cannot be written.
    """
    with writing_file(path / group.summary_name) as stream:
        stream.write(to_json(summary).encode())


def _read(path: Path, model: type[SectionT], group: Group) -> SectionT:
    try:
        return parse_json(read_file(path, max_bytes=_MAX_BYTES), model)
    except ValueError as error:
        raise RunError(f"{path}: damaged {group.noun}: {error}") from error
