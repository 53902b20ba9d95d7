"""A cross-validation as the Python API hands it out."""

from functools import cached_property
from pathlib import Path
from typing import Any

from dltrain.run.folds import OUT_OF_FOLD, FoldsSummary
from dltrain.run.gates import judge_group
from dltrain.run.members import FOLDS, member_path
from dltrain.workflows.models.model import Model, load


class FoldModels:
    """The networks of a cross-validation and what they say together.

    Args:
        path: Its directory.
        summary: Its result.
    """

    def __init__(self, path: Path, summary: FoldsSummary) -> None:
        self.path = path
        self._summary = summary

    def __repr__(self) -> str:
        return f"FoldModels({str(self.path)!r}, folds={self._summary.folds}, task={self._summary.task!r})"

    @property
    def metrics(self) -> dict[str, Any]:
        """Metric → `mean`, `sd` and `values` over the folds, and `baseline`."""
        return {name: spread.model_dump() for name, spread in self._summary.metrics.items()}

    @property
    def out_of_fold(self) -> dict[str, Any]:
        """`rows`, `metrics` and `baseline` of all rows together, each predicted by a network that did not see it."""
        return self._summary.out_of_fold.model_dump()

    @property
    def out_of_fold_path(self) -> Path:
        """The CSV of these predictions."""
        return self.path / OUT_OF_FOLD

    @property
    def gates(self) -> list[dict[str, Any]]:
        """What `expect` in the config says of the means: `gate`, `expected`, `value` and whether it is `reached`."""
        return [gate.to_dict() for gate in judge_group(self.folds[0].run.config, self._summary)]

    @cached_property
    def folds(self) -> tuple[Model, ...]:
        """The network of each fold."""
        return tuple(load(member_path(self.path, FOLDS, fold)) for fold in range(1, self._summary.folds + 1))
