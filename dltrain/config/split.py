"""Section `split`: which rows are for training, validation and testing."""

from typing import Annotated, Literal

from pydantic import Field

from dltrain.config.section import Section

Strategy = Literal["random", "stratified", "group", "time", "column", "hash"]
Part = Annotated[float, Field(gt=0, lt=1)] | Annotated[str, Field(min_length=1)]


class SplitSection(Section):
    """How the rows are divided. Fractions are of all rows of `data.path` that have a target."""

    strategy: Strategy | None = None
    """random; stratified: every class in proportion; group: rows with the same value of `column` stay together;
    time: the latest rows test, those before them validate; column: `column` says train, validation or test;
    hash: a row keeps its side when the table grows. Default: stratified for classes, random for regression."""

    column: str | None = None
    """The column that strategies group, time, column and hash look at."""

    test: Part = 0.2
    """Rows never used for fitting anything: a fraction in (0, 1), or the path of a labelled file."""

    validation: Part = 0.16
    """Rows that judge each epoch: a fraction in (0, 1), or the path of a labelled file."""

    seed: int = Field(default=0, ge=0, lt=2**32)
    """Seed of the random choice of rows."""
