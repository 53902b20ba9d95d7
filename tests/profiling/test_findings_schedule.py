"""Schedules that are over too soon, or grow."""

from typing import Any

import pytest

from dltrain.profiling.findings_schedule import schedule_findings
from tests.profiling.configs import config_of

N_TRAIN, BATCH_SIZE, EPOCHS = 1_000, 10, 20  # 100 steps an epoch, 2,000 in all


def found(schedule: dict[str, Any], *, epochs: int = EPOCHS) -> list[tuple[str, tuple[str, ...]]]:
    training = {"batch_size": BATCH_SIZE, "epochs": epochs, "optimizer": {"type": "adam", "learning_rate": schedule}}
    findings = schedule_findings(config_of(training=training), n_train=N_TRAIN)
    return [(finding.message, finding.change) for finding in findings]


COSINE = {"type": "cosine_decay", "initial_learning_rate": 0.01}
EXPONENTIAL = {"type": "exponential_decay", "initial_learning_rate": 0.01}
PIECEWISE = {"type": "piecewise_constant_decay"}


@pytest.mark.parametrize(
    ("schedule", "message", "change"),
    [
        (COSINE | {"decay_steps": 20}, "is down to its end after 20 steps, in the first epoch", "decay_steps=null"),
        (COSINE | {"decay_steps": 20, "alpha": 0.1}, "after 20 steps, in the first epoch", "decay_steps=null"),
        (COSINE | {"decay_steps": 900}, "is 0 after 900 of 2,000 steps", "decay_steps=null"),
        (
            COSINE | {"decay_steps": 9, "warmup_target": 0.1, "warmup_steps": 5_000},
            "5,000 steps, is not over when training is, after 2,000",
            "warmup_steps=200",
        ),
        (EXPONENTIAL | {"decay_steps": 1, "decay_rate": 0.9}, "falls to 3e-05 of what it was", "decay_steps=46"),
        (EXPONENTIAL | {"decay_steps": 30, "decay_rate": 0.1}, "falls to 0.0005 of", "decay_steps=1000"),
        (PIECEWISE | {"boundaries": [5, 10], "values": [0.1, 0.01, 0.001]}, "the last 10,", "boundaries=[500, 1000]"),
    ],
)
def test_a_schedule_that_counts_epochs_for_steps_is_told(schedule: dict[str, Any], message: str, change: str) -> None:
    ((text, changes),) = found(schedule)
    assert message in text
    assert text.endswith(": an epoch has 100 steps, and a schedule counts steps")
    assert changes == (f"training.optimizer.learning_rate.{change}",)


@pytest.mark.parametrize(
    "schedule",
    [
        COSINE,
        COSINE | {"warmup_target": 0.1, "warmup_steps": 200},
        COSINE | {"decay_steps": 900, "alpha": 0.1},
        COSINE | {"decay_steps": 2_000},
        EXPONENTIAL | {"decay_steps": 100, "decay_rate": 0.9},
        EXPONENTIAL | {"decay_steps": 1_000, "decay_rate": 3.0},  # 9 times as large in the end
        EXPONENTIAL | {"decay_steps": 1_000, "decay_rate": 9.0, "staircase": True},
        EXPONENTIAL | {"decay_steps": 2_000, "decay_rate": 1e9, "staircase": True},
        PIECEWISE | {"boundaries": [50, 500], "values": [0.1, 0.01, 0.001]},
        {"type": "reduce_on_plateau"},
    ],
)
def test_other_schedules_are_left_alone(schedule: dict[str, Any]) -> None:
    assert found(schedule) == []


@pytest.mark.parametrize(
    ("decay_steps", "decay_rate", "times", "change"),
    [
        (1_000, 3.2, "3.2 every 1,000 steps", "0.312"),
        (999, 1e9, "1000000000 every 999 steps", "1e-09"),
        (1, 1e38, "1e+38 every step", "1e-38"),
        (1, 1.004, "1.004 every step", "0.996"),
        (1, 1.00123456, "1.00123456 every step", "0.999"),
    ],
)
@pytest.mark.parametrize("staircase", [False, True])
def test_a_rate_that_grows_is_told(
    decay_steps: int, decay_rate: float, times: str, change: str, staircase: bool
) -> None:
    schedule = EXPONENTIAL | {"decay_steps": decay_steps, "decay_rate": decay_rate, "staircase": staircase}
    if staircase and decay_steps == 1_000:
        assert found(schedule) == []
        return
    ((text, changes),) = found(schedule)
    assert text == f"the learning rate is multiplied by {times} and never falls: a decay_rate is below 1"
    assert changes == (f"training.optimizer.learning_rate.decay_rate={change}",)


def test_a_rate_that_falls_instead_of_growing_is_not_constant() -> None:
    ((_, changes),) = found(EXPONENTIAL | {"decay_steps": 1, "decay_rate": 1.00004}, epochs=1_000)
    assert changes == ("training.optimizer.learning_rate.decay_rate=0.99996",)


def test_in_one_epoch_a_schedule_may_be_as_short_as_that() -> None:
    assert found(PIECEWISE | {"boundaries": [5], "values": [0.1, 0.01]}, epochs=1) == []
    assert found(COSINE | {"decay_steps": 60}, epochs=1) == []
    assert found(EXPONENTIAL | {"decay_steps": 1, "decay_rate": 0.9}, epochs=1) == []
