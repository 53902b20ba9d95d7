import numpy as np
import onnx
import pytest

from dltrain.config.sections.model import Activation
from dltrain.network.building import build_network
from dltrain.network.onnx_graph import onnx_bytes
from dltrain.scoring.runtime import onnxruntime
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


def run_onnx(model: bytes, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["prediction"], {"features": x})[0])


@pytest.mark.parametrize("name", SECTIONS)
def test_the_graph_equals_keras_and_an_independent_forward_pass(name: str) -> None:
    section = SECTIONS[name]
    network = trained(section)

    outputs = run_onnx(onnx_bytes(network, section), inputs())

    assert outputs.dtype == np.float32
    assert_close(outputs, forward(section, weights_of(network), inputs()))
    assert_close(outputs, np.asarray(network(inputs())))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_follows_its_formula_from_minus_50_to_50(activation: Activation) -> None:
    section = model_section(activation=activation)
    network = build_network(section, n_features=4, n_outputs=4, seed=0)
    network.set_weights([np.eye(4), np.zeros(4)])
    x = np.linspace(-50, 50, 4_000, dtype=np.float32).reshape(-1, 4)

    outputs = run_onnx(onnx_bytes(network, section), x)

    np.testing.assert_allclose(outputs, NUMPY_ACTIVATIONS[activation](x.astype(np.float64)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_graph_is_valid_and_says_what_it_takes(name: str) -> None:
    model = onnx.load_model_from_string(onnx_bytes(trained(SECTIONS[name]), SECTIONS[name]))

    onnx.checker.check_model(model, full_check=True)
    dimensions = [
        (value.name, value.type.tensor_type.shape.dim[0].dim_param, value.type.tensor_type.shape.dim[1].dim_value)
        for value in (*model.graph.input, *model.graph.output)
    ]
    assert dimensions == [("features", "n", N_FEATURES), ("prediction", "n", N_OUTPUTS)]
    assert (model.producer_name, model.opset_import[0].version, model.ir_version) == ("dltrain", 17, 8)
    assert not any(node.op_type in ("Dropout", "RandomNormalLike") for node in model.graph.node)


@pytest.mark.parametrize("n_rows", [0, 1, 3])
def test_any_number_of_rows_fits(n_rows: int) -> None:
    model = onnx_bytes(trained(SECTIONS["normalisation first"]), SECTIONS["normalisation first"])

    assert run_onnx(model, inputs()[:n_rows]).shape == (n_rows, N_OUTPUTS)


def test_equal_weights_give_equal_bytes() -> None:
    section = SECTIONS["normalisation first"]

    assert onnx_bytes(trained(section), section) == onnx_bytes(trained(section), section)


def test_rows_whose_numbers_hardly_differ_are_normalised_well() -> None:
    section = model_section({"type": "layer_normalization"})
    network = trained(section)
    x = 50 + np.random.default_rng(0).normal(0, 0.5, (20, N_FEATURES)).astype(np.float32)

    outputs = run_onnx(onnx_bytes(network, section), x)

    # The variance as a difference of mean squares would be off by 1e-3.
    np.testing.assert_allclose(outputs, forward(section, weights_of(network), x), rtol=0, atol=2e-4)
