"""`impute: drop`: the same rows are left out by a fit, a check and an evaluation; a prediction says which it lacks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.config import LoadedConfig, config_from_dict
from dltrain.errors import DataError, RunError
from dltrain.run import load_run
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.check import check
from dltrain.workflows.compare import compare
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.fitting.predicted_rows import PredictedRows
from dltrain.workflows.fitting.preparing import Prepared, prepare
from dltrain.workflows.rows.dataset import read_dataset
from tests.workflows.conftest import Fit, config_of, write_table


@pytest.fixture
def gaps(tmp_path: Path, columns: dict[str, list[Any]]) -> Path:
    """The table with every tenth `a`, every fifteenth `kind` and every seventh target missing."""
    cells = {name: list(values) for name, values in columns.items()}
    for name, step in (("a", 10), ("kind", 15), ("price", 7)):
        cells[name] = [None if row % step == 3 else cell for row, cell in enumerate(cells[name])]
    return write_table(tmp_path / "gaps.csv", cells)


def loaded(gaps: Path, **preprocessing: Any) -> LoadedConfig:
    data = {"missing_target": "drop"}
    return config_from_dict(config_of(gaps, "price", data=data, preprocessing=preprocessing))


def prepared(config: LoadedConfig) -> Prepared:
    return prepare(config, Stopwatch())


def test_rows_without_a_value_are_left_out_before_the_rows_are_divided(gaps: Path) -> None:
    fit = prepared(loaded(gaps, columns={"a": {"impute": "drop"}, "kind": {"impute": "drop"}}))
    rows = np.arange(300)
    is_left = (rows % 10 != 3) & (rows % 15 != 3)
    n_used = int((is_left & (rows % 7 != 3)).sum())
    assert fit.train.features.n_rows + fit.validation.features.n_rows + fit.test.features.n_rows == n_used
    assert (fit.summary.rows, fit.summary.dropped_rows) == (300, int(is_left.sum()) - n_used)
    assert [note for note in fit.summary.notes if "left out" in note] == [
        f"{gaps}: 30 rows without 'a' left out (impute: drop)",
        f"{gaps}: 20 rows without 'kind' left out (impute: drop)",
    ]
    assert sum(counts.missing for counts in fit.train.features.counts.values()) == 0


def test_the_default_of_a_kind_leaves_the_same_rows_out_when_it_is_read_again(gaps: Path) -> None:
    config = loaded(gaps, numeric={"impute": "drop"})
    first = read_dataset(config)
    again = read_dataset(config_from_dict(prepared(config).config.model_dump(mode="json")))
    np.testing.assert_array_equal(first.test.truth, again.test.truth)
    assert first.table.n_rows == 270


def test_a_check_sees_the_whole_table_and_counts_as_a_fit(gaps: Path) -> None:
    config = loaded(gaps, columns={"a": {"impute": "drop"}})
    report = check(config)
    fit = prepared(config)
    assert report.summary is not None
    assert (report.summary.train, report.summary.test) == (fit.summary.train, fit.summary.test)
    assert report.rows == 300
    assert {column.profile.name: column.profile.n_missing for column in report.columns}["a"] == 30
    assert f"{gaps}: 30 rows without 'a' left out (impute: drop)" in report.summary.notes
    assert report.exit_code == 0


def test_a_table_without_complete_rows_is_refused(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    cells = {**columns, "b": [None if row % 2 else row for row in range(300)]}
    cells["a"] = [row if row % 2 else None for row in range(300)]
    table = write_table(tmp_path / "t.csv", cells)
    config = config_of(table, "price", preprocessing={"numeric": {"impute": "drop"}})
    with pytest.raises(DataError, match=r"expected rows with values in 'a', 'b' \(impute: drop\), got none"):
        read_dataset(config_from_dict(config))
    assert check(config_from_dict(config)).exit_code == 3


@pytest.mark.slow
def test_evaluations_leave_out_the_same_rows_and_predictions_name_them(gaps: Path, tmp_path: Path, fit: Fit) -> None:
    import dltrain

    content = config_of(
        gaps, "price", data={"missing_target": "drop"}, preprocessing={"columns": {"a": {"impute": "drop"}}}
    )
    model = dltrain.fit(content, runs=tmp_path / "runs")
    assert model.evaluate()["metrics"] == pytest.approx(model.metrics["test"]["metrics"])
    assert model.evaluate(gaps, check_seen=False)["rows"] == sum(row % 10 != 3 and row % 7 != 3 for row in range(300))
    n_unlabelled = sum(row % 10 != 3 and row % 7 == 3 for row in range(300))
    assert evaluate(load_run(model.path), data=gaps).notes()[:2] == [
        f"{gaps}: 30 rows without 'a' left out (impute: drop)",
        f"{n_unlabelled} rows without a target were left out",
    ]
    with pytest.raises(DataError) as caught:
        model.predict(gaps)
    assert f"{gaps}:5: column 'a': expected a value (impute: drop), got an empty cell" in caught.value.message
    assert "fitted without such rows" in caught.value.message
    assert caught.value.hint == "fill the cells in"


@pytest.mark.slow
def test_a_run_with_every_option_is_opened_again(table: Path, columns: dict[str, list[Any]], tmp_path: Path) -> None:
    import dltrain

    days = [f"{row % 28 + 1:02d}.{row % 12 + 1:02d}.{2000 + row % 20}" for row in range(300)]
    sizes = [("small", "medium", "large")[row % 3] for row in range(300)]
    months = [f"month {row % 70}" for row in range(300)]
    path = write_table(tmp_path / "all.csv", {**columns, "day": days, "size": sizes, "month": months})
    options = {
        "a": {"clip": [0.1, 0.9], "indicator": True},
        "kind": {"encode": "target"},
        "day": {"format": "%d.%m.%Y", "indicator": True},
        "size": {"order": ["small", "medium", "large"]},
        # More texts than an object of a run's JSON may have keys.
        "month": {"map": {f"month {number}": number for number in range(70)}},
    }
    for target in ("price", "big", "level"):
        content = config_of(path, target, preprocessing={"columns": options}, training={"epochs": 1})
        model = dltrain.fit(content, runs=tmp_path / "runs")
        again = dltrain.load(model.path)
        assert again.evaluate()["metrics"] == pytest.approx(model.metrics["test"]["metrics"])
        assert len(again.predict(path)) == 300
        refitted = dltrain.fit(model.path / "config.yaml", runs=tmp_path / "runs")
        assert refitted.metrics["test"] == model.metrics["test"]


def test_the_largest_mistakes_are_named_by_their_rows_in_the_file(gaps: Path) -> None:
    fit = prepared(loaded(gaps, columns={"a": {"impute": "drop"}}))
    predicted = np.zeros(fit.test.labelled.n_rows)
    mistakes = PredictedRows(fit.test.labelled, predicted, None, fit.test_ids).mistakes(fit.preprocessing.target)
    prices = [line.split(",")[3] for line in gaps.read_text().splitlines()[1:]]
    assert len(mistakes) == 10
    assert [float(mistake.truth) for mistake in mistakes] == [float(prices[int(one.place[0]) - 1]) for one in mistakes]


@pytest.mark.slow
def test_runs_are_compared_by_the_rows_of_the_file(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    import dltrain

    cells = {**columns, "part": ["train"] * 200 + ["validation"] * 50 + ["test"] * 50}
    for name, row in (("a", 3), ("b", 7)):
        cells[name] = [None if place == row else cell for place, cell in enumerate(cells[name])]
    path = write_table(tmp_path / "parts.csv", cells)
    runs = []
    for drop in ({}, {"a": {"impute": "drop"}}, {"b": {"impute": "drop"}}):
        content = config_of(
            path,
            "price",
            split={"strategy": "column", "column": "part"},
            preprocessing={"columns": drop},
            training={"epochs": 1},
        )
        runs.append(load_run(dltrain.fit(content, runs=tmp_path / "runs").path))
    assert compare(runs).rows == 50
    new = write_table(tmp_path / "new.csv", {name: values[:40] for name, values in cells.items()})
    with pytest.raises(RunError) as caught:
        compare(runs[1:], data=new)
    assert caught.value.message == (
        f"{runs[2].path}: expected the 39 rows of {new} that {runs[1].path} is measured on, got 39, of which 38 are "
        "the same (preprocessing.columns.a.impute, preprocessing.columns.b.impute differ)"
    )
    assert caught.value.hint is not None
    assert "impute: drop" in caught.value.hint
