"""What is said of a loss that is not finite."""

from typing import Any

import numpy as np
import pytest

from dltrain.features import EncodedFeatures
from dltrain.training.divergence import diverged
from dltrain.training.examples import Examples


def error(*, x: float = 1.0, y: float = 1.0, rate: float = 0.1, target_scale: str = "standard", step: int = 2) -> str:
    features = EncodedFeatures(np.full((3, 1), x, np.float32), np.zeros((3, 0), np.int32), ())
    examples = Examples(features, np.full((3, 1), y, np.float32), np.ones(3, np.float32))
    found = diverged(
        examples, epoch=1, step=step, n_steps=5, value=np.nan, learning_rate=rate, target_scale=target_scale
    )
    return str(found)


def hint(**given: Any) -> str:
    return error(**given).split("\nhint: ")[1]


def test_a_rate_that_nothing_was_learned_with_is_not_the_cause() -> None:
    assert error(step=1) == (
        "epoch 1, step 1 of 5: the loss is not finite, expected a number, got nan (learning rate 0.1)\n"
        "hint: the outputs of the untrained network are too large: smaller starting weights, or other activations"
    )
    assert "learning_rate" in hint(x=1e30)
    said = hint(x=1e30, step=1)
    assert said.startswith("the inputs are not scaled (values up to 1e+30): preprocessing.numeric.scale=standard")
    assert "learning_rate" not in said


@pytest.mark.parametrize(("rate", "advised"), [(0.1, "0.01"), (1e30, "0.01"), (0.01, "0.001"), (0.0, "0.001")])
def test_the_rate_that_is_advised_is_lower_and_never_0(rate: float, advised: str) -> None:
    assert hint(rate=rate) == f"the learning rate is too high: training.optimizer.learning_rate={advised}"


def test_a_target_is_scaled_as_the_output_can_reach_it() -> None:
    said = hint(y=1e6, target_scale="min_max")
    assert said == "the target is not scaled (values up to 1e+06): preprocessing.target.scale=min_max"
