"""Errors of single rows."""

import numpy as np
import pytest
from scipy import stats

from dltrain.config import config_from_dict
from dltrain.scoring import compute_metrics
from dltrain.scoring.row_errors import RowErrors, row_errors, standard_error

CONTENT = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
TRUTH, PREDICTED = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 1.0])


def test_the_standard_error_is_that_of_the_textbook() -> None:
    values = np.random.default_rng(0).normal(size=30)
    assert standard_error(values, np.ones(30)) == pytest.approx(stats.sem(values))
    assert standard_error(values, np.full(30, 7.0)) == pytest.approx(stats.sem(values))


def test_rows_of_weight_0_count_as_absent() -> None:
    values, weight = np.array([1.0, 2.0, 4.0, 99.0]), np.array([1.0, 1.0, 1.0, 0.0])
    assert standard_error(values, weight) == pytest.approx(stats.sem(values[:3]))


def test_a_single_row_is_not_sure_of_anything() -> None:
    assert standard_error(np.array([3.0]), np.ones(1)) == np.inf


def test_infinite_predictions_have_infinite_errors_without_a_warning() -> None:
    config = config_from_dict(CONTENT, ["training.loss=mse"]).config
    for far in (np.inf, 1e300):
        errors = row_errors(config, TRUTH, np.array([2.0, far, 1.0]))
        assert errors.mean == np.inf
        assert np.isnan(errors.standard_error)
        assert np.isnan(errors.minus(errors)[1])


@pytest.mark.parametrize(
    ("loss", "transform", "name", "values"),
    [
        ("mse", "none", "squared error", [1, 0, 9]),
        ("mse", "log", "absolute error", [1, 0, 3]),
        ("mae", "none", "absolute error", [1, 0, 3]),
    ],
)
def test_a_row_is_measured_as_the_network_was_trained(
    loss: str, transform: str, name: str, values: list[float]
) -> None:
    overrides = [f"training.loss={loss}", f"preprocessing.target.transform={transform}"]
    errors = row_errors(config_from_dict(CONTENT, overrides).config, TRUTH, PREDICTED)
    assert (errors.name, errors.values.tolist()) == (name, values)


def test_classes_are_measured_by_cross_entropy() -> None:
    config = config_from_dict(CONTENT).config
    errors = row_errors(config, np.array([0, 1]), np.array([[0.5, 0.5], [0.75, 0.25]]))
    np.testing.assert_allclose(errors.values, -np.log([0.5, 0.25]))
    # The same for a probability of 0 as in the metric of that name.
    sure, truth = np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1, 0])
    assert row_errors(config, truth, sure).mean == pytest.approx(compute_metrics(["log_loss"], truth, sure)["log_loss"])


def test_the_difference_of_the_same_rows_is_more_sure_than_that_of_two_samples() -> None:
    rng = np.random.default_rng(0)
    hard = rng.exponential(10, 200)
    one, other = (RowErrors("e", hard + rng.normal(size=200) + shift, np.ones(200)) for shift in (0, 1))
    difference, error = other.minus(one)
    assert difference == pytest.approx(other.mean - one.mean)
    assert error < np.hypot(one.standard_error, other.standard_error) / 3
