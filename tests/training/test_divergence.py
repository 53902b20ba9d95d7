"""What is said of a loss that is not finite any more."""

import numpy as np
import pytest

from dltrain.features import EncodedFeatures
from dltrain.training.divergence import diverged
from dltrain.training.examples import Examples


def hint(*, y: float = 1.0, rate: float = 0.1, target_scale: str = "standard") -> str:
    features = EncodedFeatures(np.ones((3, 1), np.float32), np.zeros((3, 0), np.int32), ())
    examples = Examples(features, np.full((3, 1), y, np.float32), np.ones(3, np.float32))
    error = diverged(
        examples, epoch=1, where="step 1 of 1", value=np.nan, learning_rate=rate, target_scale=target_scale
    )
    assert error.hint is not None
    return error.hint


@pytest.mark.parametrize(("rate", "advised"), [(0.1, "0.01"), (1e30, "0.01"), (0.01, "0.001"), (0.0, "0.001")])
def test_the_rate_that_is_advised_is_lower_and_never_0(rate: float, advised: str) -> None:
    assert hint(rate=rate) == f"the learning rate is too high: training.optimizer.learning_rate={advised}"


def test_a_target_is_scaled_as_the_output_can_reach_it() -> None:
    said = hint(y=1e6, target_scale="min_max")
    assert said == "the target is not scaled (values up to 1e+06): preprocessing.target.scale=min_max"
