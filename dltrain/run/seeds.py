"""The directory of a config that was fitted with several seeds: `seed-1`, `seed-2`, … are runs.

`several_seeds.json` says what it began with, `seeds.json` the result; `average` is a run, too, where one was wanted.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from dltrain.run.average import MOST_SEEDS, Seed
from dltrain.run.folds import FoldsSummary
from dltrain.run.manifest import Count
from dltrain.run.members import SEEDS, Group, GroupOrigin, GroupSummary, read_origin_as, read_summary_as


class SeedsOrigin(GroupOrigin):
    """What the runs began with: the config of the first one; the others have the seeds that follow."""

    seeds: Annotated[int, Field(ge=2, le=MOST_SEEDS)]
    """How many there are."""
    average: bool = False
    """Whether their average is wanted, too."""


class SeedsSummary(GroupSummary):
    """What the runs say together."""

    seeds: Annotated[tuple[Seed, ...], Field(min_length=2, fail_fast=True)]
    """`training.seed` of each run."""
    rows: Count
    """Test rows, the same ones for every run."""

    @property
    def group(self) -> Group:
        """Which kind of group it is the result of."""
        return SEEDS

    @property
    def n_runs(self) -> int:
        """How many runs it sums up."""
        return len(self.seeds)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        self.check_spreads(self.n_runs)
        return self


def read_group_origin(path: Path, group: Group) -> GroupOrigin:
    """What a group of either kind began with.

    Raises:
        RunError: The file is missing or damaged.
    """
    return read_origin_as(SeedsOrigin if group == SEEDS else GroupOrigin, path, group)


def read_group_summary(path: Path, group: Group) -> FoldsSummary | SeedsSummary:
    """The result of a finished group of either kind.

    Raises:
        RunError: The file is missing or damaged.
    """
    if group == SEEDS:
        return read_summary_as(SeedsSummary, path, group)
    return read_summary_as(FoldsSummary, path, group)
