"""What labels of a threshold are worth."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from dltrain.config.sections.decision import DecisionSection, Maximized, ThresholdSection
from dltrain.scoring.decided_labels import judge_labels

RNG = np.random.default_rng(0)
CODES = RNG.integers(0, 2, 50)
POSITIVE = np.clip(0.3 * CODES + RNG.uniform(0, 0.7, 50), 0, 1)
PROBABILITIES = np.stack([1 - POSITIVE, POSITIVE], axis=1)
WEIGHT = RNG.uniform(0.1, 2, 50)
SCORES = {
    "accuracy": accuracy_score,
    "f1": f1_score,
    "balanced_accuracy": balanced_accuracy_score,
    "youden": balanced_accuracy_score,
}


@pytest.mark.parametrize("rule", SCORES)
def test_labels_are_judged_by_what_the_threshold_was_chosen_for(rule: Maximized) -> None:
    section = DecisionSection(threshold=ThresholdSection(maximize=rule))
    found = judge_labels(section, 0.4, CODES, PROBABILITIES, WEIGHT)
    score = SCORES[rule]
    assert found.value == pytest.approx(score(CODES, POSITIVE > 0.4, sample_weight=WEIGHT))
    constants = [score(CODES, np.full(50, code), sample_weight=WEIGHT) for code in (0, 1)]
    assert found.constant == pytest.approx(max(constants))


def test_other_rules_are_judged_by_the_balanced_accuracy() -> None:
    section = DecisionSection(threshold=ThresholdSection(min_recall=0.9))
    assert judge_labels(section, 0.4, CODES, PROBABILITIES, WEIGHT).metric == "balanced_accuracy"
