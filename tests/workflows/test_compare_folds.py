"""Cross-validations compared on all rows that they predicted."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from dltrain.errors import DataError, RunError
from dltrain.scoring.paired import paired_differences
from dltrain.workflows.comparing.folds import compare_folds
from dltrain.workflows.cross_validation import cross_validate
from tests.workflows.conftest import write_table
from tests.workflows.test_cross_validation import folds_config

pytestmark = pytest.mark.slow


def fitted(table: Path, target: str = "big", **sections: Any) -> Path:
    return cross_validate(folds_config(table, target, **sections), runs=table.parent / "runs").path


def test_the_figures_are_those_of_the_predictions_out_of_fold(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    """With thresholds of their own in every fold, class weights that do not count and sample weights that do."""
    table = write_table(tmp_path / "table.csv", columns)
    weights: dict[str, Any] = {"data": {"weight": "weight"}, "training": {"epochs": 4, "class_weight": "balanced"}}
    paths = [
        fitted(table, decision={"threshold": {"maximize": "f1"}}, **weights),
        fitted(table, model={"layers": []}, **weights),
    ]
    comparison = compare_folds(paths)
    weight = pd.read_csv(table)["weight"].to_numpy()
    rows = [pd.read_csv(path / "out_of_fold.csv") for path in paths]
    is_yes = (rows[0]["big"] == "yes").to_numpy()
    for run, frame in zip(comparison.runs, rows, strict=True):
        assert run.metrics == pytest.approx(
            {
                "accuracy": accuracy_score(is_yes, frame["prediction"] == "yes", sample_weight=weight),
                "roc_auc": roc_auc_score(is_yes, frame["p_yes"], sample_weight=weight),
                "log_loss": log_loss(is_yes, frame["p_yes"], sample_weight=weight),
            }
        )
    first, second = comparison.runs
    assert (first.differences, first.folds, second.folds, comparison.rows) == ({}, 3, 3, 300)
    values = [frame[["p_no", "p_yes"]].to_numpy() for frame in rows]
    expected = paired_differences(["roc_auc", "log_loss"], is_yes.astype(int), *values, sample_weight=weight)
    for name, found in expected.items():
        assert (second.differences[name].value, second.differences[name].low) == pytest.approx((found.value, found.low))
    assert {"model.layers.0.type", "decision.threshold.maximize"} <= second.config.keys()


def test_a_cross_validation_does_not_differ_from_itself(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    path = fitted(write_table(tmp_path / "table.csv", columns), "price")
    (_, again) = compare_folds([path, path]).runs
    assert {found.verdict(name) for name, found in again.differences.items()} == {"equal"}


def test_folds_of_other_questions_tables_and_rows_are_refused(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns)
    gaps = write_table(tmp_path / "gaps.csv", columns | {"a": [None, *columns["a"][1:]]})
    short: dict[str, Any] = {"training": {"epochs": 1}}
    first = fitted(table, **short)
    with pytest.raises(RunError, match="expected the target of"):
        compare_folds([first, fitted(table, "price", **short)])
    other = fitted(gaps, **short)
    with pytest.raises(RunError, match=r"expected the table of .*, got another: \S+gaps\.csv"):
        compare_folds([first, other])
    dropping = fitted(gaps, preprocessing={"columns": {"a": {"impute": "drop"}}}, **short)
    with pytest.raises(RunError, match=r"expected the 300 rows of .*, got 299: impute: drop leaves others out"):
        compare_folds([other, dropping])
    gaps.write_text(gaps.read_text() + "\n")
    with pytest.raises(DataError, match="the table has changed since this run was made") as caught:
        compare_folds([other, other])
    assert caught.value.hint == "cross-validations are compared on the rows of that very table"


def test_the_thresholds_of_rows_are_those_of_the_rows_that_are_drawn() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 6_000)
    values = [
        np.column_stack([1 - p, p]) for p in (np.clip(rng.normal(0.3 + 0.4 * truth, 0.3), 0, 1) for _ in range(2))
    ]
    weight = np.where(rng.random(6_000) < 0.1, 0.0, 1.0)
    names = ["accuracy", "f1"]
    alike = np.full(6_000, 0.4)
    of_rows = paired_differences(names, truth, *values, sample_weight=weight, thresholds=(alike, alike))  # type: ignore[arg-type]
    assert of_rows == paired_differences(names, truth, *values, sample_weight=weight, thresholds=(0.4, 0.4))  # type: ignore[arg-type]
    order = np.argsort(-truth, kind="stable")
    limits = np.where(np.arange(6_000) < truth.sum(), 0.0, 1.0)
    perfect = np.empty(6_000)
    perfect[order] = limits
    found = paired_differences(["accuracy"], truth, *values, sample_weight=weight, thresholds=(0.4, perfect))
    assert found["accuracy"].verdict("accuracy") == "better"
