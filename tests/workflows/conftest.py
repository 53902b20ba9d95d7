"""A small table to fit in a second, and a short way to fit it."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.features import Distribution
from dltrain.features.distribution import fit_distribution
from dltrain.run import Run, load_run
from dltrain.table import Table
from dltrain.workflows.models.model import Model
from tests.conftest import GOLDEN
from tests.reliability.hostile_runs import seal

Fit = Callable[..., Model]


def write_table(path: Path, columns: Mapping[str, Any]) -> Path:
    """Writes columns as CSV; None is an empty cell."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def columns() -> dict[str, list[Any]]:
    """300 rows: two numbers, a category, targets of every task that follow from them, a weight."""
    rng = np.random.default_rng(0)
    size, n_rows = rng.normal(size=(2, 300)), 300
    kind = rng.choice(["red", "green", "blue"], n_rows)
    signal = size[0] * 2 - size[1] + (kind == "red")
    return {
        "a": np.round(size[0] * 10 + 50, 3).tolist(),
        "b": np.round(size[1], 3).tolist(),
        "kind": kind.tolist(),
        "price": np.round(np.exp(signal / 3) * 100, 2).tolist(),
        "big": ["yes" if value > 0.5 else "no" for value in signal],
        "level": np.digitize(signal, [-1.5, 1.5]).tolist(),
        "weight": np.round(rng.uniform(0, 3, n_rows), 2).tolist(),
    }


@pytest.fixture
def table(tmp_path: Path, columns: dict[str, list[Any]]) -> Path:
    """The rows as a CSV file."""
    return write_table(tmp_path / "table.csv", columns)


def config_of(table: Path, target: str, **sections: Any) -> dict[str, Any]:
    """A config for the table; sections are merged into it."""
    others = {"price", "big", "level", "weight"} - {target, sections.get("data", {}).get("weight")}
    content: dict[str, Any] = {
        "data": {"path": str(table), "target": target, "drop": sorted(others)},
        "model": {"layers": [{"type": "dense", "units": 8, "activation": "relu"}]},
        "training": {"epochs": 15, "optimizer": {"type": "adam", "learning_rate": 0.02}, "batch_size": 32},
    }
    for name, values in sections.items():
        content[name] = {**content.get(name, {}), **values} if isinstance(values, dict) else values
    return content


@pytest.fixture
def fit(table: Path, tmp_path: Path) -> Fit:
    """Fits the table for a target."""

    def run(target: str, **sections: Any) -> Model:
        import dltrain

        return dltrain.fit(config_of(table, target, **sections), runs=tmp_path / "runs")

    return run


@pytest.fixture
def people_run(tmp_path: Path) -> Run:
    """The golden run beside its table, `people.csv` in the same folder."""
    table = Path(shutil.copy(GOLDEN / "people.csv", tmp_path))
    run = shutil.copytree(GOLDEN / "people-1", tmp_path / "people-1")
    for name in ("config.yaml", "manifest.json"):
        text = (run / name).read_text(encoding="utf-8")
        (run / name).write_text(text.replace("/data/people.csv", str(table)), encoding="utf-8")
    seal(run)
    return load_run(run)


def with_distribution(run: Run, table: Table) -> Run:
    """The run as if its training rows had been those of a table."""
    rows = np.arange(table.n_rows)
    columns = tuple(
        fit_distribution(feature.encode(table), rows, width=feature.width) for feature in run.preprocessing.features
    )
    distribution = Distribution(rows=table.n_rows, columns=columns)
    return replace(run, preprocessing=run.preprocessing.model_copy(update={"distribution": distribution}))
