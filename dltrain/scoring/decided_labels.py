"""What the labels are worth that a threshold makes of probabilities."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.config.sections.decision import DecisionSection, ThresholdSection
from dltrain.config.sections.metrics import MetricName
from dltrain.scoring.metrics import compute_metrics

_MAXIMIZED: Final[dict[str, MetricName]] = {"accuracy": "accuracy", "f1": "f1"}
"""Rules that are judged by what they maximize; all others by the balanced accuracy."""


@dataclass(frozen=True)
class DecidedLabels:
    """Labels on some rows.

    Attributes:
        metric: What judges them.
        value: Its value, in [0, 1].
        constant: That of the better label, given to all rows.
    """

    metric: MetricName
    value: float
    constant: float


def judge_labels(
    section: DecisionSection, threshold: float, codes: np.ndarray, probabilities: np.ndarray, weight: np.ndarray
) -> DecidedLabels:
    """Judges the labels by what the threshold was chosen for.

    Args:
        section: How it was chosen.
        threshold: A row gets the positive label when its probability is greater.
        codes: int `(n,)`: the true classes.
        probabilities: float64 `(n, 2)`.
        weight: float64 `(n,)`, >= 0.

    >>> codes, positive = np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.2, 0.4])
    >>> section = DecisionSection(threshold=0.15)
    >>> judge_labels(section, 0.15, codes, np.stack([1 - positive, positive], axis=1), np.ones(4))
    DecidedLabels(metric='balanced_accuracy', value=0.75, constant=0.5)
    """
    rule = section.threshold
    maximized = rule.maximize if isinstance(rule, ThresholdSection) else None
    metric = _MAXIMIZED.get(maximized or "", "balanced_accuracy")

    def value(predicted: np.ndarray, limit: float) -> float:
        return compute_metrics([metric], codes, predicted, sample_weight=weight, threshold=limit)[metric]

    always = (np.broadcast_to(np.eye(2)[code], probabilities.shape) for code in (0, 1))
    return DecidedLabels(metric, value(probabilities, threshold), max(value(one, 0.5) for one in always))
