"""R10: the same config on the same machine gives the same bits. `DLTRAIN_FUZZ=5` fits 10 times instead of 2."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.outcomes import FUZZ
from tests.workflows.conftest import columns, config_of, table

__all__ = ["columns", "table"]

pytestmark = pytest.mark.slow

THREADS = {"TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "2", "OMP_NUM_THREADS": "2"}
LAYERS = [
    {"type": "batch_normalization"},
    {"type": "dense", "units": 64, "activation": "relu"},
    {"type": "dropout", "rate": 0.2},
    {"type": "dense", "units": 64, "activation": "tanh"},
    {"type": "gaussian_noise", "stddev": 0.1},
]


def dltrain(*arguments: object) -> str:
    """Runs a command as a process of its own, with two threads; returns its standard output."""
    command = [sys.executable, "-m", "dltrain", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | THREADS).stdout


def fitted_hashes(folder: Path, table: Path) -> dict[str, str]:
    """Fits and predicts; gives the hashes of the weights, the metrics and the predictions."""
    result = json.loads(dltrain("fit", folder / "fit.yaml", "--runs", folder / "runs", "--json", "--quiet"))
    run = Path(result["run"])
    contents = {name: (run / name).read_bytes() for name in ("model.onnx", "metrics.json", "preprocessing.json")}
    contents["predictions"] = dltrain("predict", table, "--run", run).encode()
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


# 300 rows of which 192 train: a few steps run as a plain graph; many epochs of small batches are compiled by XLA.
@pytest.mark.parametrize(("epochs", "batch_size"), [(3, 64), (60, 8)], ids=["plain graph", "XLA"])
def test_r10_the_same_config_gives_the_same_bits(tmp_path: Path, table: Path, epochs: int, batch_size: int) -> None:
    training = {"epochs": epochs, "batch_size": batch_size}
    (tmp_path / "fit.yaml").write_text(
        json.dumps(config_of(table, "level", model={"layers": LAYERS}, training=training))
    )
    first = fitted_hashes(tmp_path, table)
    for _ in range(2 * FUZZ - 1):
        assert fitted_hashes(tmp_path, table) == first
