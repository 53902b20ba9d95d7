"""The predictor of a run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dltrain.errors import RunError
from dltrain.features import EncodedFeatures, Preprocessing, RegressionTarget
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import Unscaled
from dltrain.run import load_run
from dltrain.scoring import Predictor
from dltrain.table import read_table

N_FEATURES = 5
RNG = np.random.default_rng(0)
KERNEL, OFFSET, LAST = (RNG.normal(size=shape).astype(np.float32) for shape in ((N_FEATURES, 7), 7, (7, 1)))


@pytest.fixture(scope="module")
def exponential() -> Predictor:
    """A network whose activation is computed differently where the processor's vectors are not full."""
    from onnx import TensorProto, helper, numpy_helper

    weights = {"kernel": KERNEL, "offset": OFFSET, "last": LAST}
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["features", "kernel", "offset"], ["a"]),
            helper.make_node("Elu", ["a"], ["b"]),
            helper.make_node("MatMul", ["b", "last"], ["prediction"]),
        ],
        "network",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", N_FEATURES])],
        [helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    names = [f"x{n}" for n in range(N_FEATURES)]
    features = tuple(NumericFeature(name=name, impute="mean", fill_value=0.0, scaler=Unscaled()) for name in names)
    target = RegressionTarget(name="y", transform="none", scaler=Unscaled())
    return Predictor(Preprocessing(features=features, target=target), model.SerializeToString(), threads=1)


def random_features(n_rows: int) -> EncodedFeatures:
    numbers = np.random.default_rng(1).normal(size=(n_rows, N_FEATURES)).astype(np.float32)
    return EncodedFeatures(numbers, np.empty((n_rows, 0), np.int32), widths=())


@pytest.mark.parametrize("n_rows", [1, 2, 7, 15, 16, 17, 100])
def test_a_row_depends_on_no_other_row_to_the_last_bit(exponential: Predictor, n_rows: int) -> None:
    features = random_features(3_000)
    whole = exponential.outputs(features)
    parts = [exponential.outputs(features.take(slice(start, start + n_rows))) for start in range(0, 1_500, n_rows)]
    np.testing.assert_array_equal(np.concatenate(parts)[:1_500], whole[:1_500])


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("block_rows", [7, 64, 10_000])
def test_blocks_and_threads_make_no_difference_to_the_last_bit(
    exponential: Predictor, monkeypatch: pytest.MonkeyPatch, threads: int, block_rows: int
) -> None:
    features = random_features(1_000)
    whole = exponential.outputs(features)
    monkeypatch.setattr("dltrain.scoring.predictor.BLOCK_ROWS", block_rows)
    monkeypatch.setattr(exponential, "threads", threads)
    np.testing.assert_array_equal(exponential.outputs(features), whole)


def test_the_outputs_are_those_of_the_network(exponential: Predictor) -> None:
    features = random_features(100)
    hidden = features.dense().astype(np.float64) @ KERNEL + OFFSET
    expected = np.where(hidden > 0, hidden, np.expm1(hidden)) @ LAST
    np.testing.assert_allclose(exponential.outputs(features), expected, atol=1e-5)


def test_no_rows_give_no_outputs(golden_run: Path, people: Path) -> None:
    predictor = Predictor.from_run(load_run(golden_run))
    features = predictor.preprocessing.encode(read_table(people)).take(slice(0))
    assert predictor.outputs(features).shape == (0, 1)


def test_a_network_that_onnx_runtime_cannot_read_is_a_damaged_run(golden_run: Path) -> None:
    run = replace(load_run(golden_run), onnx=b"x" * 100)
    with pytest.raises(RunError, match="ONNX Runtime cannot read the network"):
        Predictor.from_run(run)
