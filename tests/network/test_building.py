import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.config.sections.model import Activation, ModelSection
from dltrain.network.backend import keras
from dltrain.network.building import build_network, derive_seed
from tests.network.cases import (
    ACTIVATIONS,
    N_FEATURES,
    N_OUTPUTS,
    SECTIONS,
    assert_close,
    inputs,
    model_section,
    trained,
    weights_of,
)
from tests.network.numpy_forward import ACTIVATIONS as NUMPY_ACTIVATIONS
from tests.network.numpy_forward import forward

pytestmark = pytest.mark.slow

RANDOM_EVERYWHERE = model_section(
    {"type": "dense", "units": 8, "bias_initializer": "random_normal"},
    {"type": "dropout", "rate": 0.5},
    {"type": "gaussian_noise", "stddev": 0.5},
    {"type": "dense", "units": 8, "kernel_initializer": "orthogonal", "bias_initializer": "random_normal"},
    {"type": "dropout", "rate": 0.5},
    {"type": "dense", "units": 8, "kernel_initializer": "he_normal", "bias_initializer": "random_uniform"},
    {"type": "dense", "units": 8, "kernel_initializer": "he_normal", "bias_initializer": "random_uniform"},
)


def build(section: ModelSection, seed: int = 0) -> Any:
    return build_network(section, n_features=N_FEATURES, n_outputs=N_OUTPUTS, seed=seed)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_network_equals_an_independent_forward_pass(name: str) -> None:
    section = SECTIONS[name]
    network = trained(section)

    outputs = np.asarray(network(inputs(), training=False))

    assert outputs.dtype == np.float32
    assert_close(outputs, forward(section, weights_of(network), inputs()))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_follows_its_formula_from_minus_50_to_50(activation: Activation) -> None:
    network = build_network(model_section(activation=activation), n_features=4, n_outputs=4, seed=0)
    network.set_weights([np.eye(4), np.zeros(4)])
    x = np.linspace(-50, 50, 4_000, dtype=np.float32).reshape(-1, 4)

    outputs = np.asarray(network(x))

    np.testing.assert_allclose(outputs, NUMPY_ACTIVATIONS[activation](x.astype(np.float64)), rtol=1e-5, atol=1e-6)


def test_layers_have_fixed_names_and_stand_in_the_given_order() -> None:
    network = build(RANDOM_EVERYWHERE)

    names = [layer.name for layer in network.layers]
    assert names == ["dense_1", "dropout_1", "gaussian_noise_1", "dense_2", "dropout_2", "dense_3", "dense_4", "output"]
    assert network.name == "network"
    assert network.inputs[0].name == "features"


def test_two_builds_are_bitwise_equal_whatever_was_drawn_before() -> None:
    first = build(RANDOM_EVERYWHERE, seed=3)
    keras.utils.set_random_seed(1)
    keras.random.normal((3,))
    second = build(RANDOM_EVERYWHERE, seed=3)

    for one, other in zip(first.variables, second.variables, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes()
    x = inputs()
    assert np.asarray(first(x, training=True)).tobytes() == np.asarray(second(x, training=True)).tobytes()


def test_another_seed_gives_other_numbers_everywhere() -> None:
    first, second = build(RANDOM_EVERYWHERE, seed=3), build(RANDOM_EVERYWHERE, seed=4)

    for one, other in zip(first.variables, second.variables, strict=True):
        if one.path != "network/output/bias":  # starts at 0
            assert not np.array_equal(one, other), one.path


def test_equal_layers_start_differently() -> None:
    weights = weights_of(build(RANDOM_EVERYWHERE))

    assert not np.isclose(weights["dense_3"]["kernel"], weights["dense_4"]["kernel"]).any()
    assert not np.isclose(weights["dense_3"]["bias"], weights["dense_4"]["bias"]).any()


def test_kernel_and_bias_of_a_layer_start_differently() -> None:
    section = model_section(kernel_initializer="random_normal", bias_initializer="random_normal")
    output = build_network(section, n_features=1, n_outputs=8, seed=0).layers[-1]

    assert not np.isclose(output.kernel.numpy()[0], output.bias.numpy()).any()


def test_no_two_sources_of_random_numbers_share_a_seed() -> None:
    seeds = {
        derive_seed(seed, position=position, role=role)
        for seed in (0, 1, 2**32 - 1)
        for position in range(100)
        for role in ("kernel", "bias", "noise")
    }

    assert len(seeds) == 900
    assert min(seeds) >= 0
    assert max(seeds) < 2**31


def test_the_derived_seeds_never_change() -> None:
    # Other numbers here mean that a config fitted again no longer gives the run it gave.
    seeds = [derive_seed(0, position=0, role="kernel"), derive_seed(7, position=2, role="noise")]

    assert seeds == [2044266242, 788713758]


def test_everything_is_float32_under_another_policy() -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = build(SECTIONS["normalisation first"])
    finally:
        keras.config.set_dtype_policy("float32")

    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    assert network(inputs()).dtype == "float32"


def test_arguments_reach_the_layers() -> None:
    section = model_section(
        {
            "type": "dense",
            "units": 4,
            "activation": "elu",
            "kernel_regularizer": {"type": "l1", "l1": 0.1},
            "bias_regularizer": {"type": "l2", "l2": 0.2},
            "kernel_initializer": {"type": "constant", "value": 0.5},
            "bias_initializer": "ones",
        },
        {"type": "batch_normalization", "momentum": 0.9, "epsilon": 0.1, "center": False, "scale": False},
        {"type": "layer_normalization", "epsilon": 0.2, "center": False, "scale": False},
        {"type": "dropout", "rate": 0.25},
        {"type": "gaussian_noise", "stddev": 0.75},
        kernel_regularizer={"type": "l1_l2", "l1": 0.3, "l2": 0.4},
        kernel_initializer="ones",
        bias_initializer="ones",
    )

    dense, batch, layer, dropout, noise, output = build(section).layers

    assert dense.activation is keras.activations.elu
    assert (dense.kernel_regularizer.l1, dense.bias_regularizer.l2) == (0.1, 0.2)
    assert (dense.kernel.numpy() == 0.5).all()
    assert (dense.bias.numpy() == 1).all()
    assert (batch.momentum, batch.epsilon, batch.center, batch.scale) == (0.9, 0.1, False, False)
    assert (layer.epsilon, layer.center, layer.scale) == (0.2, False, False)
    assert (dropout.rate, noise.stddev) == (0.25, 0.75)
    assert (output.kernel_regularizer.l1, output.kernel_regularizer.l2) == (0.3, 0.4)
    assert (output.kernel.numpy() == 1).all()
    assert (output.bias.numpy() == 1).all()


def test_a_saved_network_opens_with_plain_keras_and_gives_the_same_numbers(tmp_path: Path) -> None:
    sections = [SECTIONS["normalisation first"], SECTIONS["normalisation last"]]
    np.save(tmp_path / "x.npy", inputs())
    for number, section in enumerate(sections):
        network = trained(section)
        network.save(tmp_path / f"{number}.keras")
        np.save(tmp_path / f"{number}.npy", np.asarray(network(inputs())))
    program = """
import sys, keras, numpy as np
for number in (0, 1):
    network = keras.saving.load_model(f"{number}.keras", safe_mode=True)
    np.testing.assert_array_equal(np.asarray(network(np.load("x.npy"))), np.load(f"{number}.npy"))
assert not any(name.startswith("dltrain") for name in sys.modules)
"""

    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True)
