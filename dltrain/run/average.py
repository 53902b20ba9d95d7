"""The average of several seeds: a run in their directory, made of the networks of the others."""

import os
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from dltrain.config.sections.section import Section
from dltrain.errors import escaped
from dltrain.run.manifest import MANIFEST_NAME

AVERAGE: Final = "average"
"""Name of its run directory."""

MOST_SEEDS: Final = 100
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Average(Section):
    """Which networks a network is the average of, taken of their outputs before the last activation."""

    config: str
    """Name of their config."""
    seeds: Annotated[tuple[Seed, ...], Field(min_length=2, max_length=MOST_SEEDS, fail_fast=True)]
    """`training.seed` of each of them."""

    def __str__(self) -> str:
        return f"average of {len(self.seeds)} seeds of {escaped(self.config)}"

    @property
    def seeds_text(self) -> str:
        """The first and the last seed; they are in a row.

        >>> Average(config="wine", seeds=(7, 8, 9)).seeds_text
        '7 to 9'
        """
        return f"{self.seeds[0]} to {self.seeds[-1]}"


def average_path(group: Path) -> Path:
    """The run directory of the average of several seeds, whether there is one or not."""
    return group / AVERAGE


def has_average(group: Path) -> bool:
    """Whether several seeds have an average."""
    return os.path.lexists(average_path(group) / MANIFEST_NAME)
