"""Metrics for many weightings equal `compute_metrics` for each of them."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import METRICS, MetricName
from dltrain.scoring import compute_metrics
from dltrain.scoring.reweighted import reweighted_metric

CASES = [(name, task) for name, facts in METRICS.items() for task in facts.tasks]


def predictions(task: Task, seed: int, n_rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    if task == "regression":
        truth = rng.normal(5, 2, n_rows)
        return truth, truth + rng.normal(0, 1, n_rows).round(1)
    n_classes = 2 if task == "binary" else 7
    scores = np.exp(rng.normal(size=(n_rows, n_classes)).round(1))
    return rng.integers(0, n_classes, n_rows), scores / scores.sum(axis=1, keepdims=True)


def equal_scores(task: Task, seed: int, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and predictions with equal scores among them."""
    rng = np.random.default_rng(seed)
    if task == "regression":
        truth = rng.integers(0, 5, n_rows).astype(np.float64)
        return truth, truth + rng.integers(-2, 3, n_rows)
    n_classes = 2 if task == "binary" else 7
    probabilities = rng.integers(1, 5, (n_rows, n_classes)).astype(np.float64)
    return rng.integers(0, n_classes, n_rows), probabilities / probabilities.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("name", "task"), CASES)
@given(seed=st.integers(0, 10_000), n_rows=st.integers(2, 40))
def test_few_rows_with_equal_scores_too(name: MetricName, task: Task, seed: int, n_rows: int) -> None:
    truth, predicted = equal_scores(task, seed, n_rows)
    rng = np.random.default_rng(seed)
    # As the bootstrap draws them, and any other weights.
    weights = np.concatenate([rng.multinomial(n_rows, np.full(n_rows, 1 / n_rows), 5), rng.uniform(0, 3, (5, n_rows))])
    with np.errstate(all="ignore"):
        found = reweighted_metric(name, truth, predicted)(weights.astype(np.float64))
    expected = [compute_metrics([name], truth, predicted, sample_weight=weight)[name] for weight in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_r2_of_large_numbers_does_not_cancel_out() -> None:
    truth, predicted = equal_scores("regression", 0, 30)
    weights = np.random.default_rng(0).uniform(0, 3, (5, 30))
    near, far = (reweighted_metric("r2", truth + shift, predicted + shift)(weights) for shift in (0, 1e8))
    np.testing.assert_allclose(far, near, rtol=1e-6)


def test_every_metric_of_every_task_is_here() -> None:
    assert {name for name, _ in CASES} == set(get_args(MetricName))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_every_metric_equals_the_one_computed_for_each_weighting(name: MetricName, task: Task) -> None:
    truth, predicted = predictions(task, seed=len(name))
    weights = np.random.default_rng(1).integers(0, 3, (20, len(truth))).astype(np.float64)
    weights[3] = 0.1
    found = reweighted_metric(name, truth, predicted)(weights)
    expected = [compute_metrics([name], truth, predicted, sample_weight=weight)[name] for weight in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("name", [name for name, task in CASES if task == "binary"])
@given(seed=st.integers(0, 10_000), threshold=st.sampled_from([0.0, 0.2, 0.25, 0.5, 0.8, 1.0]))
def test_every_metric_knows_the_threshold(name: MetricName, seed: int, threshold: float) -> None:
    truth, predicted = equal_scores("binary", seed, 30)
    weights = np.random.default_rng(seed).uniform(0, 3, (5, 30))
    with np.errstate(all="ignore"):
        found = reweighted_metric(name, truth, predicted, threshold=threshold)(weights)
    expected = [
        compute_metrics([name], truth, predicted, sample_weight=weight, threshold=threshold)[name] for weight in weights
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
