"""What the page of a cross-validation, or of several seeds, shows, collected and measured by others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dltrain.features.preprocessing import Target
from dltrain.report.facts import Mistake, Result
from dltrain.run import DataFile, RunMetrics
from dltrain.run.folds import FoldsSummary
from dltrain.run.gates import JudgedGates
from dltrain.run.seeds import SeedsSummary
from dltrain.run.shared_diagnosis import SharedDiagnosis


@dataclass(frozen=True)
class MemberFacts:
    """One of the runs.

    Attributes:
        name: Of its directory.
        page: Address of its own page, seen from that of the group; None where there is none to go to.
        seed: `training.seed`.
        metrics: Its result.
        history: One row per epoch; none for runs whose curves are not drawn.
    """

    name: str
    page: str | None
    seed: int
    metrics: RunMetrics
    history: Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class PooledFacts:
    """The rows of all folds together, each predicted by the network that did not see it.

    Attributes:
        result: What there is to draw; None when predictions are not finite.
        mistakes: The worst first.
        places: What heads the columns of `Mistake.place`.
        intervals: Metric → its 95 % interval over the choice of the rows; None where it is undefined.
        n_groups: Groups of rows that count as one in the intervals; None where every row does.
    """

    result: Result | None
    mistakes: Sequence[Mistake]
    places: tuple[str, ...]
    intervals: Mapping[str, tuple[float, float] | None]
    n_groups: int | None = None


@dataclass(frozen=True)
class GroupFacts:
    """All that such a page shows.

    Attributes:
        name: Of the directory.
        summary: Its result.
        members: Its runs, in order.
        average: The result of their average; None when there is none.
        average_page: As `MemberFacts.page`.
        pooled: Of folds; None for seeds.
        target: What is predicted.
        n_columns: Columns that it is predicted from.
        diagnosis: What its runs could do better, each topic once.
        gates: What the config expects of it, judged.
        is_weighted: Whether rows count with weights in metrics.
        has_class_weights: Whether some of these are of their classes, which curves do without.
        config_text: What all runs began with, as YAML.
        versions: Of the libraries.
        data: Role → the table it was made from.
    """

    name: str
    summary: FoldsSummary | SeedsSummary
    members: Sequence[MemberFacts]
    average: RunMetrics | None
    average_page: str | None
    pooled: PooledFacts | None
    target: Target
    n_columns: int
    diagnosis: Sequence[SharedDiagnosis]
    gates: JudgedGates
    is_weighted: bool
    has_class_weights: bool
    config_text: str
    versions: Mapping[str, str]
    data: Mapping[str, DataFile]

    @property
    def word(self) -> str:
        """What one of its runs is called."""
        return self.summary.group.member

    @property
    def linear_name(self) -> str:
        """What the linear models are called: seeds have one and the same."""
        return "linear models" if isinstance(self.summary, FoldsSummary) else "linear model"

    @property
    def main_metric(self) -> str:
        """The first metric of the config."""
        return next(iter(self.summary.metrics))

    def linear(self, name: str) -> float | None:
        """The mean over the runs of a metric of the linear model, where it is defined; None where some have none."""
        models = [run.metrics.linear for run in self.members]
        known = [value for model in models if model and (value := model.metrics.get(name)) is not None]
        return sum(known) / len(known) if known and all(models) else None

    def n_defined(self, name: str) -> int:
        """In how many runs a metric is defined."""
        return sum(value is not None for value in self.summary.metrics[name].values)

    def together(self, name: str) -> tuple[str, float | None] | None:
        """A metric of all rows of a cross-validation, or of the average of several seeds, and what it is of."""
        if isinstance(self.summary, FoldsSummary):
            return "all rows", self.summary.out_of_fold.metrics[name]
        return None if self.average is None else ("average", self.average.test.metrics[name])
