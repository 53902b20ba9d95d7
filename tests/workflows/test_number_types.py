"""One table as CSV, as decimals and as float32: the same rows, predictions and notes."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dltrain.config import LoadedConfig, config_from_dict
from dltrain.run import load_run
from dltrain.workflows.fit import fit
from dltrain.workflows.models.model import Model
from dltrain.workflows.rows.dataset import read_dataset

pytestmark = pytest.mark.slow


def some_rows() -> pd.DataFrame:
    """Numbers with a fraction in every role, many of them equal, the largest one too."""
    rng, n_rows = np.random.default_rng(0), 400
    return pd.DataFrame(
        {
            "a": np.where(rng.random(n_rows) < 0.6, 0.3, (rng.random(n_rows) * 0.3).round(2)),
            "b": np.where(rng.random(n_rows) < 0.6, 0.1, rng.random(n_rows).round(2)),
            "grade": rng.choice([0.3, 0.6, 0.7, 1.0], n_rows),
            "mapped": rng.choice([0.3, 0.7], n_rows),
            "key": rng.integers(0, 900, n_rows) / 10,
            "y": rng.choice([0.1, 0.2], n_rows),
        }
    )


def config_of(path: Path) -> LoadedConfig:
    columns = {"grade": {"kind": "categorical"}, "mapped": {"map": {"0.3": 5}}}
    content = {
        "data": {"path": str(path), "target": "y", "task": "binary", "drop": ["key"], "missing_values": ["0.7"]},
        "split": {"strategy": "hash", "column": "key"},
        "preprocessing": {"numeric": {"scale": "quantile_normal"}, "columns": columns},
        "model": {"layers": [{"type": "dense", "units": 8}]},
        "training": {"epochs": 1},
    }
    return config_from_dict(content)


def as_decimals(rows: pd.DataFrame) -> pa.Table:
    cells = {name: [Decimal(str(cell)) for cell in rows[name]] for name in rows}
    return pa.table({name: pa.array(column, pa.decimal128(9, 3)) for name, column in cells.items()})


@pytest.fixture
def frames(tmp_path: Path) -> dict[str, Path]:
    rows = some_rows()
    rows.to_csv(tmp_path / "t.csv", index=False)
    rows.astype(np.float32).to_parquet(tmp_path / "narrow.parquet")
    pa.parquet.write_table(as_decimals(rows), tmp_path / "decimal.parquet")
    return {name: tmp_path / name for name in ("t.csv", "narrow.parquet", "decimal.parquet")}


def test_rows_keep_their_side_and_labels_their_names(frames: dict[str, Path]) -> None:
    csv, *others = (read_dataset(config_of(path)) for path in frames.values())
    for other in others:
        assert other.class_target == csv.class_target
        np.testing.assert_array_equal(other.test.rows, csv.test.rows)


def test_predictions_and_notes_are_the_same(frames: dict[str, Path], tmp_path: Path) -> None:
    model = Model(load_run(fit(config_of(frames["t.csv"]), runs=tmp_path / "runs").path))
    expected = model.predict(frames["t.csv"], notes=True)
    assert {"p_0.1", "p_0.2"} <= {*expected.columns}
    rows = some_rows()
    for other in (
        frames["narrow.parquet"],
        frames["decimal.parquet"],
        rows.astype(np.float32),
        as_decimals(rows).to_pandas(),
    ):
        pd.testing.assert_frame_equal(model.predict(other, notes=True), expected)
