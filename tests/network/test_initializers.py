from typing import Any, get_args

import numpy as np
import pytest
from pydantic import TypeAdapter

from dltrain.config.sections.initializers import Initializer, PlainInitializerName, Regularizer
from dltrain.network.initializers import build_initializer, build_regularizer

pytestmark = pytest.mark.slow

SHAPE = (60, 40)
FAN_IN, FAN_OUT = SHAPE
FAN_MEAN = (FAN_IN + FAN_OUT) / 2


def initial_values(section: Any, seed: int = 5) -> np.ndarray:
    built = build_initializer(TypeAdapter(Initializer).validate_python(section), seed=seed)
    return np.asarray(built(SHAPE, dtype="float32"))


# Section, standard deviation; truncation and bounds keep it exact up to sampling noise.
RANDOM: dict[str, tuple[Any, float]] = {
    "glorot_uniform": ("glorot_uniform", FAN_MEAN**-0.5),
    "glorot_normal": ("glorot_normal", FAN_MEAN**-0.5),
    "he_uniform": ("he_uniform", (2 / FAN_IN) ** 0.5),
    "he_normal": ("he_normal", (2 / FAN_IN) ** 0.5),
    "lecun_uniform": ("lecun_uniform", FAN_IN**-0.5),
    "lecun_normal": ("lecun_normal", FAN_IN**-0.5),
    "random_normal": ({"type": "random_normal", "mean": 1.0, "stddev": 2.0}, 2.0),
    "truncated_normal": ({"type": "truncated_normal", "mean": 1.0, "stddev": 2.0}, 2.0 * 0.8796),
    "random_uniform": ({"type": "random_uniform", "minval": -1.0, "maxval": 3.0}, 4.0 / 12**0.5),
    "orthogonal": ({"type": "orthogonal", "gain": 3.0}, 3.0 * FAN_IN**-0.5),
    "variance_scaling": (
        {"type": "variance_scaling", "scale": 4.0, "mode": "fan_out", "distribution": "untruncated_normal"},
        (4 / FAN_OUT) ** 0.5,
    ),
}
FIXED = {"zeros": ("zeros", 0.0), "ones": ("ones", 1.0), "constant": ({"type": "constant", "value": 0.25}, 0.25)}


@pytest.mark.parametrize(("section", "deviation"), RANDOM.values(), ids=RANDOM)
def test_random_weights_follow_from_the_seed_and_have_the_deviation_of_the_formula(
    section: Any, deviation: float
) -> None:
    values = initial_values(section)

    assert values.dtype == np.float32
    assert values.std() == pytest.approx(deviation, rel=0.06)
    assert values.tobytes() == initial_values(section).tobytes()
    assert not np.isclose(values, initial_values(section, seed=6)).all()


def test_the_mean_of_random_weights_is_the_one_asked_for() -> None:
    for name in ("random_normal", "truncated_normal", "random_uniform"):
        assert initial_values(RANDOM[name][0]).mean() == pytest.approx(1.0, abs=0.15)


def test_orthogonal_columns_are_orthogonal() -> None:
    values = initial_values(RANDOM["orthogonal"][0])

    np.testing.assert_allclose(values.T @ values, 9 * np.eye(FAN_OUT), atol=1e-4)


@pytest.mark.parametrize(("section", "value"), FIXED.values(), ids=FIXED)
def test_fixed_weights_are_the_given_number(section: Any, value: float) -> None:
    assert (initial_values(section) == value).all()


def test_every_initializer_is_tested() -> None:
    assert set(get_args(PlainInitializerName)) <= {*RANDOM, *FIXED}
    assert len({*RANDOM, *FIXED}) == len(get_args(PlainInitializerName)) + 6


@pytest.mark.parametrize(
    ("section", "penalty"),
    [
        ("l1", 0.01 * 6),
        ("l2", 0.01 * 14),
        ("l1_l2", 0.0),
        ({"type": "l1", "l1": 0.5}, 0.5 * 6),
        ({"type": "l2", "l2": 0.5}, 0.5 * 14),
        ({"type": "l1_l2", "l1": 0.5, "l2": 0.25}, 0.5 * 6 + 0.25 * 14),
    ],
)
def test_penalties_follow_their_formulas(section: Any, penalty: float) -> None:
    built = build_regularizer(TypeAdapter(Regularizer).validate_python(section))

    assert built is not None
    assert float(built(np.array([[1.0, -2.0], [3.0, 0.0]], np.float32))) == pytest.approx(penalty)


def test_no_regularizer_stays_none() -> None:
    assert build_regularizer(None) is None
