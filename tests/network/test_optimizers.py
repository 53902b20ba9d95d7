import math
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import TypeAdapter

from dltrain.config.sections.optimizers import Optimizer
from dltrain.network.backend import keras
from dltrain.network.optimizers import build_optimizer

pytestmark = pytest.mark.slow

MOMENTS = {"beta_1": 0.8, "beta_2": 0.95}
SHARED = {"learning_rate": 0.05, "weight_decay": 0.1, "use_ema": True, "ema_momentum": 0.5}
# Every argument of every optimizer, none at its default.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "sgd": SHARED | {"momentum": 0.5, "nesterov": True},
    "adam": SHARED | MOMENTS | {"epsilon": 1e-3, "amsgrad": True},
    "adamw": SHARED | MOMENTS | {"epsilon": 1e-3, "amsgrad": True},
    "rmsprop": SHARED | {"rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "centered": True},
    "adagrad": SHARED | {"initial_accumulator_value": 0.5, "epsilon": 1e-3},
    "nadam": SHARED | MOMENTS | {"epsilon": 1e-3},
    "adamax": SHARED | MOMENTS | {"epsilon": 1e-3},
    "lion": SHARED | MOMENTS,
}
CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


def section(name: str, **arguments: Any) -> Optimizer:
    parsed: Optimizer = TypeAdapter(Optimizer).validate_python({"type": name, **arguments})
    return parsed


def rates(schedule: dict[str, Any], steps: list[int], *, total_steps: int) -> list[float]:
    """The learning rates before the given steps, through the optimizer."""
    optimizer = build_optimizer(section("sgd", learning_rate=schedule), total_steps=total_steps)
    values = []
    for step in steps:
        optimizer.iterations.assign(step)
        values.append(float(optimizer.learning_rate))
    return values


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("clipping", CLIPPING)
def test_every_argument_reaches_keras_and_a_step_moves_the_weights(name: str, clipping: str) -> None:
    arguments = ARGUMENTS[name] | {clipping: 0.01}
    parsed = section(name, **arguments)
    defaults = section(name)

    optimizer = build_optimizer(parsed, total_steps=10)
    variable = keras.Variable(np.array([1.0, -2.0]), name="weights")
    optimizer.apply([np.array([30.0, 40.0], np.float32)], [variable])

    settings = optimizer.get_config()
    assert {key: settings[key] for key in arguments} == pytest.approx(arguments)
    unchanged = {key for key, value in parsed if value == getattr(defaults, key)}
    assert unchanged == {"type", *CLIPPING} - {clipping}
    assert np.isfinite(variable.numpy()).all()
    assert not np.isclose(variable.numpy(), [1.0, -2.0], rtol=1e-6).any()


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_defaults_are_those_of_keras(name: str) -> None:
    settings = build_optimizer(section(name), total_steps=10).get_config()

    expected = keras.optimizers.get(name).get_config()
    assert settings | {"name": ""} == expected | {"name": ""}


def test_every_optimizer_is_tested() -> None:
    sections = get_args(get_args(Optimizer)[0])

    assert [get_args(kind.model_fields["type"].annotation)[0] for kind in sections] == list(ARGUMENTS)


def test_adamw_without_decay_takes_none_for_it() -> None:
    optimizer = build_optimizer(section("adamw", weight_decay=None, learning_rate=0.1), total_steps=1)
    variable = keras.Variable(np.array([1.0, -2.0]), name="weights")
    optimizer.apply([np.zeros(2, np.float32)], [variable])

    assert variable.numpy().tolist() == [1.0, -2.0]


@pytest.mark.parametrize(
    ("clipping", "step"),
    [
        ({}, (3.0, 4.0)),
        ({"clipnorm": 0.5}, (0.3, 0.4)),
        ({"clipvalue": 0.5}, (0.5, 0.5)),
        ({"global_clipnorm": 1.0}, (0.6, 0.8)),
    ],
)
def test_gradients_are_clipped(clipping: dict[str, float], step: tuple[float, float]) -> None:
    optimizer = build_optimizer(section("sgd", learning_rate=1, **clipping), total_steps=1)
    variable = keras.Variable(np.zeros(2), name="weights")
    optimizer.apply([np.array([3.0, 4.0], np.float32)], [variable])

    assert (-variable.numpy()).tolist() == pytest.approx(step)


def test_cosine_decay_ends_with_the_training() -> None:
    schedule = {"type": "cosine_decay", "initial_learning_rate": 0.4, "alpha": 0.1}

    values = rates(schedule, [0, 50, 100, 120], total_steps=100)

    assert values == pytest.approx([0.4, 0.04 + 0.36 / 2, 0.04, 0.04])


def test_cosine_decay_follows_a_warm_up() -> None:
    schedule = {
        "type": "cosine_decay",
        "initial_learning_rate": 0.0,
        "warmup_target": 0.4,
        "warmup_steps": 20,
    }

    values = rates(schedule, [0, 10, 20, 60, 100], total_steps=100)

    assert values == pytest.approx([0.0, 0.2, 0.4, 0.2, 0.0], abs=1e-7)


def test_cosine_decay_of_given_length_does_not_ask_how_long_the_training_is() -> None:
    schedule = {"type": "cosine_decay", "initial_learning_rate": 0.4, "decay_steps": 30}

    assert rates(schedule, [10, 30], total_steps=100) == pytest.approx(
        [0.2 * (1 + math.cos(math.pi / 3)), 0.0], abs=1e-7
    )


def test_warm_up_steps_without_a_target_are_no_warm_up() -> None:
    schedule = {"type": "cosine_decay", "initial_learning_rate": 0.4, "warmup_steps": 20}

    assert rates(schedule, [0, 50, 100], total_steps=100) == pytest.approx([0.4, 0.2, 0.0], abs=1e-7)


def test_a_warm_up_longer_than_the_training_still_builds() -> None:
    schedule = {"type": "cosine_decay", "initial_learning_rate": 0.0, "warmup_target": 1.0, "warmup_steps": 20}

    assert rates(schedule, [0, 5, 10], total_steps=10) == pytest.approx([0.0, 0.25, 0.5])


@pytest.mark.parametrize(
    ("staircase", "expected"), [(False, [1.0, 0.5**0.5, 0.5, 0.25]), (True, [1.0, 1.0, 0.5, 0.25])]
)
def test_exponential_decay(staircase: bool, expected: list[float]) -> None:
    schedule = {
        "type": "exponential_decay",
        "initial_learning_rate": 1.0,
        "decay_steps": 10,
        "decay_rate": 0.5,
        "staircase": staircase,
    }

    assert rates(schedule, [0, 5, 10, 20], total_steps=100) == pytest.approx(expected)


def test_piecewise_constant_decay() -> None:
    schedule = {"type": "piecewise_constant_decay", "boundaries": (10, 20), "values": (1.0, 0.5, 0.1)}

    assert rates(schedule, [0, 10, 11, 20, 21], total_steps=100) == pytest.approx([1.0, 1.0, 0.5, 0.5, 0.1])


def test_reduce_on_plateau_starts_with_a_rate_that_can_be_set() -> None:
    schedule = {"type": "reduce_on_plateau", "initial_learning_rate": 0.25}
    optimizer = build_optimizer(section("adam", learning_rate=schedule), total_steps=100)
    assert float(optimizer.learning_rate) == 0.25

    optimizer.learning_rate = 0.125

    assert float(optimizer.learning_rate) == 0.125
