"""The directory of a cross-validation: `fold-1`, `fold-2`, … are runs, and three files stand beside them.

`cross_validation.json` says what it began with, `out_of_fold.csv` has the prediction of every row by the network that
did not see it, and `folds.json`, the last one, the result: a cross-validation is finished when it has one.
"""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from dltrain.run.manifest import Count
from dltrain.run.members import FOLDS, Group, GroupSummary
from dltrain.run.metrics_file import Scores

OUT_OF_FOLD: Final = "out_of_fold.csv"


class FoldsSummary(GroupSummary):
    """The result of a cross-validation."""

    folds: Annotated[int, Field(ge=2)]
    """How many there are."""
    rows: Annotated[tuple[Count, ...], Field(fail_fast=True)]
    """Test rows of each fold."""
    out_of_fold: Scores
    """The same metrics of all rows together, each predicted by the network that did not see it."""

    @property
    def group(self) -> Group:
        """Which kind of group it is the result of."""
        return FOLDS

    @property
    def n_runs(self) -> int:
        """How many runs it sums up."""
        return self.folds

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if len(self.rows) != self.folds:
            raise ValueError(f"rows: expected {self.folds:,} numbers, got {len(self.rows):,}")
        if self.out_of_fold.metrics.keys() != self.metrics.keys():
            raise ValueError("out_of_fold: expected the same metrics as over the folds")
        self.check_spreads(self.folds)
        return self
