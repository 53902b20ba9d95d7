"""What more units could predict of what a network leaves over."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from dltrain.config.sections.losses import Loss
from dltrain.scoring.missed import LeftOver, Missed, find_missed, loss_residuals

LOSS: TypeAdapter[Any] = TypeAdapter(Loss)
STEP = 1e-6


def sigmoid(sums: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-sums)))


def softmax(sums: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True))


def binary_crossentropy(truth: np.ndarray, sums: np.ndarray) -> np.ndarray:
    return np.asarray(-truth * np.log(sigmoid(sums)) - (1 - truth) * np.log(1 - sigmoid(sums)))


def huber(truth: np.ndarray, sums: np.ndarray) -> np.ndarray:
    error = np.abs(truth - sums)
    return np.asarray(np.where(error <= 0.5, error**2 / 2, 0.5 * error - 0.125))


@pytest.mark.parametrize(
    ("section", "activation", "reference", "factor"),
    [
        ({"type": "mse"}, np.asarray, lambda y, z: (y - z) ** 2, 2),
        ({"type": "mae"}, np.asarray, lambda y, z: np.abs(y - z), 1),
        ({"type": "log_cosh"}, np.asarray, lambda y, z: np.log(np.cosh(y - z)), 1),
        ({"type": "huber", "delta": 0.5}, np.asarray, huber, 1),
        ({"type": "poisson"}, np.exp, lambda y, z: np.exp(z) - y * z, 1),
        ({"type": "binary_crossentropy"}, sigmoid, binary_crossentropy, 1),
        (
            {"type": "binary_crossentropy", "label_smoothing": 0.2},
            sigmoid,
            lambda y, z: binary_crossentropy(y * 0.8 + 0.1, z),
            1,
        ),
    ],
)
def test_residuals_are_the_negative_gradient(section: Any, activation: Any, reference: Any, factor: float) -> None:
    rng = np.random.default_rng(0)
    answers, sums = rng.integers(0, 2, (20, 1)).astype(np.float64), rng.normal(size=(20, 1))
    slope = (reference(answers, sums + STEP) - reference(answers, sums - STEP)) / (2 * STEP)
    loss = LOSS.validate_python(section)
    residuals = loss_residuals(loss, activation(sums), answers)
    assert residuals is not None
    np.testing.assert_allclose(residuals, np.asarray(-slope / factor), atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_residuals_of_several_classes_are_the_negative_gradient(smoothing: float) -> None:
    rng = np.random.default_rng(0)
    codes, sums = rng.integers(0, 3, 20), rng.normal(size=(20, 3))
    truth = np.eye(3)[codes] * (1 - smoothing) + smoothing / 3
    slope = np.empty((20, 3))
    for place in range(3):
        shift = STEP * np.eye(3)[place]
        above, below = (-(truth * np.log(softmax(sums + sign * shift))).sum(axis=1) for sign in (1, -1))
        slope[:, place] = (above - below) / (2 * STEP)
    loss = LOSS.validate_python({"type": "categorical_crossentropy", "label_smoothing": smoothing})
    residuals = loss_residuals(loss, softmax(sums), codes)
    assert residuals is not None
    np.testing.assert_allclose(residuals, np.asarray(-slope), atol=1e-6)


@pytest.mark.parametrize("name", ["mape", "binary_focal_crossentropy"])
def test_other_losses_tell_nothing(name: str) -> None:
    assert loss_residuals(LOSS.validate_python({"type": name}), np.ones((2, 1)), np.ones((2, 1))) is None


def left_over(n_rows: int, structure: float, *, seed: int, weight: np.ndarray | None = None) -> LeftOver:
    """Noise of variance 1, and a product of two inputs that a linear model cannot see."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(n_rows, 5)).astype(np.float32)
    residuals = structure * inputs[:, :1] * inputs[:, 1:2] + rng.normal(size=(n_rows, 1))
    return LeftOver(inputs, residuals, np.ones(n_rows) if weight is None else weight)


def missed(train: LeftOver, validation: LeftOver) -> Missed:
    found = find_missed(train, validation, seed=0)
    assert found is not None
    return found


def test_structure_that_is_left_over_is_found() -> None:
    found = missed(left_over(1_000, 1.0, seed=0), left_over(300, 1.0, seed=1))
    assert 0.25 < found.share < 0.55
    assert found.standard_errors > 4
    assert found.rows == 300


def test_noise_is_not_taken_for_structure() -> None:
    errors = [missed(left_over(400, 0, seed=seed), left_over(200, 0, seed=seed + 1000)) for seed in range(40)]
    assert sum(found.standard_errors > 3 for found in errors) == 0
    assert np.median([found.share for found in errors]) < 0.01


def test_a_constant_offset_is_no_structure() -> None:
    train, validation = left_over(400, 0, seed=0), left_over(200, 0, seed=1)
    shifted = [LeftOver(part.inputs, part.residuals + 7, part.weight) for part in (train, validation)]
    assert missed(*shifted).share == pytest.approx(missed(train, validation).share, abs=1e-6)


def test_rows_of_weight_0_do_not_count() -> None:
    weight = np.concatenate([np.ones(400), np.zeros(400)])
    train, validation = left_over(800, 1.0, seed=0, weight=weight), left_over(300, 1.0, seed=1)
    train.residuals[400:] = 1e6
    assert missed(train, validation).share > 0.2


def test_nothing_is_missed_where_nothing_is_left_over() -> None:
    perfect = LeftOver(np.ones((10, 2), np.float32), np.zeros((10, 1)), np.ones(10))
    assert find_missed(perfect, perfect, seed=0) is None
