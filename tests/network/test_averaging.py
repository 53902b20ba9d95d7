"""The average of networks, against the mean of their forward passes in NumPy."""

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.config.average import average_problems, plan_average, wide_section
from dltrain.config.sections.model import ModelSection
from dltrain.network import average_network, build_network, onnx_bytes
from tests.network.cases import ACTIVATIONS, N_FEATURES, N_OUTPUTS, SECTIONS, inputs, model_section, weights_of
from tests.network.numpy_forward import ACTIVATIONS as NUMPY_ACTIVATIONS
from tests.network.numpy_forward import forward
from tests.network.test_onnx_graph import run_onnx

pytestmark = pytest.mark.slow

BATCH_NORMALIZATION = {"type": "batch_normalization"}


def shaken(section: ModelSection, seed: int) -> Any:
    """A network none of whose weights are as they were built, nor those of another seed."""
    network = build_network(section, n_features=N_FEATURES, n_outputs=N_OUTPUTS, seed=seed)
    rng = np.random.default_rng(seed)
    for layer in network.layers:
        for variable in layer.weights:
            if variable.name in ("gamma", "moving_variance"):
                variable.assign(rng.uniform(0.5, 2.0, variable.shape))
            else:
                variable.assign(rng.normal(0, variable.shape[0] ** -0.5, variable.shape))
    return network


def expected_outputs(section: ModelSection, networks: list[Any], x: np.ndarray) -> np.ndarray:
    """The mean of what the networks add up in their last layer, then its activation."""
    linear = section.model_copy(update={"output": section.output.model_copy(update={"activation": "linear"})})
    sums = [forward(linear, weights_of(network), x) for network in networks]
    assert section.output.activation is not None
    return NUMPY_ACTIVATIONS[section.output.activation](np.mean(sums, axis=0))


def assert_is_average(section: ModelSection, *, n_members: int) -> Any:
    assert not list(average_problems(section, n_members=n_members))
    networks = [shaken(section, seed) for seed in range(1, n_members + 1)]
    members = [onnx_bytes(network, section) for network in networks]
    average = average_network(members, section, n_features=N_FEATURES, n_outputs=N_OUTPUTS, seed=0)
    x = inputs()[:40]
    expected = expected_outputs(section, networks, x)
    scale = np.maximum(1.0, np.abs(expected).max(axis=1, keepdims=True))
    np.testing.assert_allclose(np.asarray(average(x)) / scale, expected / scale, rtol=0, atol=1e-5)
    wide = wide_section(section, plan_average(section, n_features=N_FEATURES, n_members=n_members))
    assert ModelSection.model_validate_json(wide.model_dump_json()) == wide
    np.testing.assert_allclose(run_onnx(onnx_bytes(average, wide), x) / scale, expected / scale, rtol=0, atol=1e-5)
    return average


CASES = {
    name: section
    for name, section in SECTIONS.items()
    if not list(average_problems(section, n_members=3)) and "exponential" not in name
} | {
    "normalised twice": model_section(
        BATCH_NORMALIZATION, {"type": "dropout", "rate": 0.2}, BATCH_NORMALIZATION, {"type": "dense", "units": 4}
    ),
    "normalised for the output": model_section(BATCH_NORMALIZATION, use_bias=False, activation="softmax"),
    "normalised for an activation": model_section(
        BATCH_NORMALIZATION,
        {"type": "activation", "activation": "tanh"},
        BATCH_NORMALIZATION,
        {"type": "dense", "units": 3, "activation": "relu", "use_bias": False},
        activation="sigmoid",
    ),
    "activated first": model_section(
        {"type": "activation", "activation": "softsign"}, BATCH_NORMALIZATION, {"type": "dense", "units": 3}
    ),
}


def test_every_kind_of_layer_is_among_the_cases() -> None:
    assert len(CASES) > 25
    kinds = {layer.type for section in CASES.values() for layer in section.layers}
    assert kinds == {"dense", "activation", "dropout", "gaussian_noise", "batch_normalization"}


@pytest.mark.parametrize("name", CASES)
def test_the_average_adds_up_the_mean_of_its_members(name: str) -> None:
    assert_is_average(CASES[name], n_members=3)


LAYERS = st.one_of(
    st.builds(
        lambda units, activation, use_bias: {
            "type": "dense",
            "units": units,
            "activation": activation,
            "use_bias": use_bias,
        },
        st.integers(1, 6),
        st.sampled_from([name for name in ACTIVATIONS if name not in ("softmax", "exponential")]),
        st.booleans(),
    ),
    st.builds(
        lambda center, scale: {"type": "batch_normalization", "center": center, "scale": scale},
        st.booleans(),
        st.booleans(),
    ),
    st.sampled_from(["relu", "tanh", "linear"]).map(lambda name: {"type": "activation", "activation": name}),
    st.just({"type": "dropout", "rate": 0.5}),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    layers=st.lists(LAYERS, max_size=5),
    n_members=st.integers(2, 4),
    activation=st.sampled_from(["linear", "sigmoid", "softmax", "exponential"]),
    use_bias=st.booleans(),
)
def test_layers_in_any_order_are_averaged(
    layers: list[dict[str, Any]], n_members: int, activation: str, *, use_bias: bool
) -> None:
    assert_is_average(model_section(*layers, activation=activation, use_bias=use_bias), n_members=n_members)


def test_plain_keras_opens_the_average(tmp_path: Any) -> None:
    average = assert_is_average(CASES["normalised for an activation"], n_members=2)
    average.save(tmp_path / "model.keras")
    opened = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(opened(inputs()), average(inputs()))


def test_no_normalisation_of_the_inputs_takes_a_layer_of_its_own() -> None:
    section = model_section(BATCH_NORMALIZATION, {"type": "dense", "units": 4, "activation": "relu"})
    average = assert_is_average(section, n_members=3)
    assert average.count_params() == (N_FEATURES + 1) * 12 + (12 + 1) * N_OUTPUTS
