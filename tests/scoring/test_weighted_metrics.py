"""Metrics of many weightings at once."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.metrics import METRICS, MetricName
from dltrain.scoring import compute_metrics
from dltrain.scoring.weighted_metrics import weighted_metric

CASES = [(name, task) for name, facts in METRICS.items() for task in facts.tasks]


def rows(task: str, seed: int, n_rows: int = 30) -> tuple[np.ndarray, np.ndarray]:
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
def test_each_weighting_gives_what_the_metric_alone_gives(name: MetricName, task: str, seed: int, n_rows: int) -> None:
    truth, predicted = rows(task, seed, n_rows)
    rng = np.random.default_rng(seed)
    # As the bootstrap draws them, and any other weights.
    weights = np.concatenate([rng.multinomial(n_rows, np.full(n_rows, 1 / n_rows), 5), rng.uniform(0, 3, (5, n_rows))])
    found = weighted_metric(name, truth, predicted, weights.astype(np.float64))
    expected = [compute_metrics([name], truth, predicted, sample_weight=weight)[name] for weight in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_predictions_that_are_not_finite_leave_every_metric_undefined(name: MetricName, task: str) -> None:
    truth, predicted = rows(task, 0)
    predicted[3] = np.inf
    assert np.isnan(weighted_metric(name, truth, predicted, np.ones((2, 30)))).all()


def test_r2_of_large_numbers_does_not_cancel_out() -> None:
    truth, predicted = rows("regression", 0)
    weights: Any = np.random.default_rng(0).uniform(0, 3, (5, 30))
    near, far = (weighted_metric("r2", truth + shift, predicted + shift, weights) for shift in (0, 1e8))
    np.testing.assert_allclose(far, near, rtol=1e-6)
