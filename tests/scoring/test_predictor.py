"""The predictor of a run."""

from pathlib import Path

import numpy as np
import pytest

from dltrain.errors import RunError
from dltrain.run import load_run
from dltrain.scoring import Predictor
from dltrain.table import read_table


def test_blocks_of_rows_give_the_same_outputs(golden_run: Path, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = Predictor.from_run(load_run(golden_run))
    features = predictor.preprocessing.encode(read_table(people))
    whole = predictor.outputs(features)
    monkeypatch.setattr("dltrain.scoring.predictor.BLOCK_ROWS", 7)
    np.testing.assert_allclose(predictor.outputs(features), whole, atol=1e-6)
    assert whole.shape == (240, 1)


def test_no_rows_give_no_outputs(golden_run: Path, people: Path) -> None:
    predictor = Predictor.from_run(load_run(golden_run))
    features = predictor.preprocessing.encode(read_table(people)).take(slice(0))
    assert predictor.outputs(features).shape == (0, 1)


def test_a_network_that_onnx_runtime_cannot_read_is_a_damaged_run(golden_run: Path) -> None:
    run = load_run(golden_run)
    run.onnx_path.write_bytes(b"x" * 100)
    with pytest.raises(RunError, match="ONNX Runtime cannot read the network"):
        Predictor.from_run(run)
