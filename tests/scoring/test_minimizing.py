"""The search for a minimum."""

import numpy as np
from scipy import optimize

from dltrain.scoring.minimizing import minimize


def rosenbrock(point: np.ndarray) -> tuple[float, np.ndarray]:
    return float(optimize.rosen(point)), np.asarray(optimize.rosen_der(point))


def test_it_finds_the_bottom_of_a_curved_valley() -> None:
    found = minimize(rosenbrock, np.array([-1.2, 1.0, 0.5]), max_steps=200)
    np.testing.assert_allclose(found, 1.0, atol=1e-3)


def test_an_ill_conditioned_bowl_takes_few_steps() -> None:
    factors = np.logspace(0, 2, 30)
    counted = []

    def bowl(point: np.ndarray) -> tuple[float, np.ndarray]:
        counted.append(1)
        return float(np.sum(factors * (point - 1) ** 2)), 2 * factors * (point - 1)

    found = minimize(bowl, np.zeros(30), max_steps=200)
    assert np.abs(found - 1).max() < 1e-2
    assert len(counted) < 200


def test_it_stays_where_nothing_is_better() -> None:
    at_bottom = np.array([1.0, 1.0])
    assert minimize(rosenbrock, at_bottom, max_steps=10).tolist() == [1.0, 1.0]


def test_it_stops_after_the_steps_it_may_take() -> None:
    start = np.array([-1.2, 1.0])
    values = [rosenbrock(minimize(rosenbrock, start, max_steps=n))[0] for n in (0, 3, 30)]
    assert values[0] == rosenbrock(start)[0]
    assert values[0] > values[1] > values[2]
