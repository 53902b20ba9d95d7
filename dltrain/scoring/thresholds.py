"""Choosing the probability above which a row gets the positive label."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from dltrain.config.sections.decision import Maximized, ThresholdSection
from dltrain.scoring.metrics import cumulated_hits

DEFAULT_THRESHOLD: Final = 0.5

_TOLERANCE: Final = 1e-12
"""Sums of weights such as 0.1 are rounded: values that differ by less count as equal."""


class ChosenThreshold(NamedTuple):
    """A threshold and what it comes to on the rows that it was chosen by.

    Attributes:
        threshold: In [0, 1].
        measures: Name → value; empty when the rows are of one class, and nothing could be chosen.
        is_met: Whether it does what the rule asks for.
    """

    threshold: float
    measures: dict[str, float]
    is_met: bool


class _Cuts(NamedTuple):
    """All ways to divide rows by a threshold, from the highest threshold down.

    Attributes:
        thresholds: float64 `(n_cuts,)`.
        true_positive, false_positive: float64 `(n_cuts,)`, the weight of positive and negative rows above it.
        positive, negative: The weight of all positive and negative rows, > 0.
    """

    thresholds: np.ndarray
    true_positive: np.ndarray
    false_positive: np.ndarray
    positive: float
    negative: float

    @property
    def recall(self) -> np.ndarray:
        return self.true_positive / self.positive

    @property
    def precision(self) -> np.ndarray:
        """0 where no row has the positive label."""
        predicted = self.true_positive + self.false_positive
        # The numerator is 0 too.
        return self.true_positive / np.where(predicted > 0, predicted, 1.0)

    @property
    def specificity(self) -> np.ndarray:
        return 1 - self.false_positive / self.negative

    @property
    def accuracy(self) -> np.ndarray:
        right: np.ndarray = self.true_positive + self.negative - self.false_positive
        return right / (self.positive + self.negative)

    @property
    def f1(self) -> np.ndarray:
        ratio: np.ndarray = 2 * self.true_positive / (self.true_positive + self.false_positive + self.positive)
        return ratio

    def cost(self, false_positive: float, false_negative: float) -> np.ndarray:
        """Per unit of weight."""
        missed = self.positive - self.true_positive
        total = false_positive * self.false_positive + false_negative * missed
        return total / (self.positive + self.negative)


_MAXIMIZED: Final[dict[Maximized, Callable[[_Cuts], np.ndarray]]] = {
    "accuracy": lambda cuts: cuts.accuracy,
    "balanced_accuracy": lambda cuts: (cuts.recall + cuts.specificity) / 2,
    "f1": lambda cuts: cuts.f1,
    "youden": lambda cuts: cuts.recall + cuts.specificity - 1,
}


def choose_threshold(
    rule: ThresholdSection, is_positive: np.ndarray, probabilities: np.ndarray, weight: np.ndarray | None = None
) -> ChosenThreshold:
    """Chooses among all thresholds that divide the rows differently.

    A threshold lies midway between the probabilities next to it. Of several that serve the rule equally well, it is the
    one nearest to 0.5.

    Args:
        rule: With exactly one rule.
        is_positive: bool `(n,)`, the truth.
        probabilities: `(n,)`, of the positive label, in [0, 1].
        weight: `(n,)`, >= 0; None weighs all rows alike.

    Returns:
        0.5 without measures if the rows are of one class, or probabilities are not finite.
    """
    weight = np.ones(len(is_positive)) if weight is None else np.asarray(weight, np.float64)
    is_counted = weight > 0
    is_positive, probabilities, weight = is_positive[is_counted], probabilities[is_counted], weight[is_counted]
    if is_positive.all() or not is_positive.any() or not np.isfinite(probabilities).all():
        return ChosenThreshold(DEFAULT_THRESHOLD, {}, is_met=False)
    cuts = _cuts(is_positive, np.asarray(probabilities, np.float64), weight)
    measures, at, is_met = _chosen(rule, cuts)
    return ChosenThreshold(
        float(cuts.thresholds[at]), {name: float(values[at]) for name, values in measures.items()}, is_met
    )


def _chosen(rule: ThresholdSection, cuts: _Cuts) -> tuple[dict[str, np.ndarray], int, bool]:
    """The measures that the rule looks at, the cut that it chooses, whether this does what it asks for."""
    if rule.maximize is not None:
        values = _MAXIMIZED[rule.maximize](cuts)
        return {rule.maximize: values}, _best([values], cuts), True
    if rule.cost is not None:
        costs = cuts.cost(rule.cost.false_positive, rule.cost.false_negative)
        return {"cost": costs}, _best([-costs], cuts), True
    recall, precision = cuts.recall, cuts.precision
    if rule.min_recall is not None:
        bounded, other, bound = recall, precision, rule.min_recall
    else:
        assert rule.min_precision is not None  # noqa: S101 - check_config has seen that there is a rule
        bounded, other, bound = precision, recall, rule.min_precision
    is_met = bounded >= bound - _TOLERANCE
    at = _best([other, bounded], cuts, is_met) if is_met.any() else _best([bounded, other], cuts)
    return {"recall": recall, "precision": precision}, at, bool(is_met.any())


def _best(keys: Sequence[np.ndarray], cuts: _Cuts, is_allowed: np.ndarray | None = None) -> int:
    """The cut with the highest first key, of equal ones the second, and so on; then the one nearest to 0.5."""
    allowed = np.arange(len(cuts.thresholds)) if is_allowed is None else np.flatnonzero(is_allowed)
    for key in keys:
        highest = key[allowed].max()
        allowed = allowed[key[allowed] >= highest - _TOLERANCE * max(1.0, abs(highest))]
    return int(allowed[np.argmin(np.abs(cuts.thresholds[allowed] - DEFAULT_THRESHOLD))])


def _cuts(is_positive: np.ndarray, probabilities: np.ndarray, weight: np.ndarray) -> _Cuts:
    positive, negative = cumulated_hits(is_positive, probabilities, weight)
    # The sentinels are the cuts above all rows and below all rows.
    different = np.concatenate([[1.0], np.unique(probabilities)[::-1], [0.0]])
    upper, lower = different[:-1], different[1:]
    thresholds = lower + (upper - lower) / 2
    # Between neighbouring float64 numbers there is none.
    thresholds = np.where(thresholds < upper, thresholds, lower)
    # A probability of 0 is greater than no threshold.
    n_cuts = len(thresholds) - (different[-2] == 0)
    return _Cuts(
        thresholds[:n_cuts],
        np.append(0.0, positive)[:n_cuts],
        np.append(0.0, negative)[:n_cuts],
        float(positive[-1]),
        float(negative[-1]),
    )
