"""Tables of which configs are written, and what is written."""

from pathlib import Path
from typing import Any

import numpy as np

import dltrain
from dltrain.config import load_config
from dltrain.workflows.init import Starter, init
from tests.workflows.conftest import write_table

N_ROWS = 600


def columns_of(**others: Any) -> dict[str, Any]:
    """Two numbers and a target of two classes that follows from them; and other columns."""
    rng = np.random.default_rng(0)
    a, b, noise = rng.normal(size=(3, N_ROWS)).round(3)
    return {"a": a.tolist(), "b": b.tolist(), **others, "y": np.where(a - b + noise > 0, "yes", "no").tolist()}


def starter_of(folder: Path, target: str = "y", **others: Any) -> Starter:
    return init(write_table(folder / "table.csv", {**columns_of(), **others}), target)


def read_back(starter: Starter, folder: Path) -> Any:
    path = folder / "written.yaml"
    path.write_text(starter.text(folder, name="written.yaml"), encoding="utf-8")
    return load_config(path).config


def dltrain_loaded(table: Path) -> None:
    """What `dltrain.fit` begins with."""
    dltrain._loaded(table, (), "y")
