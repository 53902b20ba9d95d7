"""Several seeds of one config as the Python API hands them out."""

from functools import cached_property
from pathlib import Path
from typing import Any

from dltrain.run.average import average_path, has_average
from dltrain.run.gates import judge_group
from dltrain.run.members import SEEDS, member_path
from dltrain.run.seeds import SeedsSummary
from dltrain.workflows.models.model import Model, load


class SeedModels:
    """The networks of several seeds and what they say together.

    Args:
        path: Their directory.
        summary: Their result.
    """

    def __init__(self, path: Path, summary: SeedsSummary) -> None:
        self.path = path
        self._summary = summary

    def __repr__(self) -> str:
        return f"SeedModels({str(self.path)!r}, seeds={list(self._summary.seeds)}, task={self._summary.task!r})"

    @property
    def metrics(self) -> dict[str, Any]:
        """Metric → `mean`, `sd` and `values` over the seeds, and `baseline`; all of the same test rows."""
        return {name: spread.model_dump() for name, spread in self._summary.metrics.items()}

    @property
    def gates(self) -> list[dict[str, Any]]:
        """What `expect` in the config says of the means: `gate`, `expected`, `value` and whether it is `reached`."""
        return [gate.to_dict() for gate in judge_group(self.seeds[0].run.config, self._summary)]

    @cached_property
    def seeds(self) -> tuple[Model, ...]:
        """The network of each seed."""
        return tuple(load(member_path(self.path, SEEDS, number)) for number in range(1, len(self._summary.seeds) + 1))

    @cached_property
    def average(self) -> Model | None:
        """Their average as one network; None when there is none."""
        return load(average_path(self.path)) if has_average(self.path) else None
