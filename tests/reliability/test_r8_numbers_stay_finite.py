"""R8: a number that is not finite is found within a block and explained; the last finite weights are kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.config import config_from_dict
from dltrain.errors import DataError, TrainingError
from dltrain.run.checkpoint import CHECKPOINT, read_checkpoint
from dltrain.workflows.fit import fit

N_ROWS = 60_000
Cells = Callable[[int], str]


def write_table(path: Path, *, feature: Cells, target: Cells) -> Path:
    """Rows whose line is their number and two."""
    rows = (f"{feature(row)},{row % 7},{target(row)}" for row in range(N_ROWS))
    path.write_text("\n".join(["x,z,y", *rows]) + "\n")
    return path


def sum_of(row: int) -> str:
    return str(row % 100 / 100 + row % 7)


def hundredth(row: int) -> str:
    return str(row % 100 / 100)


def failing(path: Path, error: type[Exception], **sections: Any) -> str:
    """The message of a fit that cannot succeed."""
    config: dict[str, dict[str, Any]] = {
        "data": {"path": str(path), "target": "y"},
        "model": {"layers": [{"type": "dense", "units": 8, "activation": "relu"}]},
        "training": {"batch_size": 8, "epochs": 3},
    }
    for name, values in sections.items():
        config[name] = config.get(name, {}) | values
    with pytest.raises(error) as raised:
        fit(config_from_dict(json.loads(json.dumps(config))), runs=path.parent / "runs", name="r")
    return str(raised.value)


@pytest.mark.parametrize(("cell", "hint"), [("inf", "infinity cannot be computed with"), ("nan", "missing_values")])
def test_r8_infinity_or_nan_in_a_feature_is_an_error_with_its_line(tmp_path: Path, cell: str, hint: str) -> None:
    path = write_table(tmp_path / "t.csv", feature=lambda row: cell if row == 50_000 else hundredth(row), target=sum_of)
    said = failing(path, DataError)
    assert said.startswith(f"{path}:50002: column 'x': expected a number, got '{cell}'\nhint: ")
    assert hint in said
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("cell", ["inf", "nan", "1e999"])
def test_r8_infinity_or_nan_in_the_target_is_an_error_with_its_line(tmp_path: Path, cell: str) -> None:
    path = write_table(tmp_path / "t.csv", feature=hundredth, target=lambda row: cell if row == 50_000 else sum_of(row))
    assert failing(path, DataError).startswith(f"{path}:50002: column 'y': expected a number, got '{cell}'\nhint: ")
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_r8_a_huge_learning_rate_stops_within_one_block_and_is_named(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", feature=hundredth, target=sum_of)
    said = failing(path, TrainingError, training={"optimizer": {"type": "sgd", "learning_rate": 1e30}})
    where, hint, kept = said.split("\n")
    n_steps = 4_800  # 38,400 training rows in batches of 8
    step = int(where.removeprefix("epoch 1, step ").split(" ")[0])
    assert 1 <= step <= 256
    assert where.startswith(
        f"epoch 1, step {step} of {n_steps}: the loss is not finite any more, expected a number, got "
    )
    assert where.endswith("(learning rate 1e+30)")
    assert hint == "hint: the learning rate is too high: training.optimizer.learning_rate=0.01"
    run = tmp_path / "runs" / "r-1"
    assert kept == f"kept: the last finite weights, in {run}/{CHECKPOINT}"
    assert_finite_weights(run)


@pytest.mark.slow
def test_r8_unscaled_inputs_are_named_as_the_cause(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", feature=lambda row: f"{row % 100}e30", target=sum_of)
    said = failing(path, TrainingError, preprocessing={"numeric": {"scale": "none"}})
    assert "the loss is not finite" in said
    assert "hint: the inputs are not scaled (values up to 9.9e+31): preprocessing.numeric.scale=standard" in said
    assert_finite_weights(tmp_path / "runs" / "r-1")


def assert_finite_weights(run: Path) -> None:
    arrays = read_checkpoint(run / CHECKPOINT).arrays
    weights = [arrays[name] for name in sorted(arrays) if name.startswith("network/")]
    assert [array.shape for array in weights] == [(2, 8), (8,), (8, 1), (1,)]
    assert all(np.isfinite(array).all() for array in weights)
