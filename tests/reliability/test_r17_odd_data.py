"""R17: odd data give a defined result or a clean error."""

import csv
import json
import math
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv

from dltrain.config import load_config, to_yaml
from dltrain.errors import ConfigError
from dltrain.run import load_run
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.predict import predict
from tests.speed import allowed, measured

HEADER = "amount,kind,answer"
ROWS = [f"{number % 17 * 0.5},{'abc'[number % 3]},{'yes' if number % 2 else 'no'}" for number in range(60)]

N_COLUMNS = 10_000
MANY = 1_000_000
MOST_CPU_SECONDS = 60
"""Far more than it takes, and far less than where work grows with the square: processor time, since others share it."""


@dataclass(frozen=True)
class Done:
    """A command that has ended: its exit code, what it said, and the processor time it took."""

    code: int
    out: str
    err: str
    seconds: float


def dltrain(*arguments: object) -> Done:
    """Runs a command as a process of its own."""
    with measured() as spent:
        done = subprocess.run(
            [sys.executable, "-m", "dltrain", *map(str, arguments)], capture_output=True, text=True, check=False
        )
    return Done(done.returncode, done.stdout, done.stderr, spent.seconds)


def write_config(folder: Path, table: str = "table.csv", **data: Any) -> Path:
    content = {
        "data": {"path": table, "target": "answer", **data},
        "model": {"layers": [{"type": "dense", "units": 2}]},
        "training": {"epochs": 1, "batch_size": 8192},
    }
    path = folder / "fit.yaml"
    path.write_text(json.dumps(content))
    return path


def write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n")


def fitted(folder: Path, lines: Iterable[str], *overrides: str, **data: Any) -> tuple[Path, dict[str, Any]]:
    """Fits a table: the run, and its metrics, which must be numbers or undefined."""
    write_lines(folder / "table.csv", lines)
    done = dltrain("fit", write_config(folder, **data), "--runs", folder / "runs", "--json", "--quiet", *overrides)
    assert done.code == 0, done.err
    result = json.loads(done.out)
    for part in ("validation", "test"):
        assert all(value is None or math.isfinite(value) for value in result["metrics"][part]["metrics"].values())
    return Path(result["run"]), result["metrics"]


def predicted(run: Path, lines: Sequence[str]) -> list[dict[str, str]]:
    """What a run predicts for lines with a header."""
    write_lines(run.parent / "new.csv", lines)
    done = dltrain("predict", run.parent / "new.csv", "--run", run)
    assert done.code == 0, done.err
    found = list(csv.DictReader(done.out.splitlines()))
    assert len(found) == len(lines) - 1
    return found


def with_column(cell: str, name: str = "odd") -> list[str]:
    """The table with a first column that is the same in every row."""
    return [f"{name},{HEADER}", *(f"{cell},{row}" for row in ROWS)]


@pytest.mark.parametrize(
    ("lines", "overrides", "text"),
    [
        ([HEADER], [], "table.csv:1: expected rows below the header, got none"),
        ([HEADER, "1,a,yes"], [], "expected a target with different values"),
        ([HEADER, "1,a,2"], ["data.task=regression"], "expected rows to train on, got 1 rows"),
        ([HEADER, *ROWS[:3]], [], "needs a training row for each of the 2 classes"),
        ([HEADER, *("1,a,yes",) * 30], [], "expected a target with different values, got the same in every row"),
        (with_column(""), [], "column 'odd': expected values, every cell is missing"),
        (with_column(""), ["preprocessing.columns.odd.kind=numeric"], "column 'odd': impute: median needs a value"),
        (["answer", *("yes", "no") * 20], [], "no column is left to be a feature"),
        ([HEADER, *ROWS, "inf,a,yes"], [], "table.csv:62: column 'amount': expected a number, got 'inf'"),
    ],
    ids=[
        *["no row", "one row", "one row to regress", "three rows", "one class"],
        *["all missing", "all missing numbers", "only a target", "infinity"],
    ],
)
@pytest.mark.slow
def test_r17_what_nothing_can_be_learned_from_is_a_clean_error(
    tmp_path: Path, lines: list[str], overrides: list[str], text: str
) -> None:
    write_lines(tmp_path / "table.csv", lines)
    done = dltrain("fit", write_config(tmp_path), "--runs", tmp_path / "runs", *overrides)
    assert done.code in (2, 3)
    assert text in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_r17_constant_columns_change_nothing_and_other_values_are_predicted_for(tmp_path: Path) -> None:
    lines = [f"number,word,empty,{HEADER}", *(f"5,same,,{row}" for row in ROWS)]
    run, _ = fitted(tmp_path, lines, "preprocessing.columns.empty.kind=categorical")
    new = [f"number,word,empty,{HEADER.rsplit(',', 1)[0]}", "5,same,,1,a", "5,other,new,1,a", ",,,1,a"]
    for row in predicted(run, new):
        assert float(row["p_no"]) + float(row["p_yes"]) == pytest.approx(1, abs=1e-6)
        assert row["prediction"] in ("no", "yes")


@pytest.mark.slow
def test_r17_a_constant_target_is_predicted(tmp_path: Path) -> None:
    rows = [f"{number},a,1.5" for number in range(40)]
    run, metrics = fitted(tmp_path, [HEADER, *rows], "data.task=regression")
    assert metrics["trivial_prediction"] == pytest.approx(1.5)
    assert math.isfinite(float(predicted(run, ["amount,kind", "3,a"])[0]["prediction"]))


@pytest.mark.slow
def test_r17_a_class_of_two_rows_is_learned_from_and_tested(tmp_path: Path) -> None:
    run, _ = fitted(tmp_path, [HEADER, *ROWS, "1,a,rare", "2,b,rare"])
    loaded = load_run(run)
    prepared = prepare(loaded.loaded_config, Stopwatch())
    labels = ("no", "rare", "yes")
    assert prepared.summary.labels == labels
    assert prepared.summary.label_shares[labels.index("rare")] > 0
    assert "p_rare" in predicted(run, ["amount,kind", "1,a"])[0]


@pytest.mark.slow
def test_r17_a_class_that_only_the_test_file_has_is_named_with_its_line(tmp_path: Path) -> None:
    write_lines(tmp_path / "table.csv", [HEADER, *ROWS])
    write_lines(tmp_path / "test.csv", [HEADER, *ROWS[:9], "1,a,maybe"])
    done = dltrain("fit", write_config(tmp_path), "--runs", tmp_path / "runs", "split.test=test.csv")
    assert done.code == 3
    assert "test.csv:11: column 'answer': expected the labels 'no', 'yes', got 'maybe'" in done.err


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Done]:
    """A table of 10,000 columns with names of 60 characters, the run of its fit, and how the fit ended."""
    folder = tmp_path_factory.mktemp("wide")
    values = np.random.default_rng(0).normal(size=(100, N_COLUMNS)).round(2)
    names = [f"what the sensor with the number {number:05} measured at noon" for number in range(N_COLUMNS)]
    lines = [",".join([*names, "answer"])]
    lines += [",".join(map(str, row.tolist())) + (",a" if row[0] > 0 else ",b") for row in values]
    write_lines(folder / "table.csv", lines)
    done = dltrain("fit", write_config(folder), "--runs", folder / "runs", "--quiet")
    assert done.code == 0, done.err
    return folder / "table.csv", folder / "runs" / "fit-1", done


@pytest.mark.slow
def test_r17_a_run_of_10_000_columns_is_opened_scored_and_predicts(
    wide: tuple[Path, Path, Done], tmp_path: Path
) -> None:
    table, path, done = wide
    assert done.seconds < allowed(MOST_CPU_SECONDS)
    with measured() as spent:
        run = load_run(path)
        assert run.preprocessing.n_features == N_COLUMNS
        assert evaluate(run).scores.rows == run.metrics.test.rows
        assert predict(run, table, output=tmp_path / "out.csv").rows == 100
    assert spent.seconds < allowed(MOST_CPU_SECONDS)


@pytest.mark.slow
def test_r17_the_saved_config_of_10_000_columns_is_the_same_again(wide: tuple[Path, Path, Done]) -> None:
    _, path, _ = wide
    again = prepare(load_config(path / "config.yaml"), Stopwatch())
    assert to_yaml(again.config).encode() == (path / "config.yaml").read_bytes()
    run = load_run(path)
    assert again.preprocessing == run.preprocessing


def test_r17_more_names_than_a_saved_config_can_hold_are_refused_before_training(tmp_path: Path) -> None:
    names = [f"{letter * 500_000}" for letter in "abcde"]
    lines = [",".join([*names, "answer"]), *(f"1,2,3,4,{n},{'yes' if n % 2 else 'no'}" for n in range(20))]
    write_lines(tmp_path / "table.csv", lines)
    with pytest.raises(ConfigError, match="too large to be read again") as caught:
        prepare(load_config(write_config(tmp_path)), Stopwatch())
    assert "5 feature columns" in caught.value.message


@pytest.mark.slow
def test_r17_a_million_categories_are_fitted_and_predicted(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    amount = rng.normal(size=MANY).round(3)
    keys = [f"key {number}" for number in rng.permutation(MANY).tolist()]
    arrow_csv.write_csv(pa.table({"amount": amount, "kind": keys, "answer": amount * 2}), tmp_path / "table.csv")
    done = dltrain("fit", write_config(tmp_path), "--runs", tmp_path / "runs", "--quiet")
    assert done.code == 0, done.err
    assert done.seconds < allowed(MOST_CPU_SECONDS)
    run = tmp_path / "runs" / "fit-1"
    out = tmp_path / "out.csv"
    done = dltrain("predict", tmp_path / "table.csv", "--run", run, "-o", out)
    assert done.code == 0, done.err
    assert done.seconds < allowed(MOST_CPU_SECONDS)
    with out.open("rb") as file:
        assert sum(1 for _ in file) == MANY + 1


@pytest.mark.slow
def test_r17_a_target_of_300_000_classes_is_refused_before_training(tmp_path: Path) -> None:
    keys = [f"key {number // 2}" for number in range(2 * 300_000)]
    numbers = np.arange(len(keys), dtype=float)
    arrow_csv.write_csv(pa.table({"amount": numbers, "answer": keys}), tmp_path / "table.csv")
    fit = ("fit", write_config(tmp_path), "--runs", tmp_path / "runs", "--quiet")
    for overrides, code, text in (
        ((), 3, "expected classes or numbers, got 300,000 different texts"),
        (("data.task=multiclass",), 2, "300,000 classes; data.task=regression"),
    ):
        done = dltrain(*fit, *overrides)
        assert done.code == code, done.err
        assert text in done.err
        assert done.seconds < allowed(MOST_CPU_SECONDS)
