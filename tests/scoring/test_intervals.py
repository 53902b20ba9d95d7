"""Intervals of metrics: they cover the truth, and follow the weights."""

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import METRICS, MetricName
from dltrain.scoring import compute_metrics
from dltrain.scoring.draws import MAX_ROWS, poisson_numbers
from dltrain.scoring.intervals import metric_intervals

Rows = tuple[np.ndarray, np.ndarray]


def binary_rows(rng: np.random.Generator, n_rows: int) -> Rows:
    score = rng.normal(size=n_rows)
    codes = (rng.random(n_rows) < 1 / (1 + np.exp(-1.5 * score))).astype(np.int64)
    # Not the true probabilities: a network never has those.
    probability = 1 / (1 + np.exp(-1.2 * score - 0.2))
    return codes, np.column_stack([1 - probability, probability])


def multiclass_rows(rng: np.random.Generator, n_rows: int) -> Rows:
    scores = rng.normal(0, 1.5, (n_rows, 6))
    codes = np.argmax(scores + rng.gumbel(size=scores.shape), axis=1)
    odds = np.exp(0.9 * scores)
    return codes, odds / odds.sum(axis=1, keepdims=True)


def regression_rows(rng: np.random.Generator, n_rows: int) -> Rows:
    truth = rng.gamma(4.0, size=n_rows)
    return truth, 0.8 * truth + 0.7 + rng.normal(0, 0.6, n_rows)


def test_the_numbers_of_draws_are_poisson_numbers() -> None:
    assert poisson_numbers(1.0).mean() == pytest.approx(1, abs=1e-3)
    assert poisson_numbers(1.0).var() == pytest.approx(1, abs=2e-3)
    assert np.mean(poisson_numbers(1.0) == 0) == pytest.approx(np.exp(-1), abs=1e-4)


@pytest.mark.parametrize("make", [binary_rows, regression_rows])
def test_the_interval_holds_what_was_measured(make: Callable[[np.random.Generator, int], Rows]) -> None:
    truth, predicted = make(np.random.default_rng(0), 400)
    names: list[MetricName] = ["rmse", "mae", "r2"] if predicted.ndim == 1 else ["accuracy", "roc_auc", "log_loss"]
    measured = compute_metrics(names, truth, predicted)
    for name, interval in metric_intervals(names, truth, predicted).metrics.items():
        assert interval is not None
        assert interval.low < measured[name] < interval.high


def test_the_interval_of_accuracy_is_wilsons() -> None:
    codes = np.array([0] * 10)
    probabilities = np.array([[0.9, 0.1]] * 9 + [[0.2, 0.8]])
    interval = metric_intervals(["accuracy"], codes, probabilities).metrics["accuracy"]
    # R: binom::binom.confint(9, 10, methods = "wilson")
    assert interval == pytest.approx((0.5958500, 0.9821238), abs=1e-6)


def test_the_interval_of_recall_and_precision_is_wilsons_too() -> None:
    """Of 6 positive rows none was found, of 4 rows taken for positive none was."""
    codes = np.repeat([1, 0], [6, 94])
    probability = np.repeat([0.1, 0.9, 0.1], [6, 4, 90])
    found = metric_intervals(["recall", "precision"], codes, np.column_stack([1 - probability, probability])).metrics
    # R: binom::binom.confint(0, c(6, 4), methods = "wilson")
    assert found["recall"] == pytest.approx((0, 0.3903343), abs=1e-6)
    assert found["precision"] == pytest.approx((0, 0.4898908), abs=1e-6)


def test_no_row_taken_for_positive_leaves_precision_without_an_interval() -> None:
    found = metric_intervals(["precision"], np.array([0, 1] * 9), np.tile([0.9, 0.1], (18, 1)))
    assert found.metrics == {"precision": None}


def test_draws_that_all_look_alike_do_not_tell_how_sure_a_metric_is() -> None:
    """All positive rows rank first, and no row is taken for positive."""
    codes = np.repeat([1, 0], [6, 94])
    probability = np.linspace(0.4, 0.01, 100)
    names: list[MetricName] = ["roc_auc", "f1"]
    found = metric_intervals(names, codes, np.column_stack([1 - probability, probability]))
    assert found.metrics == dict.fromkeys(names)


def test_the_interval_of_balanced_accuracy_follows_from_those_of_the_recalls() -> None:
    """None of 6 rows of a class was found, all of 94 of the other one: the mean recall is known nevertheless."""
    codes = np.repeat([1, 0], [6, 94])
    probability = np.linspace(0.4, 0.01, 100)
    found = metric_intervals(["balanced_accuracy"], codes, np.column_stack([1 - probability, probability])).metrics
    # R: binom::binom.confint(c(0, 94), c(6, 94), methods = "wilson"): 0 to 0.3903343, 0.9607375 to 1
    assert found["balanced_accuracy"] == pytest.approx((0.5 - (1 - 0.9607375) / 2, 0.5 + 0.3903343 / 2), abs=1e-6)


def test_more_rows_than_are_drawn_from_make_the_interval_narrower_all_the_same() -> None:
    truth, predicted = regression_rows(np.random.default_rng(0), 9 * MAX_ROWS)
    some = metric_intervals(["mae"], truth[:MAX_ROWS], predicted[:MAX_ROWS]).metrics["mae"]
    all_rows = metric_intervals(["mae"], truth, predicted).metrics["mae"]
    assert some is not None
    assert all_rows is not None
    assert (all_rows.high - all_rows.low) == pytest.approx((some.high - some.low) / 3, rel=0.1)
    assert all_rows.low < compute_metrics(["mae"], truth, predicted)["mae"] < all_rows.high


def test_rows_of_weight_0_count_as_absent() -> None:
    codes, probabilities = binary_rows(np.random.default_rng(0), 300)
    weight = np.repeat([1.0, 0.0], 150)
    found = metric_intervals(["log_loss", "accuracy"], codes, probabilities, sample_weight=weight)
    assert found == metric_intervals(["log_loss", "accuracy"], codes[:150], probabilities[:150])


def test_the_difference_of_a_prediction_to_itself_is_exactly_0() -> None:
    codes, probabilities = binary_rows(np.random.default_rng(0), 100)
    found = metric_intervals(["roc_auc", "log_loss"], codes, probabilities, other=probabilities)
    assert found.differences == {"roc_auc": (0, 0), "log_loss": (0, 0)}


def test_the_difference_is_surer_than_its_parts() -> None:
    """Both predictions are wrong in the same rows, so comparing them on the same draws tells more."""
    truth, predicted = regression_rows(np.random.default_rng(0), 300)
    found = metric_intervals(["rmse"], truth, predicted, other=predicted + 0.15)
    interval, difference = found.metrics["rmse"], found.differences["rmse"]
    assert interval is not None
    assert difference is not None
    assert difference.high - difference.low < 0.5 * (interval.high - interval.low)


@pytest.mark.parametrize("codes", [[1, 1, 1], []])
def test_what_is_undefined_has_no_interval(codes: list[int]) -> None:
    found = metric_intervals(["roc_auc"], np.array(codes, int), np.full((len(codes), 2), 0.5))
    assert found.metrics == {"roc_auc": None}


def test_predictions_that_are_not_finite_have_no_interval() -> None:
    found = metric_intervals(["mae"], np.ones(3), np.array([1.0, np.inf, 2.0]), other=np.ones(3))
    assert found == ({"mae": None}, {"mae": None})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "make"), [("regression", regression_rows), ("binary", binary_rows), ("multiclass", multiclass_rows)]
)
def test_intervals_cover_the_truth_in_95_of_100_trials(
    task: Task, make: Callable[[np.random.Generator, int], Rows]
) -> None:
    rng = np.random.default_rng(0)
    names = [name for name, facts in METRICS.items() if task in facts.tasks]
    truth = compute_metrics(names, *make(rng, 2_000_000))
    trials = [metric_intervals(names, *make(rng, 300)).metrics for _ in range(500)]
    for name in names:
        intervals = [trial[name] for trial in trials]
        covered = [interval is not None and interval.low <= truth[name] <= interval.high for interval in intervals]
        assert 0.92 <= np.mean(covered) <= 0.98, name


def test_a_constant_truth_has_no_interval_of_r2() -> None:
    predicted = np.random.default_rng(0).normal(size=50)
    found = metric_intervals(["r2"], np.ones(50), predicted, other=predicted + 1)
    assert found == ({"r2": None}, {"r2": None})


def test_rows_count_with_their_weights() -> None:
    """Half of the rows are ten times as noisy; the interval follows the half that has the weight."""
    rng = np.random.default_rng(0)
    truth, is_noisy = rng.normal(size=400), np.arange(400) < 200
    predicted = truth + rng.normal(size=400) * np.where(is_noisy, 10, 1)
    for weight in (np.where(is_noisy, 9.0, 1.0), np.where(is_noisy, 0.01, 1.0)):
        interval = metric_intervals(["mae"], truth, predicted, sample_weight=weight).metrics["mae"]
        assert interval is not None
        assert interval.low < compute_metrics(["mae"], truth, predicted, sample_weight=weight)["mae"] < interval.high
        assert interval.high - interval.low < 2.5


def test_the_interval_of_f1_is_that_of_the_threshold() -> None:
    codes, probabilities = binary_rows(np.random.default_rng(0), 400)
    low, usual = (
        metric_intervals(["f1", "accuracy"], codes, probabilities, thresholds=(threshold, None)).metrics
        for threshold in (0.1, None)
    )
    predicted = probabilities[:, 1] > 0.1
    for name, measured in (("f1", f1_score(codes, predicted)), ("accuracy", accuracy_score(codes, predicted))):
        interval = low[cast("MetricName", name)]
        assert interval is not None
        assert interval.low < measured < interval.high
    assert low["accuracy"] != usual["accuracy"]


def test_both_predictions_have_a_threshold_of_their_own() -> None:
    codes, probabilities = binary_rows(np.random.default_rng(0), 400)
    shifted = np.column_stack([1 - probabilities[:, 1] / 2, probabilities[:, 1] / 2])
    found = metric_intervals(["f1", "accuracy"], codes, probabilities, other=shifted, thresholds=(0.5, 0.25))
    assert found.differences["f1"] is None  # they agree on these rows: that tells nothing of f1 on others,
    assert found.differences["accuracy"] == pytest.approx((-2.772 / 402, 2.772 / 402), rel=1e-3)  # and this of accuracy


def plain_bootstrap(
    names: list[MetricName], truth: np.ndarray, predicted: np.ndarray, n_draws: int = 400
) -> dict[MetricName, tuple[float, float]]:
    """The reference: all rows drawn again, and every metric computed anew."""
    rng = np.random.default_rng(1)
    draws = (rng.integers(0, len(truth), len(truth)) for _ in range(n_draws))
    values = [compute_metrics(names, truth[rows], predicted[rows]) for rows in draws]
    return {name: tuple(np.quantile([found[name] for found in values], [0.025, 0.975])) for name in names}


def test_a_row_that_makes_most_of_the_error_of_many_is_drawn_or_not() -> None:
    truth, predicted = regression_rows(np.random.default_rng(0), 3 * MAX_ROWS)
    predicted[5000] += 10_000
    names: list[MetricName] = ["rmse", "mae", "r2", "mape"]
    found, expected = metric_intervals(names, truth, predicted).metrics, plain_bootstrap(names, truth, predicted)
    for name in names:
        assert found[name] == pytest.approx(expected[name], rel=0.15), name


def test_rare_rows_of_many_make_the_interval_as_wide_as_they_are_few() -> None:
    rng = np.random.default_rng(0)
    codes = (rng.random(5 * MAX_ROWS) < 0.002).astype(np.int64)
    positive = 1 / (1 + np.exp(4 - rng.normal(size=codes.size) - 1.5 * codes))
    predicted = np.column_stack([1 - positive, positive])
    names: list[MetricName] = ["roc_auc", "average_precision", "log_loss", "f1_macro"]
    found, expected = metric_intervals(names, codes, predicted).metrics, plain_bootstrap(names, codes, predicted)
    for name in names:
        interval, (low, high) = found[name], expected[name]
        assert interval is not None
        assert interval.low >= 0
        assert interval.high - interval.low == pytest.approx(high - low, rel=0.25), name
        assert interval.low == pytest.approx(low, abs=0.2 * (high - low)), name


def clustered_rows(rng: np.random.Generator, n_groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in groups of 25 that are hard or easy together, and two classes."""
    group = np.repeat(np.arange(n_groups), 25)
    hardness = rng.normal(0, 1.5, n_groups)[group]
    codes = rng.integers(0, 2, group.size)
    right = 1 / (1 + np.exp(-1 - hardness + rng.normal(0, 0.5, group.size)))
    positive = np.where(codes == 1, right, 1 - right)
    return codes, np.column_stack([1 - positive, positive]), group


def test_rows_of_a_group_are_drawn_together() -> None:
    """Every group twenty-five times the same row: it is sure as one row is."""
    codes, predicted = binary_rows(np.random.default_rng(0), 100)
    names: list[MetricName] = ["log_loss", "accuracy", "recall", "f1"]
    alone = metric_intervals(names, codes, predicted).metrics
    repeated = metric_intervals(
        names, np.repeat(codes, 25), np.repeat(predicted, 25, axis=0), group=np.repeat(np.arange(7, 107), 25)
    ).metrics
    for name in names:
        assert repeated[name] == pytest.approx(alone[name], rel=0.01), name
    # Of more rows than are drawn from, whole groups are chosen.
    many = metric_intervals(
        names, np.repeat(codes, 50), np.repeat(predicted, 50, axis=0), group=np.repeat(np.arange(100), 50)
    ).metrics
    for name in names:
        assert many[name] == pytest.approx(alone[name], rel=0.05), name


@pytest.mark.slow
def test_intervals_of_groups_cover_the_truth() -> None:
    rng = np.random.default_rng(0)
    names: list[MetricName] = ["accuracy", "log_loss", "recall", "balanced_accuracy", "f1"]
    codes, predicted, _ = clustered_rows(rng, 40_000)
    truth = compute_metrics(names, codes, predicted)
    covered = dict.fromkeys(names, 0)
    without = 0
    for _ in range(300):
        codes, predicted, group = clustered_rows(rng, 40)
        found = metric_intervals(names, codes, predicted, group=group).metrics
        for name in names:
            interval = found[name]
            covered[name] += interval is not None and interval.low <= truth[name] <= interval.high
        alone = metric_intervals(["accuracy"], codes, predicted).metrics["accuracy"]
        without += alone is not None and alone.low <= truth["accuracy"] <= alone.high
    assert all(0.90 <= n_covered / 300 <= 0.98 for n_covered in covered.values()), covered
    assert without / 300 < 0.75


@pytest.mark.slow
def test_intervals_of_shares_cover_the_truth_where_classes_have_weights() -> None:
    rng = np.random.default_rng(0)
    names: list[MetricName] = ["accuracy", "precision", "recall", "balanced_accuracy"]

    def rows(n_rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        codes = (rng.random(n_rows) < 0.05).astype(np.int64)
        positive = 1 / (1 + np.exp(-rng.normal(0, 1.5, n_rows) - 2 * codes + 1))
        return codes, np.column_stack([1 - positive, positive]), np.where(codes == 1, 10.0, 0.53)

    codes, predicted, weight = rows(2_000_000)
    truth = compute_metrics(names, codes, predicted, sample_weight=weight)
    covered = dict.fromkeys(names, 0)
    for _ in range(500):
        codes, predicted, weight = rows(1_500)
        found = metric_intervals(names, codes, predicted, sample_weight=weight).metrics
        for name in names:
            interval = found[name]
            covered[name] += interval is not None and interval.low <= truth[name] <= interval.high
    assert all(0.925 <= n_covered / 500 <= 0.98 for n_covered in covered.values()), covered


@pytest.mark.parametrize("name", ["median_absolute_error", "rmse", "mae", "mape", "r2"])
def test_a_metric_without_an_error_among_many_rows(name: MetricName) -> None:
    truth = np.random.default_rng(0).normal(size=3 * MAX_ROWS)
    predicted = truth + (np.arange(truth.size) < 100) * (name == "median_absolute_error")
    interval = metric_intervals([name], truth, predicted, other=truth + 1).metrics[name]
    assert interval is None or interval.low <= interval.high


def test_one_group_alone_tells_nothing_of_others() -> None:
    truth, predicted = regression_rows(np.random.default_rng(0), 100)
    found = metric_intervals(["mae"], truth, predicted, other=predicted + 1, group=np.zeros(100, int))
    assert found == ({"mae": None}, {"mae": None})


@pytest.mark.slow
@pytest.mark.parametrize("n_groups", [2, 3, 5, 8])
def test_equally_good_predictions_of_few_groups_are_rarely_told_apart(n_groups: int) -> None:
    rng = np.random.default_rng(n_groups)
    n_sure = 0
    for _ in range(300):
        group = np.repeat(np.arange(n_groups), 100)
        shift = rng.normal(0, 1, n_groups)[group]
        first = np.abs(rng.normal(0, 1, group.size)) + 5 + shift / 2
        second = np.abs(rng.normal(0, 1, group.size)) + 5 - shift / 2
        found = metric_intervals(["mae"], np.zeros(group.size), first, other=second, group=group).differences["mae"]
        n_sure += found is not None and not found.low <= 0 <= found.high
    assert n_sure / 300 < 0.1


def test_large_groups_are_measured_on_a_part_of_their_rows() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(300), 200)
    truth = rng.normal(size=group.size)
    predicted = truth + rng.normal(0, 1, 300)[group] + rng.normal(0, 1, group.size)
    found = metric_intervals(["rmse", "mae"], truth, predicted, group=group).metrics
    draws = (rng.integers(0, 300, 300) for _ in range(400))
    values = [np.mean(np.abs((predicted - truth).reshape(300, 200)[chosen]), axis=None) for chosen in draws]
    assert found["mae"] == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])), rel=0.02)


def test_small_groups_beside_large_ones_may_have_no_row_that_is_drawn_from() -> None:
    rng = np.random.default_rng(0)
    sizes = np.concatenate([np.full(300, 200), np.ones(40, int)])
    group = np.repeat(np.arange(sizes.size), sizes)
    truth = rng.normal(size=group.size)
    predicted = truth + rng.normal(0, 1, sizes.size)[group]
    interval = metric_intervals(["mae"], truth, predicted, group=group).metrics["mae"]
    assert interval is not None
    assert interval.low < compute_metrics(["mae"], truth, predicted)["mae"] < interval.high
