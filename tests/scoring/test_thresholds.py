"""Thresholds against a search through all of them, and against scikit-learn's curves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from dltrain.config.sections.decision import CostSection, ThresholdSection
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.row_values import predicted_codes
from dltrain.scoring.thresholds import choose_threshold

RULES = [
    *(ThresholdSection(maximize=name) for name in ("accuracy", "balanced_accuracy", "f1", "youden")),
    ThresholdSection(min_recall=0.7),
    ThresholdSection(min_precision=0.7),
    ThresholdSection(cost=CostSection(false_positive=1, false_negative=5)),
]
# Few different values, so that there are ties; 0, 1 and neighbours in float32 among them.
NEXT_TO_HALF = float(np.nextafter(np.float32(0.5), np.float32(1)))
PROBABILITIES = st.sampled_from([0.0, 1e-40, 0.1, 0.3, 0.5, NEXT_TO_HALF, 0.7, 0.9, 1.0])
WEIGHTS = st.sampled_from([0.0, 0.1, 1.0, 1.7])
ROWS = st.lists(st.tuples(st.booleans(), PROBABILITIES, WEIGHTS), min_size=2, max_size=30)


def measured(is_positive: np.ndarray, p: np.ndarray, weight: np.ndarray, threshold: float) -> dict[str, float]:
    """What labels come to, by counting them row by row."""
    hit = float(sum(w for y, q, w in zip(is_positive, p, weight, strict=True) if y and q > threshold))
    false = float(sum(w for y, q, w in zip(is_positive, p, weight, strict=True) if not y and q > threshold))
    positive = float(sum(w for y, w in zip(is_positive, weight, strict=True) if y))
    negative = float(sum(w for y, w in zip(is_positive, weight, strict=True) if not y))
    recall, specificity = hit / positive, 1 - false / negative
    return {
        "recall": recall,
        "precision": hit / (hit + false) if hit + false else 0.0,
        "accuracy": (hit + negative - false) / (positive + negative),
        "balanced_accuracy": (recall + specificity) / 2,
        "youden": recall + specificity - 1,
        "f1": 2 * hit / (hit + false + positive),
        "cost": (false + 5 * (positive - hit)) / (positive + negative),
    }


def all_thresholds(p: np.ndarray) -> np.ndarray:
    """One between any two probabilities, one above and one below all of them, and the probabilities themselves."""
    known = np.unique(np.concatenate([[0.0], p, [1.0]]))
    return np.concatenate([known, (known[:-1] + known[1:]) / 2])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rules[0] + (rule.maximize or ""))
@given(rows=ROWS)
def test_no_threshold_serves_the_rule_better(rule: ThresholdSection, rows: list[tuple[bool, float, float]]) -> None:
    is_positive, p, weight = (np.array(column) for column in zip(*rows, strict=True))
    counted = is_positive[weight > 0]
    chosen = choose_threshold(rule, is_positive, p, weight)
    if counted.all() or not counted.any():
        assert chosen == (0.5, {}, False)
        return
    assert 0 <= chosen.threshold <= 1
    found = measured(is_positive, p, weight, chosen.threshold)
    assert {name: found[name] for name in chosen.measures} == pytest.approx(chosen.measures, abs=1e-9)
    others = [measured(is_positive, p, weight, threshold) for threshold in all_thresholds(p[weight > 0])]
    match rule.rules:
        case ("maximize",):
            assert rule.maximize is not None
            assert found[rule.maximize] == pytest.approx(max(other[rule.maximize] for other in others), abs=1e-9)
        case ("cost",):
            assert found["cost"] == pytest.approx(min(other["cost"] for other in others), abs=1e-9)
        case (name,):
            bounded, other_name = ("recall", "precision") if name == "min_recall" else ("precision", "recall")
            met = [other for other in others if other[bounded] >= 0.7 - 1e-9]
            assert chosen.is_met == bool(met)
            if met:
                assert found[bounded] >= 0.7 - 1e-9
                assert found[other_name] == pytest.approx(max(other[other_name] for other in met), abs=1e-9)
            else:
                assert found[bounded] == pytest.approx(max(other[bounded] for other in others), abs=1e-9)


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, float32 probabilities of a network that knows something, weights."""
    rng = np.random.default_rng(3)
    is_positive = rng.random(500) < 0.2
    logits = rng.normal(size=500) + 1.5 * is_positive - 1
    return is_positive, (1 / (1 + np.exp(-logits))).astype(np.float32).astype(np.float64), rng.random(500) + 0.1


def test_youden_is_that_of_the_roc_curve_of_scikit_learn(rows: tuple[np.ndarray, ...]) -> None:
    is_positive, p, weight = rows
    false, true, _ = roc_curve(is_positive, p, sample_weight=weight, drop_intermediate=False)
    chosen = choose_threshold(ThresholdSection(maximize="youden"), is_positive, p, weight)
    assert chosen.measures["youden"] == pytest.approx((true - false).max())


@pytest.mark.parametrize("bound", [0.5, 0.9, 0.999])
def test_precision_and_recall_are_on_the_curve_of_scikit_learn(rows: tuple[np.ndarray, ...], bound: float) -> None:
    is_positive, p, weight = rows
    precision, recall, _ = precision_recall_curve(is_positive, p, sample_weight=weight)
    # scikit-learn ends its curve with a precision of 1 where nothing is predicted.
    precision, recall = precision[:-1], recall[:-1]
    chosen = choose_threshold(ThresholdSection(min_recall=bound), is_positive, p, weight)
    assert chosen.measures["precision"] == pytest.approx(precision[recall >= bound - 1e-12].max())
    chosen = choose_threshold(ThresholdSection(min_precision=bound), is_positive, p, weight)
    if (precision >= bound).any():
        assert chosen.is_met
        assert chosen.measures["recall"] == pytest.approx(recall[precision >= bound - 1e-12].max())
    else:
        assert not chosen.is_met
        assert chosen.measures["precision"] == pytest.approx(precision.max())


def test_the_metrics_of_labels_are_those_that_the_threshold_was_chosen_by(rows: tuple[np.ndarray, ...]) -> None:
    is_positive, p, weight = rows
    both = np.stack([1 - p, p], axis=1)
    for name in ("accuracy", "balanced_accuracy", "f1"):
        rule = ThresholdSection.model_validate({"maximize": name})
        chosen = choose_threshold(rule, is_positive, p, weight)
        values = compute_metrics(
            [name], is_positive.astype(int), both, sample_weight=weight, threshold=chosen.threshold
        )
        assert values == pytest.approx(chosen.measures)


def test_a_threshold_lies_midway_between_the_probabilities_beside_it() -> None:
    is_positive, p = np.array([False, False, True, True]), np.array([0.1, 0.2, 0.3, 0.9])
    assert choose_threshold(ThresholdSection(maximize="f1"), is_positive, p).threshold == pytest.approx(0.25)


def test_neighbouring_numbers_are_told_apart() -> None:
    low = 0.3
    p = np.array([low, np.nextafter(low, 1)])
    chosen = choose_threshold(ThresholdSection(maximize="accuracy"), np.array([False, True]), p)
    assert (p > chosen.threshold).tolist() == [False, True]


def test_of_equally_good_thresholds_the_one_nearest_to_one_half_is_chosen() -> None:
    is_positive, p = np.array([True, False, True, False]), np.array([0.1, 0.45, 0.5, 0.9])
    # Two of four are right above 0.9 and below 0.1, at (0.1, 0.45) one, at (0.45, 0.5) two, at (0.5, 0.9) one.
    chosen = choose_threshold(ThresholdSection(maximize="accuracy"), is_positive, p)
    assert chosen.threshold == pytest.approx(0.475)
    assert chosen.measures == {"accuracy": 0.5}


def test_a_share_that_only_rounding_misses_is_reached() -> None:
    is_positive, p = np.array([True, True, True, False, True]), np.array([0.9, 0.8, 0.7, 0.4, 0.3])
    # Three of four positive rows, as sums of weights: 0.7499999999999999.
    weight = np.array([0.7, 0.7, 0.7, 1.0, 0.7])
    chosen = choose_threshold(ThresholdSection(min_recall=0.75), is_positive, p, weight)
    assert chosen.threshold == pytest.approx(0.55)


@pytest.mark.parametrize("p", [[0.2, np.nan], [0.2, np.inf]])
def test_without_finite_probabilities_nothing_is_chosen(p: list[float]) -> None:
    chosen = choose_threshold(ThresholdSection(maximize="f1"), np.array([False, True]), np.array(p))
    assert chosen == (0.5, {}, False)


def test_labels_are_positive_above_the_threshold_alone() -> None:
    p = np.array([0.2, 0.3, 0.4])
    both = np.stack([1 - p, p], axis=1)
    assert predicted_codes(both, 0.3).tolist() == [0, 0, 1]
    assert predicted_codes(both, np.array([0.1, 0.3, 0.5])).tolist() == [1, 0, 0]


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_one_half_gives_the_most_probable_label(p: list[float]) -> None:
    both = np.stack([1 - np.array(p), np.array(p)], axis=1)
    assert predicted_codes(both, 0.5).tolist() == predicted_codes(both).tolist()


def test_thresholds_of_rows_without_weight_are_left_out() -> None:
    p: Any = np.array([0.4, 0.4, 0.4])
    values = compute_metrics(
        ["accuracy"],
        np.array([1, 0, 1]),
        np.stack([1 - p, p], axis=1),
        sample_weight=np.array([1, 0, 1]),
        threshold=np.array([0.3, 0.3, 0.5]),
    )
    assert values == {"accuracy": 0.5}
