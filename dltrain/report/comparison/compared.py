"""What a page that compares runs shows, collected and measured by others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dltrain.config.architecture import LayerSummary
from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import Verdict


@dataclass(frozen=True)
class DifferenceFacts:
    """A metric of a run less that of the first one, on the same rows.

    Attributes:
        value: nan where one of the two is undefined.
        low, high: Of the 95 % interval; nan where it is undefined.
        verdict: What it means for the run; "open": the two cannot be told apart.
    """

    value: float
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True)
class ComparedFacts:
    """One of the runs.

    Attributes:
        name: Unlike those of the others.
        path: The directory.
        created: When the run was made, ISO 8601.
        versions: Of the libraries that made it.
        metrics: Of the rows that all were measured on; nan where undefined.
        differences: By metric; empty for the first run.
        threshold: Probability above which a row has the positive label; None where none was settled.
        epochs: Trained; 0 for the average of other networks.
        best_epoch: Whose weights were kept, counted from 1.
        layers: Of the network, the inputs first.
        history: One row per epoch.
    """

    name: str
    path: str
    created: str
    versions: Mapping[str, str]
    metrics: Mapping[str, float]
    differences: Mapping[str, DifferenceFacts]
    threshold: float | None
    epochs: int
    best_epoch: int
    layers: tuple[LayerSummary, ...]
    history: Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class LossKind:
    """Runs whose validation losses measure the same.

    Attributes:
        runs: Their positions.
        loss: What they measure, in words.
        reasons: What is not as in the first run, in words; empty for the kind of the first run.
    """

    runs: tuple[int, ...]
    loss: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComparisonFacts:
    """All that such a page shows.

    Attributes:
        source: Which rows, in words.
        rows: How many.
        task: What kind of prediction.
        target: The column.
        is_weighted: Whether rows count with weights.
        metrics: Their names, the most important one first.
        runs: The others are compared with the first.
        config: Key → what the config of every run says, where not all say the same; then what tables they have, where
            not all have the same.
        loss_kinds: Every run is in one of them.
        other_validation: Keys of configs that may have divided other validation rows; empty where all are the same.
        epoch_metrics: Metrics of the validation rows that every history has and that mean the same in all.
        left_out: Why there are no such metrics; empty where there are.
        notes: What a reader of the figures should know of the rows.
    """

    source: str
    rows: int
    task: Task
    target: str
    is_weighted: bool
    metrics: tuple[str, ...]
    runs: tuple[ComparedFacts, ...]
    config: Mapping[str, tuple[str, ...]]
    loss_kinds: tuple[LossKind, ...]
    other_validation: tuple[str, ...] = ()
    epoch_metrics: tuple[str, ...] = ()
    left_out: str = ""
    notes: tuple[str, ...] = ()
