import math
import warnings
from collections.abc import Callable
from typing import Any, cast, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from dltrain.config.sections.metrics import METRICS, MetricName
from dltrain.scoring import compute_metrics, predicted_codes
from tests.speed import allowed, measured

REGRESSION: dict[MetricName, Callable[..., float]] = {
    "rmse": sklearn_metrics.root_mean_squared_error,
    "mae": sklearn_metrics.mean_absolute_error,
    "r2": sklearn_metrics.r2_score,
    "median_absolute_error": sklearn_metrics.median_absolute_error,
    "mape": sklearn_metrics.mean_absolute_percentage_error,
}

# Of the predicted classes: `(y_true, y_pred, sample_weight)`.
OF_CLASSES: dict[MetricName, Callable[..., float]] = {
    "accuracy": sklearn_metrics.accuracy_score,
    "balanced_accuracy": sklearn_metrics.balanced_accuracy_score,
    "f1_macro": lambda *args, **kwargs: sklearn_metrics.f1_score(*args, average="macro", zero_division=0, **kwargs),
}
OF_TWO_CLASSES: dict[MetricName, Callable[..., float]] = OF_CLASSES | {
    "f1": lambda *args, **kwargs: sklearn_metrics.f1_score(*args, zero_division=0, **kwargs),
    "precision": lambda *args, **kwargs: sklearn_metrics.precision_score(*args, zero_division=0, **kwargs),
    "recall": lambda *args, **kwargs: sklearn_metrics.recall_score(*args, zero_division=0, **kwargs),
}


def reference(function: Callable[..., Any], *args: Any, **kwargs: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(*args, **kwargs))


def weights(rng: np.random.Generator, kind: str, n: int) -> np.ndarray | None:
    match kind:
        case "none":
            return None
        case "counts":
            return rng.integers(1, 4, n).astype(np.float64)
        case _:
            return np.asarray(rng.uniform(0.1, 2.0, n))


def tied_probabilities(rng: np.random.Generator, n: int, n_classes: int) -> np.ndarray:
    """Multiples of 1/8, so that many rows and many classes tie; the sum of each row is exactly 1."""
    return np.asarray(rng.multinomial(8, np.full(n_classes, 1 / n_classes), n) / 8)


case = st.tuples(
    st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, 5, 20, 60]), st.sampled_from(["none", "counts", "floats"])
)


@given(case, st.booleans())
def test_regression_metrics_equal_those_of_scikit_learn(draw: tuple[int, int, str], has_ties: bool) -> None:
    seed, n, kind = draw
    rng = np.random.default_rng(seed)
    y_true, y_pred = rng.normal(0, 10, (2, n))
    if has_ties:
        y_true, y_pred = np.round(y_true / 5), np.round(y_pred / 5)
    weight = weights(rng, kind, n)

    values = compute_metrics(list(REGRESSION), y_true, y_pred, sample_weight=weight)

    expected = {name: reference(f, y_true, y_pred, sample_weight=weight) for name, f in REGRESSION.items()}
    if np.ptp(y_true) == 0:
        # The weighted mean of equal numbers may be off by rounding, and scikit-learn then divides by next to nothing.
        expected["r2"] = reference(REGRESSION["r2"], y_true, y_pred)
    assert values == pytest.approx(expected, rel=1e-12, nan_ok=True)


@given(case)
def test_binary_metrics_equal_those_of_scikit_learn(draw: tuple[int, int, str]) -> None:
    seed, n, kind = draw
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, 2, n)
    y_pred = tied_probabilities(rng, n, 2)
    weight = weights(rng, kind, n)
    codes = predicted_codes(y_pred)
    expected = {name: reference(f, y_true, codes, sample_weight=weight) for name, f in OF_TWO_CLASSES.items()}
    expected["log_loss"] = reference(
        sklearn_metrics.log_loss, y_true, y_proba=y_pred, sample_weight=weight, labels=[0, 1]
    )
    expected["brier_score"] = reference(
        sklearn_metrics.brier_score_loss, y_true, y_pred[:, 1], sample_weight=weight, labels=[0, 1]
    )
    ranking = {"roc_auc": math.nan, "average_precision": math.nan}
    if y_true.any():
        ranking["average_precision"] = reference(
            sklearn_metrics.average_precision_score, y_true, y_pred[:, 1], sample_weight=weight
        )
    if 0 < y_true.sum() < n:
        ranking["roc_auc"] = reference(sklearn_metrics.roc_auc_score, y_true, y_pred[:, 1], sample_weight=weight)

    values = compute_metrics([*expected, "roc_auc", "average_precision"], y_true, y_pred, sample_weight=weight)

    assert values == pytest.approx(expected | ranking, rel=1e-12, nan_ok=True)


@given(case, st.sampled_from([3, 4, 7]))
def test_multiclass_metrics_equal_those_of_scikit_learn(draw: tuple[int, int, str], n_classes: int) -> None:
    seed, n, kind = draw
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, n_classes, n)
    y_pred = tied_probabilities(rng, n, n_classes)
    weight = weights(rng, kind, n)
    labels = list(range(n_classes))
    codes = predicted_codes(y_pred)
    expected = {name: reference(f, y_true, codes, sample_weight=weight) for name, f in OF_CLASSES.items()}
    expected["log_loss"] = reference(
        sklearn_metrics.log_loss, y_true, y_proba=y_pred, sample_weight=weight, labels=labels
    )
    one_hot = np.eye(n_classes)[y_true]
    expected["brier_score"] = float(np.average(((y_pred - one_hot) ** 2).sum(axis=1), weights=weight))
    expected["roc_auc"] = math.nan
    if len(set(y_true)) > 1:
        # scikit-learn's own multiclass form wants every class to occur.
        expected["roc_auc"] = float(
            np.mean(
                [
                    sklearn_metrics.roc_auc_score(y_true == code, y_pred[:, code], sample_weight=weight)
                    for code in set(y_true)
                ]
            )
        )

    values = compute_metrics(list(expected), y_true, y_pred, sample_weight=weight)

    assert values == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_multiclass_roc_auc_and_brier_score_equal_scikit_learns_own_forms() -> None:
    rng = np.random.default_rng(1)
    y_true = rng.integers(0, 4, 200)
    y_pred = rng.dirichlet(np.ones(4), 200)

    values = compute_metrics(["roc_auc", "brier_score"], y_true, y_pred)

    assert values["roc_auc"] == pytest.approx(sklearn_metrics.roc_auc_score(y_true, y_pred, multi_class="ovr"))
    assert values["brier_score"] == pytest.approx(sklearn_metrics.brier_score_loss(y_true, y_pred))


@pytest.mark.parametrize(("n_classes", "k"), [(3, 2), (5, 2), (6, 5), (12, 5)])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_top_k_equals_that_of_scikit_learn(n_classes: int, k: int, is_weighted: bool) -> None:
    rng = np.random.default_rng(n_classes)
    y_true = rng.integers(0, n_classes, 300)
    y_pred = rng.dirichlet(np.ones(n_classes), 300)
    weight = rng.random(300) if is_weighted else None

    value = compute_metrics(["top_k"], y_true, y_pred, sample_weight=weight)["top_k"]

    expected = sklearn_metrics.top_k_accuracy_score(
        y_true, y_pred, k=k, sample_weight=weight, labels=list(range(n_classes))
    )
    assert value == pytest.approx(expected, rel=1e-12)


def test_top_k_ranks_equal_probabilities_like_the_predicted_class() -> None:
    y_pred = np.full((3, 3), 1 / 3)

    assert compute_metrics(["top_k"], np.array([0, 1, 2]), y_pred) == {"top_k": pytest.approx(2 / 3)}


def test_an_even_binary_probability_is_class_0() -> None:
    assert predicted_codes(np.array([[0.5, 0.5], [0.4, 0.6]])).tolist() == [0, 1]


@pytest.mark.parametrize("name", sorted(METRICS))
def test_rows_of_weight_0_count_as_absent(name: MetricName) -> None:
    rng = np.random.default_rng(3)
    is_regression = "regression" in METRICS[name].tasks
    n_classes = 3 if "multiclass" in METRICS[name].tasks else 2
    y_true = rng.normal(size=40) if is_regression else rng.integers(0, n_classes, 40)
    y_pred = rng.normal(size=40) if is_regression else rng.dirichlet(np.ones(n_classes), 40)
    weight = rng.random(40)
    weight[::2] = 0

    value = compute_metrics([name], y_true, y_pred, sample_weight=weight)

    assert value == compute_metrics([name], y_true[1::2], y_pred[1::2], sample_weight=weight[1::2])


@pytest.mark.parametrize("name", sorted(METRICS))
@pytest.mark.parametrize("factor", [1e-300, 1e-3, 1e6])
def test_only_the_ratios_of_weights_count(name: MetricName, factor: float) -> None:
    rng = np.random.default_rng(4)
    is_regression = "regression" in METRICS[name].tasks
    y_true = rng.normal(size=40) if is_regression else rng.integers(0, 2, 40)
    y_pred = rng.normal(size=40) if is_regression else rng.dirichlet(np.ones(2), 40)
    weight = rng.random(40)

    value = compute_metrics([name], y_true, y_pred, sample_weight=factor * weight)

    assert value == pytest.approx(compute_metrics([name], y_true, y_pred, sample_weight=weight), rel=1e-9)


@pytest.mark.parametrize("name", get_args(MetricName))
@pytest.mark.parametrize("case_name", ["no rows", "no weight", "NaN prediction"])
def test_nothing_to_measure_gives_nan(name: MetricName, case_name: str) -> None:
    is_regression = "regression" in METRICS[name].tasks
    n = 0 if case_name == "no rows" else 3
    y_true: np.ndarray = np.arange(n) % 2
    y_pred: np.ndarray = np.arange(n, dtype=np.float64) if is_regression else np.full((n, 2), 0.5)
    if case_name == "NaN prediction":
        y_pred[-1] = np.nan
    weight = np.zeros(n) if case_name == "no weight" else None

    assert math.isnan(compute_metrics([name], y_true, y_pred, sample_weight=weight)[name])


@pytest.mark.parametrize(
    ("name", "y_true"),
    [("roc_auc", [1, 1]), ("roc_auc", [0, 0]), ("average_precision", [0, 0])],
)
def test_ranking_metrics_of_one_class_are_nan(name: MetricName, y_true: list[int]) -> None:
    y_pred = np.array([[0.2, 0.8], [0.6, 0.4]])

    assert math.isnan(compute_metrics([name], np.array(y_true), y_pred)[name])


@pytest.mark.parametrize(
    ("y_true", "y_pred", "expected"),
    [([7.0], [7.0], math.nan), ([0.1] * 3, [0.1] * 3, 1.0), ([0.1] * 3, [0.1, 0.1, 0.2], 0.0)],
)
def test_r2_of_a_single_row_is_nan_and_of_a_constant_target_1_or_0(
    y_true: list[float], y_pred: list[float], expected: float
) -> None:
    value = compute_metrics(
        ["r2"], np.array(y_true), np.array(y_pred), sample_weight=np.array([0.1, 0.2, 0.7])[: len(y_true)]
    )

    assert value["r2"] == pytest.approx(expected, nan_ok=True)


def test_the_median_error_lies_between_two_errors_when_rounded_weights_halve() -> None:
    value = compute_metrics(["median_absolute_error"], np.zeros(10), np.arange(10.0), sample_weight=np.full(10, 0.1))

    assert value == {"median_absolute_error": 4.5}


def test_a_certain_and_wrong_probability_costs_a_finite_log_loss() -> None:
    value = compute_metrics(["log_loss"], np.array([1]), np.array([[1.0, 0.0]]))["log_loss"]

    assert value == pytest.approx(-math.log(np.finfo(np.float64).eps))


def test_metrics_come_in_the_order_asked_for_as_plain_floats() -> None:
    values = compute_metrics(["recall", "accuracy"], np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]))

    assert list(values) == ["recall", "accuracy"]
    assert {type(value) for value in values.values()} == {float}


def test_huge_errors_overflow_without_a_warning() -> None:
    values = compute_metrics(["rmse", "mae"], np.array([0.0, 1.0]), np.array([1e200, -1e200]))

    assert values == {"rmse": math.inf, "mae": 1e200}


def test_roc_auc_of_a_million_rows_takes_well_under_a_second() -> None:
    rng = np.random.default_rng(5)
    positive = rng.random(1_000_000)
    y_pred = np.column_stack([1 - positive, positive])
    y_true = rng.integers(0, 2, 1_000_000)

    with measured() as spent:
        compute_metrics(["roc_auc"], y_true, y_pred)

    assert spent.seconds < allowed(1.0)  # 0.1 to 0.3 on a quiet machine


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.9])
def test_labels_above_a_threshold_are_measured_as_scikit_learn_measures_them(threshold: float) -> None:
    rng = np.random.default_rng(0)
    p, y_true, weight = rng.random(200), rng.integers(0, 2, 200), rng.uniform(0, 3, 200)
    predicted = p > threshold
    expected = {
        "accuracy": sklearn_metrics.accuracy_score(y_true, predicted, sample_weight=weight),
        "f1": sklearn_metrics.f1_score(y_true, predicted, sample_weight=weight),
        "precision": sklearn_metrics.precision_score(y_true, predicted, sample_weight=weight),
        "recall": sklearn_metrics.recall_score(y_true, predicted, sample_weight=weight),
        "balanced_accuracy": sklearn_metrics.balanced_accuracy_score(y_true, predicted, sample_weight=weight),
        "roc_auc": sklearn_metrics.roc_auc_score(y_true, p, sample_weight=weight),
    }
    names = cast("list[MetricName]", list(expected))
    both = np.stack([1 - p, p], axis=1)
    assert compute_metrics(names, y_true, both, sample_weight=weight, threshold=threshold) == pytest.approx(expected)
