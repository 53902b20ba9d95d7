"""Section `split`: which rows are for training, validation and testing."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dltrain.config.sections.section import Section

Strategy = Literal["random", "stratified", "group", "time", "column", "hash"]
ColumnStrategy = Literal["group", "time", "column", "hash"]
"""Those that look at `column`."""
FoldStrategy = Literal["random", "stratified", "group", "hash"]
"""Those that make folds."""

FractionOrFile = Annotated[float, Field(gt=0, lt=1)] | Annotated[str, Field(min_length=1)]


class SplitSection(Section):
    """How the rows are divided. Fractions are of all rows of `data.path` that have a target."""

    strategy: Strategy | None = None
    """random; stratified: every class in proportion; group: rows with the same value of `column` stay together;
    time: the latest rows test, those before them validate; column: `column` says train, validation or test;
    hash: a row keeps its side when the table grows. Default: stratified for classes, random for regression."""

    column: str | None = None
    """The column that strategies group, time, column and hash look at."""

    test: FractionOrFile = 0.2
    """Rows never used for fitting anything: a fraction in (0, 1), or the path of a labelled file."""

    validation: FractionOrFile = 0.16
    """Rows that judge each epoch: a fraction in (0, 1), or the path of a labelled file."""

    folds: int | None = Field(default=None, ge=2, le=100)
    """Cross-validation: so many parts of the rows, one after the other for testing, each with a network of its own.
    `test` is then 1 / `folds`. Not with strategies time and column."""

    fold: int | None = Field(default=None, ge=1)
    """Only this fold, counted from 1, as a run of its own; every run of a cross-validation says which one it is."""

    seed: int = Field(default=0, ge=0, lt=2**32)
    """Seed of the random choice of rows."""

    @model_validator(mode="before")
    @classmethod
    def _test_one_fold(cls, data: Any) -> Any:
        """Sets the share of the test rows that follows from the number of folds."""
        if not isinstance(data, dict) or "test" in data:
            return data
        folds = data.get("folds")
        return {**data, "test": 1 / folds} if isinstance(folds, int) and folds >= 2 else data
