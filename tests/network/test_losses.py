from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter

from dltrain.config.sections.losses import TASK_LOSSES, Loss
from dltrain.network.losses import build_loss

pytestmark = pytest.mark.slow

Array = NDArray[np.float64]
Formula = Callable[[Array, Array], Array]


def cross_entropy(y: Array, p: Array) -> Array:
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def focal(y: Array, p: Array, gamma: float) -> Array:
    return (1 - (y * p + (1 - y) * (1 - p))) ** gamma * cross_entropy(y, p)


def huber(delta: float) -> Formula:
    def formula(y: Array, p: Array) -> Array:
        error = np.abs(y - p)
        return np.where(error <= delta, error**2 / 2, delta * error - delta**2 / 2)

    return formula


def smooth(y: Array, share: float) -> Array:
    """Moves 0 and 1 towards 0.5."""
    return y * (1 - share) + share / 2


REGRESSION: dict[str, tuple[Any, Formula]] = {
    "mse": ("mse", lambda y, p: (y - p) ** 2),
    "mae": ("mae", lambda y, p: np.abs(y - p)),
    "mape": ("mape", lambda y, p: 100 * np.abs((y - p) / y)),
    "log_cosh": ("log_cosh", lambda y, p: np.log(np.cosh(y - p))),
    "poisson": ("poisson", lambda y, p: p - y * np.log(p)),
    "huber": ("huber", huber(1.0)),
    "huber of another delta": ({"type": "huber", "delta": 0.3}, huber(0.3)),
}
BINARY: dict[str, tuple[Any, Formula]] = {
    "binary_crossentropy": ("binary_crossentropy", cross_entropy),
    "smooth binary_crossentropy": (
        {"type": "binary_crossentropy", "label_smoothing": 0.2},
        lambda y, p: cross_entropy(smooth(y, 0.2), p),
    ),
    "binary_focal_crossentropy": ("binary_focal_crossentropy", lambda y, p: focal(y, p, 2.0)),
    "binary_focal_crossentropy with every argument": (
        {
            "type": "binary_focal_crossentropy",
            "gamma": 1.5,
            "alpha": 0.7,
            "apply_class_balancing": True,
            "label_smoothing": 0.1,
        },
        lambda y, p: (0.7 * smooth(y, 0.1) + 0.3 * (1 - smooth(y, 0.1))) * focal(smooth(y, 0.1), p, 1.5),
    ),
}
MULTICLASS: dict[str, tuple[Any, Formula]] = {
    "categorical_crossentropy": ("categorical_crossentropy", lambda y, p: -np.sum(y * np.log(p), axis=1)),
    "smooth categorical_crossentropy": (
        {"type": "categorical_crossentropy", "label_smoothing": 0.3},
        lambda y, p: -np.sum((0.7 * y + 0.1) * np.log(p), axis=1),
    ),
}


def losses(section: Any, y_true: np.ndarray, y_pred: np.ndarray) -> Array:
    loss = build_loss(TypeAdapter(Loss).validate_python(section))
    values = np.asarray(loss(y_true.astype(np.float32), y_pred.astype(np.float32)))
    assert values.dtype == np.float32
    return values


@pytest.mark.parametrize(("section", "formula"), REGRESSION.values(), ids=REGRESSION)
def test_regression_losses_follow_their_formulas_row_by_row(section: Any, formula: Formula) -> None:
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.uniform(0.5, 4, (2, 20, 1))

    np.testing.assert_allclose(losses(section, y_true, y_pred), formula(y_true, y_pred)[:, 0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("section", "formula"), BINARY.values(), ids=BINARY)
def test_binary_losses_follow_their_formulas_row_by_row(section: Any, formula: Formula) -> None:
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 2, (20, 1)).astype(np.float64), rng.uniform(0.01, 0.99, (20, 1))

    np.testing.assert_allclose(losses(section, y_true, y_pred), formula(y_true, y_pred)[:, 0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("section", "formula"), MULTICLASS.values(), ids=MULTICLASS)
def test_multiclass_losses_follow_their_formulas_row_by_row(section: Any, formula: Formula) -> None:
    rng = np.random.default_rng(0)
    y_true, y_pred = np.eye(3)[rng.integers(0, 3, 20)], rng.dirichlet(np.ones(3), 20)

    np.testing.assert_allclose(losses(section, y_true, y_pred), formula(y_true, y_pred), rtol=1e-4, atol=1e-6)


def test_every_loss_is_tested() -> None:
    tested = {"regression": REGRESSION, "binary": BINARY, "multiclass": MULTICLASS}

    assert all(set(names) <= set(tested[task]) for task, names in TASK_LOSSES.items())
    kinds = {
        name for section in get_args(get_args(Loss)[0]) for name in get_args(section.model_fields["type"].annotation)
    }
    assert kinds == {name for names in TASK_LOSSES.values() for name in names}
