"""What is said of real fits: of seeded mistakes what is wrong, and of healthy runs nothing."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

import dltrain
from tests.conftest import PROJECT

pytestmark = pytest.mark.slow

SMALL = "training.optimizer={{type: adam, learning_rate: {rate}}}"
NETWORK = "model.layers=[{type: dense, units: 64, activation: relu}, {type: dense, units: 64, activation: relu}]"
WIDE = "model.layers=[{type: dense, units: 256, activation: relu}, {type: dense, units: 256, activation: relu}]"
ADULT_ROWS, CALIFORNIA_ROWS = 1_500, 3_000


def head(name: str, n_rows: int, folder: Path) -> Path:
    """The first rows of a shipped table."""
    lines = gzip.decompress((PROJECT / "data" / f"{name}.csv.gz").read_bytes()).splitlines(keepends=True)
    path = folder / f"{name}.csv"
    path.write_bytes(b"".join(lines[: n_rows + 1]))
    return path


def fitted(config: str, folder: Path, *overrides: str) -> tuple[list[str], dict[str, Any]]:
    """Topics and metrics of a fit."""
    tables = []
    if config == "adult":
        tables = [f"data.path={head('adult_train', ADULT_ROWS, folder)}", "split.test=0.2"]
    if config == "california":
        tables = [f"data.path={head('california', CALIFORNIA_ROWS, folder)}"]
    model = dltrain.fit(PROJECT / "configs" / f"{config}.yaml", overrides=[*tables, *overrides], runs=folder)
    return [found["topic"] for found in model.metrics["diagnosis"]], model.metrics


HEALTHY = [
    ("penguins", ()),
    ("penguins", ("training.seed=1", "split.seed=1")),
    ("wine_early_stopping", ()),
    ("wine_sgd", ()),
    ("wages", ()),
    ("linear_unit", ()),
    ("learning_rate_right", ()),
    ("mpg_log_target", ()),
    ("adult", ("training.epochs=40",)),
    ("california", ("training.epochs=20",)),
]


@pytest.mark.parametrize(("config", "overrides"), HEALTHY)
def test_nothing_is_said_of_healthy_runs(config: str, overrides: tuple[str, ...], tmp_path: Path) -> None:
    assert fitted(config, tmp_path, *overrides)[0] == []


SICK = [
    ("learning_rate_too_low", (), "learning_rate_too_low"),
    ("penguins", (SMALL.format(rate=1e-5),), "learning_rate_too_low"),
    ("penguins", (SMALL.format(rate=1.0),), "learning_rate_too_high"),
    ("learning_rate_right", ("training.optimizer.learning_rate=0.9",), "learning_rate_too_high"),
    ("wine_sgd", (NETWORK, SMALL.format(rate=0.1), "training.epochs=30", "training.batch_size=32"), "dead_units"),
    ("concrete_deep", ("training.epochs=20",), "unscaled_inputs"),
    ("adult", (WIDE, "training.epochs=60", "training.batch_size=64", "training.early_stopping=null"), "overfitting"),
    ("penguins", ("training.epochs=15",), "stopped_too_early"),
    ("california", ("model.layers=[]", "training.epochs=20"), "underfitting"),
    ("california", ("model.layers=[{type: dense, units: 2, activation: relu}]", "training.epochs=20"), "underfitting"),
]


@pytest.mark.parametrize(("config", "overrides", "topic"), SICK)
def test_what_is_wrong_is_named_first(config: str, overrides: tuple[str, ...], topic: str, tmp_path: Path) -> None:
    assert fitted(config, tmp_path, *overrides)[0][:1] == [topic]


@pytest.mark.parametrize(
    ("config", "overrides", "metric"),
    [
        ("learning_rate_too_low", (), "rmse"),
        ("penguins", (SMALL.format(rate=1.0),), "log_loss"),
        ("adult", SICK[6][1], "log_loss"),
        ("california", ("model.layers=[]", "training.epochs=20"), "rmse"),
        ("penguins", ("training.epochs=15",), "log_loss"),
    ],
)
def test_the_change_that_is_suggested_helps(
    config: str, overrides: tuple[str, ...], metric: str, tmp_path: Path
) -> None:
    before = fitted(config, tmp_path, *overrides)[1]
    change = before["diagnosis"][0]["change"]
    after = fitted(config, tmp_path, *overrides, change)[1]
    assert after["test"]["metrics"][metric] < 0.95 * before["test"]["metrics"][metric]


def test_nothing_learnable_is_no_better_than_the_baseline(tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    rows = "\n".join(f"{a:.4f},{b:.4f},{y:.4f}" for a, b, y in rng.normal(size=(800, 3)))
    table = tmp_path / "noise.csv"
    table.write_text(f"a,b,y\n{rows}\n")
    config = {"data": {"path": str(table), "target": "y"}, "model": {"layers": []}, "training": {"epochs": 200}}
    (found,) = dltrain.fit(config, runs=tmp_path).metrics["diagnosis"]
    assert (found["topic"], found["change"]) == ("no_better_than_baseline", None)


@pytest.mark.parametrize("line", [900, 17])
def test_a_row_of_another_kind_is_named_with_its_place(line: int, tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    a, noise = rng.normal(size=(2, 1_000))
    y = 3 * a + noise
    y[line - 2] = 1e5
    table = tmp_path / "outlier.csv"
    table.write_text("a,y\n" + "\n".join(f"{x:.4f},{value:.4f}" for x, value in zip(a, y, strict=True)) + "\n")
    config = {"data": {"path": str(table), "target": "y"}, "model": {"layers": []}, "training": {"epochs": 5}}
    first = dltrain.fit(config, runs=tmp_path).metrics["diagnosis"][0]
    assert (first["topic"], first["change"]) == ("one_row", None)
    what = r"1 of \d+ (training|validation|test) rows makes (\d\d|100)% of their squared error"
    assert re.match(rf"{what}, outlier.csv: row {line - 1}:", first["message"])
