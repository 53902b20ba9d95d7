"""Numbers that 32 bits cannot hold would end in a traceback of TensorFlow, or in NaN."""

from pathlib import Path

import pytest

from dltrain.config.load import config_from_dict
from dltrain.errors import ConfigError

CONTENT = {
    "data": {"path": "a.csv", "target": "y"},
    "model": {"layers": [{"type": "dense", "units": 8}, {"type": "batch_normalization"}]},
    "training": {"optimizer": {"type": "adam"}},
}
RATE = "training.optimizer.learning_rate"
LARGE = "expected a number between -3.4e+38 and 3.4e+38, got"
SMALL = "expected 0 or a number beyond ±1.2e-38, got"
COUNT = "expected a whole number <= 4,294,967,295, got"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.batch_size=100000000000000000000", f"training.batch_size: {COUNT} 100000000000000000000"),
        ("training.epochs=4294967296", f"training.epochs: {COUNT} 4294967296"),
        (f"training.epochs=1{'0' * 299}", f"training.epochs: {COUNT} 1{'0' * 59}…"),
        (
            f"{RATE}={{type: cosine_decay, initial_learning_rate: 1, decay_steps: 4294967296}}",
            f"{RATE}.decay_steps: {COUNT} 4294967296",
        ),
        (
            f"{RATE}={{type: piecewise_constant_decay, boundaries: [4294967296], values: [1, 2]}}",
            f"{RATE}.boundaries.0: {COUNT} 4294967296",
        ),
        (f"{RATE}=1e39", f"{RATE}: {LARGE} 1e+39"),
        (f"{RATE}=1e-39", f"{RATE}: {SMALL} 1e-39"),
        ("model.layers.1.epsilon=5e-324", f"model.layers.1.epsilon: {SMALL} 5e-324"),
        (
            "model.layers.0.kernel_initializer={type: constant, value: -1e300}",
            f"model.layers.0.kernel_initializer.value: {LARGE} -1e+300",
        ),
        ("training.class_weight={a: 1e300}", f"training.class_weight.a: {LARGE} 1e+300"),
    ],
)
def test_a_number_beyond_32_bits_is_named(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_dict(CONTENT, [override])
    assert caught.value.message.partition("': ")[2] == message


def test_numbers_at_the_limits_pass() -> None:
    limits = ["training.batch_size=4294967295", "training.seed=4294967295", f"{RATE}=3.4e38"]
    config_from_dict(CONTENT, [*limits, "model.layers.1.epsilon=1.2e-38", "training.class_weight={a: 0}"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "overrides",
    [
        ["training.batch_size=4294967295"],
        [f"{RATE}={{type: cosine_decay, initial_learning_rate: 1e-3, decay_steps: 4294967295}}"],
        [
            f"{RATE}={{type: cosine_decay, initial_learning_rate: 1e-3}}",
            *("training.epochs=4294967295", "training.early_stopping={patience: 0, min_delta: 1e30}"),
        ],
        [f"{RATE}={{type: piecewise_constant_decay, boundaries: [4294967295], values: [0.1, 0.2]}}"],
        ["model.layers.0.epsilon=1.2e-38"],
        ["training.class_weight={yes: 3.4e38, no: 1}"],
    ],
    ids=str,
)
def test_numbers_at_the_limits_can_be_fitted(overrides: list[str], tmp_path: Path) -> None:
    import dltrain
    from tests.conftest import GOLDEN

    model = dltrain.fit(GOLDEN / "people.yaml", overrides=["training.epochs=1", *overrides], runs=tmp_path)
    assert model.metrics["epochs"] <= 2
