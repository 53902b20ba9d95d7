"""Intervals of the difference of two predictions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import METRICS, MetricName
from dltrain.scoring import compute_metrics
from dltrain.scoring.paired import Difference, paired_differences, to_dict
from tests.scoring.test_reweighted import equal_scores

TASKS = ("regression", "binary", "multiclass")


def names_of(task: Task) -> list[MetricName]:
    return [name for name, facts in METRICS.items() if task in facts.tasks]


@pytest.mark.parametrize("task", TASKS)
@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_predictions_differ_from_themselves_by_exactly_nothing(task: Task, seed: int) -> None:
    truth, predicted = equal_scores(task, seed, 40)
    for name, found in paired_differences(names_of(task), truth, predicted, predicted.copy()).items():
        if not np.isnan(found.value):
            assert (name, found.value, found.low, found.high) == (name, 0, 0, 0)
            assert not found.is_sure


@pytest.mark.parametrize("task", TASKS)
def test_exchanged_predictions_exchange_the_signs(task: Task) -> None:
    truth, first = equal_scores(task, 0, 60)
    _, other = equal_scores(task, 0, 60)
    other = other[::-1].copy()
    forth, back = (paired_differences(names_of(task), truth, *pair) for pair in ((first, other), (other, first)))
    for name, found in forth.items():
        assert found.value == pytest.approx(-back[name].value)
        assert (found.low, found.high) == pytest.approx((-back[name].high, -back[name].low))


def test_the_interval_is_that_of_a_plain_bootstrap() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=300)
    first, other = truth + rng.normal(size=300), truth + rng.normal(scale=0.8, size=300)
    found = paired_differences(["rmse"], truth, first, other)["rmse"]
    drawn = []
    for _ in range(4000):
        chosen = rng.integers(300, size=300)
        one, two = (compute_metrics(["rmse"], truth[chosen], part[chosen])["rmse"] for part in (first, other))
        drawn.append(two - one)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)
    assert found.is_sure


def test_rows_of_weight_0_do_not_matter() -> None:
    truth, first = equal_scores("binary", 0, 60)
    _, other = equal_scores("binary", 1, 60)
    weight = np.repeat([1.0, 0.0], 30)
    found = paired_differences(["accuracy"], truth, first, other, sample_weight=weight)
    assert found == paired_differences(["accuracy"], truth[:30], first[:30], other[:30])


@pytest.mark.parametrize("task", TASKS)
def test_rows_without_any_weight_have_no_differences(task: Task) -> None:
    truth, first = equal_scores(task, 0, 30)
    for found in paired_differences(names_of(task), truth, first, first[::-1], sample_weight=np.zeros(30)).values():
        assert np.isnan(found.value)
        assert found.verdict("rmse") == "undefined"


def test_a_metric_that_is_undefined_has_no_interval() -> None:
    first, other = equal_scores("binary", 0, 30)[1], equal_scores("binary", 1, 30)[1]
    found = paired_differences(["roc_auc"], np.ones(30, int), first, other)
    assert to_dict(found) == {"roc_auc": {"difference": None, "low": None, "high": None}}


@pytest.mark.slow
@pytest.mark.parametrize(("task", "name"), [("regression", "rmse"), ("binary", "log_loss"), ("binary", "roc_auc")])
def test_intervals_contain_the_true_difference_in_95_percent_of_the_trials(task: Task, name: MetricName) -> None:
    truth, first, other = population(task)
    true = compute_metrics([name], truth, other)[name] - compute_metrics([name], truth, first)[name]
    rng, covered = np.random.default_rng(2), 0
    for _ in range(300):
        chosen = rng.integers(len(truth), size=250)
        found = paired_differences([name], truth[chosen], first[chosen], other[chosen])[name]
        covered += found.low <= true <= found.high
    assert 0.92 <= covered / 300 <= 0.98


def population(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """100,000 rows, and two predictions whose errors go together."""
    rng = np.random.default_rng(0)
    signal, shared = rng.normal(size=(2, 100_000))
    sums = [signal + shared * 0.5 + scale * rng.normal(size=100_000) for scale in (0.3, 0.5)]
    if task == "regression":
        return signal, sums[0], sums[1]
    chances = [1 / (1 + np.exp(-2 * part)) for part in sums]
    truth = (rng.uniform(size=100_000) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    return truth, *(np.stack([1 - chance, chance], axis=1) for chance in chances)


def test_every_prediction_has_a_threshold_of_its_own() -> None:
    truth, predicted = equal_scores("binary", 0, 60)
    positive = predicted[:, 1]
    found = paired_differences(["f1", "accuracy", "log_loss"], truth, predicted, predicted, thresholds=(0.6, 0.3))
    assert found["f1"].value == pytest.approx(f1_score(truth, positive > 0.3) - f1_score(truth, positive > 0.6))
    gain = accuracy_score(truth, positive > 0.3) - accuracy_score(truth, positive > 0.6)
    assert found["accuracy"].value == pytest.approx(gain)
    assert found["f1"].low < found["f1"].value < found["f1"].high
    assert found["log_loss"].value == found["log_loss"].low == found["log_loss"].high == 0


@pytest.mark.parametrize(
    ("name", "found", "verdict"),
    [
        ("accuracy", Difference(0.2, 0.1, 0.3), "better"),
        ("accuracy", Difference(-0.2, -0.3, -0.1), "worse"),
        ("log_loss", Difference(0.2, 0.1, 0.3), "worse"),
        ("log_loss", Difference(-0.2, -0.3, -0.1), "better"),
        ("log_loss", Difference(0.2, 0.0, 0.3), "open"),
        ("accuracy", Difference(0.0, -0.1, 0.1), "open"),
        ("accuracy", Difference(0.0, 0.0, 0.0), "equal"),
        ("accuracy", Difference(0.1, np.nan, np.nan), "undefined"),
    ],
)
def test_what_a_difference_says(name: str, found: Difference, verdict: str) -> None:
    assert found.verdict(name) == verdict


def decided(codes: list[int] | np.ndarray) -> np.ndarray:
    """Predictions of two classes that are sure of these."""
    positive = np.where(np.asarray(codes) == 1, 0.9, 0.1)
    return np.column_stack([1 - positive, positive])


def test_the_interval_of_accuracies_is_bonett_and_prices() -> None:
    """Of 40 rows the first alone has 3 right, the other alone 9: a row more for each."""
    truth = np.zeros(40, np.int64)
    first, other = decided([0] * 3 + [1] * 9 + [0] * 20 + [1] * 8), decided([1] * 3 + [0] * 9 + [0] * 20 + [1] * 8)
    found = paired_differences(["accuracy"], truth, first, other)["accuracy"]
    more, fewer, n_rows = 10 / 42, 4 / 42, 42
    half = 1.959964 * np.sqrt((more + fewer - (more - fewer) ** 2) / n_rows)
    assert found.value == pytest.approx(6 / 40)
    assert (found.low, found.high) == pytest.approx((more - fewer - half, more - fewer + half), abs=1e-4)


def test_predictions_that_agree_on_few_rows_are_not_taken_for_equally_good() -> None:
    truth = np.array([1] * 6 + [0] * 300)
    first = decided(truth)
    other = first * 0.5 + 0.25  # less sure, and right in the same rows
    found = paired_differences(["accuracy", "recall", "balanced_accuracy"], truth, first, other)
    assert all(difference.value == 0 and difference.verdict(name) == "open" for name, difference in found.items())
    assert found["accuracy"].high < 0.01
    assert found["recall"].high == pytest.approx(1.96 * np.sqrt(2 / 8 / 8), abs=0.01)
    # Half of the recall of each class, where that of the many is nearly sure.
    assert found["balanced_accuracy"].high == pytest.approx(found["recall"].high / 2, abs=0.01)


def test_rows_of_a_group_that_are_not_alike_tell_as_much_as_alone() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(20), 500)
    truth = rng.integers(0, 2, 10_000)
    first, other = (decided(np.where(rng.random(10_000) < share, truth, 1 - truth)) for share in (0.7, 0.8))
    found = paired_differences(["accuracy"], truth, first, other, group=group)["accuracy"]
    alone = paired_differences(["accuracy"], truth, first, other)["accuracy"]
    assert found.verdict("accuracy") == alone.verdict("accuracy") == "better"
    assert 0.6 < (found.high - found.low) / (alone.high - alone.low) < 1.7


def test_rows_of_a_group_that_are_alike_tell_as_much_as_one() -> None:
    rng = np.random.default_rng(0)
    truth, group = np.zeros(10_000, np.int64), np.repeat(np.arange(20), 500)
    first, other = (decided(np.repeat(rng.random(20) < share, 500)) for share in (0.5, 0.4))
    found = paired_differences(["accuracy"], truth, first, other, group=group)["accuracy"]
    once = paired_differences(["accuracy"], truth[::500], first[::500], other[::500])["accuracy"]
    assert (found.high - found.low) / (once.high - once.low) == pytest.approx(1, abs=0.15)


def test_a_row_of_hardly_any_weight_that_alone_is_wrong_breaks_nothing() -> None:
    truth, weight = np.zeros(4, np.int64), np.array([1, 1, 1, 1e-17])
    found = paired_differences(["accuracy"], truth, decided([0, 0, 0, 1]), decided([0, 0, 0, 0]), sample_weight=weight)
    assert found["accuracy"].low < 0 < found["accuracy"].high


@pytest.mark.slow
@pytest.mark.parametrize("weight_of_events", [1.0, 20.0])
def test_intervals_of_shares_of_few_events_contain_the_true_difference(weight_of_events: float) -> None:
    """With 8 events the draws of a bootstrap hold it in 80 to 90 of 100 trials."""
    rng, names = np.random.default_rng(3), tuple[MetricName, ...](("accuracy", "recall", "balanced_accuracy"))

    def rows(n_rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        truth = (rng.random(n_rows) < 0.04).astype(np.int64)
        shared = rng.normal(size=n_rows) + 2 * truth
        first, other = (shared + 0.4 * rng.normal(size=n_rows) > limit for limit in (1.2, 1.0))
        return truth, decided(first.astype(int)), decided(other.astype(int)), np.where(truth, weight_of_events, 1.0)

    truth, first, other, weight = rows(1_000_000)
    scores = [compute_metrics(names, truth, part, sample_weight=weight) for part in (first, other)]
    covered = dict.fromkeys(names, 0)
    for _ in range(400):
        truth, first, other, weight = rows(200)
        if not truth.any():
            continue
        found = paired_differences(names, truth, first, other, sample_weight=weight)
        for name in names:
            covered[name] += found[name].low <= scores[1][name] - scores[0][name] <= found[name].high
    assert all(n_covered / 400 >= 0.93 for n_covered in covered.values()), covered
