"""metrics.json: how good the network is, beside a trivial prediction."""

import math
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from dltrain.config.sections.metrics import higher_is_better
from dltrain.config.sections.section import Section
from dltrain.run.average import Average
from dltrain.run.decision import Decision
from dltrain.run.manifest import Count

Metrics = dict[str, float | None]
Intervals = dict[str, tuple[float, float] | None]
"""By the name of the metric: the lower and the upper bound of a 95 % interval; null where it is undefined."""


def defined(metrics: Mapping[str, float]) -> Metrics:
    """Writes an undefined metric as null, since JSON has no NaN."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}


_RANKING: Final = "average_precision"
_TIMES: Final = 2.0
"""How much better than by chance rows are ranked, where another threshold is surely better."""
_OF_THRESHOLD: Final = {"f1": "f1"} | dict.fromkeys(("balanced_accuracy", "precision", "recall"), "balanced_accuracy")
"""Metrics that a threshold decides → what it is to be chosen for."""

_OF_LABELS: Final = frozenset({"accuracy", *_OF_THRESHOLD})
_LESS_LOSS: Final = 0.95
"""Share of the baseline's log loss that a network has at most whose probabilities tell something."""


def is_best(name: str, value: float) -> bool:
    """Whether a metric has the best value there is; the trivial prediction has it where rows are alike, for example."""
    return value == (1 if higher_is_better(name) else 0)


class Scores(Section):
    """Metrics of one set of rows."""

    rows: Count
    """Number of rows."""
    metrics: Metrics
    """By name; null where undefined, for example roc_auc of one class. Sample and class weights count."""
    baseline: Metrics
    """The same metrics for predicting the training rows' mean or class shares everywhere."""
    unweighted: Metrics | None = None
    """The metrics without class weights; only when there are some."""
    unweighted_baseline: Metrics | None = None
    """The baseline without class weights; only when there are some and every class has a positive one. The first runs
    of format 1 have none."""

    def remark(self) -> str | None:
        """Says that the first metric, the main one, is no better than the baseline; None when it is."""
        name = next(iter(self.metrics), None)
        value, trivial = (None, None) if name is None else (self.metrics[name], self.baseline[name])
        if name is None or value is None or trivial is None:
            return None
        gain = value - trivial if higher_is_better(name) else trivial - value
        # Nothing finds more of the positive rows than who takes all rows for positive.
        if gain > 0 or (is_best(name, trivial) and (gain == 0 or name == "recall")):
            return None
        how = "the same as" if gain == 0 else "worse than"
        ranks, by_chance = (of.get(_RANKING) for of in (self.metrics, self.baseline))
        if name in _OF_THRESHOLD and ranks is not None and by_chance is not None and ranks > _TIMES * by_chance:
            change = f"decision.threshold={{maximize: {_OF_THRESHOLD[name]}}}"
            return f"{name} is {how} the baseline's, but {_RANKING} is not: fit with '{change}' for a better threshold"
        loss, of_shares = (of.get("log_loss") for of in (self.metrics, self.baseline))
        if name in _OF_LABELS and loss is not None and of_shares is not None and loss < _LESS_LOSS * of_shares:
            return f"{name} is {how} the baseline's, but log_loss is not: the probabilities say more than these labels"
        return f"{name} is {how} the baseline's: on these rows, the network is of no use by this measure"


OF_POSITIVE_ROWS: Final = frozenset({"f1", "precision"})
"""Metrics of binary tasks by which the best constant prediction takes every row for positive."""

UNSEEN_LABELS: Final = "unseen_labels"
"""Topic of the diagnosis that test rows have labels which were never learned."""


class Diagnosis(Section):
    """Something about a fit that may be better."""

    topic: str
    """What kind of thing, one word for programs: "underfitting", "overfitting", ..."""
    message: str
    """What was seen, in numbers."""
    change: str | None = None
    """One override of the config to try, `KEY=VALUE`; null where no key would help."""


class LinearScores(Section):
    """A linear model of the same inputs, on the same rows."""

    metrics: Metrics
    """By name; null where undefined."""
    differences: Intervals
    """Of the network's metric less the linear model's."""


class ColumnImportance(Section):
    """How much the mean loss of the test rows grows without a column: log loss, or absolute error for numbers."""

    name: str
    """The column."""
    increase: float
    """By permutation."""
    low: float
    """Lower bound of its 95 % interval."""
    high: float
    """Upper bound."""


class RunMetrics(Section):
    """The result of a fit."""

    train_rows: Count
    """Rows the network learned from."""
    validation: Scores
    """Rows that judged the epochs."""
    test: Scores
    """Rows that nothing was fitted on."""
    trivial_prediction: float | Annotated[tuple[float, ...], Field(fail_fast=True)]
    """What the baseline predicts: the mean target, or the share of each class in label order."""
    epochs: Count
    """Epochs trained; 0 for an average."""
    best_epoch: Count
    """Epoch whose weights were kept, counted from 1; 0 for an average."""
    parameters: Count
    """Numbers in the network, moving averages included."""
    diagnosis: Annotated[tuple[Diagnosis, ...], Field(max_length=20, fail_fast=True)] = ()
    """What may be better, the most telling first; empty when all is well, for an average, and in runs of earlier
    versions."""
    test_intervals: Intervals | None = None
    """Of the test metrics, over the choice of the test rows; the first runs of format 1 have none."""
    baseline_difference: tuple[float, float] | None = None
    """Both bounds of the 95 % interval of the main test metric less that of the trivial prediction, on the same draws
    of rows; for f1 and precision, less that of taking every row for positive. Null where it is undefined, and in runs
    of earlier versions."""
    linear: LinearScores | None = None
    """On the test rows; null where there was nothing to fit it on, and in the first runs of format 1."""
    importance: Annotated[tuple[ColumnImportance, ...], Field(fail_fast=True)] | None = None
    """Of every column, the largest first; null where it would take too long, and in runs of earlier versions."""
    decision: Decision | None = None
    """How probabilities become labels; null: the most probable label."""
    average: Average | None = None
    """Which networks this one is the average of; null: it was trained."""

    @property
    def threshold(self) -> float | None:
        """Probability above which a row has the positive label; None: the most probable label."""
        return None if self.decision is None else self.decision.threshold

    @property
    def temperature(self) -> float | None:
        """What logits are divided by; None: probabilities are as the network gives them."""
        return None if self.decision is None else self.decision.temperature

    @property
    def has_unseen_labels(self) -> bool:
        """Whether many test rows have labels that were never learned: then no baseline is worth a comparison."""
        return any(found.topic == UNSEEN_LABELS for found in self.diagnosis)
