"""What is said after predicting, and what --strict refuses."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dltrain.errors import DataError
from dltrain.features import ColumnCounts
from dltrain.run import Run, load_run
from dltrain.table import CsvWriter, Table, read_table
from dltrain.workflows.predict import predict
from dltrain.workflows.rows.row_summary import (
    ColumnSummary,
    RowSummary,
    UnlikeTrainingError,
    exceedance_probability,
)
from tests.conftest import GOLDEN
from tests.workflows.conftest import with_distribution

N_ROWS = 3_000


@pytest.fixture(scope="module")
def complete() -> Table:
    """Rows like those of the golden run, without missing cells; owners that are mostly true."""
    rng = np.random.default_rng(0)
    columns = {
        "person": [f"p{n}" for n in range(N_ROWS)],
        "age": rng.integers(18, 80, N_ROWS).astype(str).tolist(),
        "city": rng.choice(["Bern", "Oslo", "Paris", "Rome"], N_ROWS, p=[0.4, 0.3, 0.2, 0.1]).tolist(),
        "owner": rng.choice(["true", "false"], N_ROWS, p=[0.7, 0.3]).tolist(),
        "income": rng.integers(10_000, 50_000, N_ROWS).astype(str).tolist(),
        "group": rng.choice(["a", "b", "c"], N_ROWS).tolist(),
    }
    return Table(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), "complete")


@pytest.fixture(scope="module")
def run(complete: Table) -> Run:
    return with_distribution(load_run(GOLDEN / "people-1"), complete)


def with_cells(table: Table, **columns: Any) -> Table:
    changed = table.columns
    for name, cells in columns.items():
        place = changed.column_names.index(name)
        changed = changed.set_column(place, name, pa.array(cells, pa.string()))
    return replace(table, columns=changed)


def summary_of(run: Run, table: Table, **options: Any) -> RowSummary:
    stream = io.BytesIO()
    CsvWriter(stream).write(table.columns)
    return predict(run, io.BytesIO(stream.getvalue()), output=io.BytesIO(), **options)


def test_the_training_rows_have_not_drifted(run: Run, complete: Table) -> None:
    summary = summary_of(run, complete)
    assert [column.drift.psi for column in summary.columns.values() if column.drift] == [0.0] * 5
    assert summary.notes() == []
    assert summary.to_dict()["drifted"] == {}


@pytest.mark.parametrize(
    ("name", "cells", "note"),
    [
        ("age", lambda ages: [str(30 + int(age) % 10) for age in ages], "100% are at most 43, in training 40%"),
        ("age", lambda ages: [str(int(age) % 20 + 60) for age in ages], "100% are above 55, in training 40%"),
        ("city", lambda _: ["Rome"] * N_ROWS, "100% are 'Rome', in training 9.3%"),
        ("group", lambda groups: [{"a": "z"}.get(group, group) for group in groups], "34% are unseen, in training 0%"),
        ("city", lambda cities: [{"Bern": "x"}.get(city, city) for city in cities], "41% are unseen or rare, in tr"),
        ("owner", lambda _: ["false"] * N_ROWS, "100% are false, in training 30%"),
        ("income", lambda x: [None] * 1_000 + x[1_000:], "33% are missing, in training 0%"),
    ],
)
def test_a_drifted_column_is_told_with_what_changed_most(
    run: Run, complete: Table, name: str, cells: Any, note: str
) -> None:
    summary = summary_of(run, with_cells(complete, **{name: cells(complete.column(name).to_pylist())}))
    assert list(summary.drifted) == [name]
    psi = summary.drifted[name].psi
    assert summary.notes()[-1].startswith(f"'{name}': drifted from training (PSI {psi:.2f}; {note}")


def test_a_moderate_change_is_a_little_drift(run: Run, complete: Table) -> None:
    owners = ["true" if row % 2 else "false" for row in range(N_ROWS)]
    [note] = summary_of(run, with_cells(complete, owner=owners)).notes()
    assert note.startswith("'owner': drifted a little from training (PSI 0.18; 50% are false, in training 3")


def test_a_few_of_the_training_rows_have_not_drifted(run: Run, complete: Table) -> None:
    rng = np.random.default_rng(1)
    for n_rows in (1, 5, 30, 100):
        rows = pa.array(rng.choice(N_ROWS, n_rows, replace=False))
        summary = summary_of(run, replace(complete, columns=complete.columns.take(rows)))
        assert summary.drifted == {}


def test_five_drifted_columns_are_told_at_most(run: Run, complete: Table) -> None:
    summary = summary_of(run, complete)
    drift = summary_of(run, with_cells(complete, city=["Rome"] * N_ROWS)).columns["city"]
    many = replace(summary, columns={f"city {n}": drift for n in range(7)})
    assert len(many.notes()) == 6
    assert many.notes()[-1] == "and 2 more columns drifted from training"


def test_the_json_holds_counts_rates_and_the_index_of_every_column(run: Run, complete: Table) -> None:
    ages = [None] * 30 + complete.column("age").to_pylist()[30:]
    content = summary_of(run, with_cells(complete, age=ages)).to_dict()
    assert list(content["columns"]) == ["age", "city", "owner", "income", "group"]
    age = content["columns"]["age"]
    assert {name: value for name, value in age.items() if name != "psi"} == {
        "missing": 30,
        "missing_rate": 0.01,
        "training_missing_rate": 0.0,
        "unseen": 0,
        "unseen_rate": 0.0,
        "out_of_range": 0,
        "out_of_range_rate": 0.0,
        "is_drifted": False,
    }
    assert 0 < age["psi"] < 0.1


def test_rows_without_an_id_are_counted_and_strict_lets_them_pass(run: Run, complete: Table) -> None:
    people = ["", None, " ", *complete.column("person").to_pylist()[3:]]
    summary = summary_of(run, with_cells(complete, person=people), is_strict=True)
    assert summary.to_dict()["empty_ids"] == {"person": 3}
    assert summary.notes() == ["'person': 3 of 3,000 ids are empty"]
    assert summary_of(run, complete).to_dict()["empty_ids"] == {}


def test_an_old_run_tells_no_drift(complete: Table) -> None:
    summary = summary_of(load_run(GOLDEN / "people-1"), with_cells(complete, city=["Rome"] * N_ROWS))
    assert summary.drifted == {}
    city = summary.to_dict()["columns"]["city"]
    assert (city["psi"], city["training_missing_rate"], city["is_drifted"]) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "cell", "finding"),
    [
        ("group", "z", "'group': 1 of 3,000 values are not among the categories kept from training"),
        ("age", None, "'age': 1 of 3,000 values are missing"),
    ],
)
def test_strict_refuses_a_single_cell_that_training_did_not_have(
    run: Run, complete: Table, tmp_path: Path, name: str, cell: str | None, finding: str
) -> None:
    odd = with_cells(complete, **{name: [cell, *complete.column(name).to_pylist()[1:]]})
    with pytest.raises(DataError) as caught:
        summary_of(run, odd, is_strict=True)
    assert caught.value.message == f"standard input: expected rows like those of training\n  {finding}"
    assert caught.value.hint == "without --strict these are notes; --notes marks the rows"
    assert summary_of(run, complete, is_strict=True).rows == N_ROWS


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["A", " b", "C "], "3 of 3,000 values {}; they differ {} one of 'a', 'b', 'c'"),
        (["A"], "1 of 3,000 values {}; it differs {} one of 'a', 'b', 'c'"),
        (["A", "B", "z"], "3 of 3,000 values {}; most differ {} one of 'a', 'b', 'c'"),
        (["A", "z"], "2 of 3,000 values {}"),
    ],
)
def test_unseen_values_that_only_look_otherwise_are_told(
    run: Run, complete: Table, cells: list[str], note: str
) -> None:
    odd = with_cells(complete, group=[*cells, *complete.column("group").to_pylist()[len(cells) :]])
    words = ("are not among the categories kept from training", "only in upper and lower case or spaces from")
    summary = summary_of(run, odd)
    assert summary.notes() == [f"'group': {note.format(*words)}"]
    assert "respelled" not in summary.to_dict()["columns"]["group"]


def test_strict_refuses_drift_and_writes_no_file(run: Run, complete: Table, tmp_path: Path) -> None:
    path, output = tmp_path / "rome.csv", tmp_path / "out" / "out.csv"
    output.parent.mkdir()
    with path.open("wb") as stream:
        CsvWriter(stream).write(with_cells(complete, city=["Rome"] * N_ROWS).columns)
    with pytest.raises(DataError, match="'city': drifted from training"):
        predict(run, path, output=output, is_strict=True)
    assert list(output.parent.iterdir()) == []
    assert predict(run, path, output=output).rows == N_ROWS


def test_of_many_columns_with_remarkable_cells_the_worst_are_named() -> None:
    counts = {f"x{n}": ColumnSummary(ColumnCounts(missing=1 + n % 40), None) for n in range(100)}
    notes = RowSummary(50, counts, ()).notes()
    assert len(notes) == 11
    assert notes[-1] == "and 90 more columns with values that are missing"
    assert "'x39': 40 of 50 values are missing" in notes


def test_strict_allows_missing_values_where_training_had_some(complete: Table) -> None:
    people = read_table(GOLDEN / "people.csv")
    old = load_run(GOLDEN / "people-1")
    some = replace(people, columns=people.columns.drop_columns("bought"))
    assert summary_of(with_distribution(old, people), some, is_strict=True).missing == {"age": 9, "city": 10}
    with pytest.raises(DataError, match="'age': 9 of 240 values are missing"):
        summary_of(old, some, is_strict=True)


@pytest.mark.parametrize("name", ["city", "group"])
def test_strict_allows_unseen_categories_where_training_had_rare_ones(run: Run, complete: Table, name: str) -> None:
    """Rare cities share an input with unseen ones; of the groups, none was left out."""
    cells = complete.column(name).to_pylist()
    some = with_cells(complete, **{name: ["new", "other", *cells[2:]]})
    with_rare = with_distribution(run, with_cells(complete, **{name: ["rare", *cells[1:]]}))
    features = tuple(
        feature.model_copy(update={"had_rare": True}) if feature.name == name else feature
        for feature in run.preprocessing.features
    )
    with_rare = replace(with_rare, preprocessing=with_rare.preprocessing.model_copy(update={"features": features}))
    assert summary_of(with_rare, some, is_strict=True).unseen == {name: 2}
    if name == "city":  # the run is from before this was noted, but has an input for rare ones
        assert summary_of(run, some, is_strict=True).unseen == {name: 2}
    else:
        with pytest.raises(UnlikeTrainingError, match="2 of 3,000 values are not among the categories kept") as caught:
            summary_of(run, some, is_strict=True)
        assert caught.value.summary.unseen == {name: 2}
    with pytest.raises(UnlikeTrainingError, match=f"'{name}': drifted from training"):
        summary_of(with_rare, with_cells(complete, **{name: ["new"] * N_ROWS}), is_strict=True)


@pytest.mark.parametrize(("n_rows", "n_training"), [(50, 200), (400, 100), (1_000, 1_000)])
def test_numbers_beyond_all_training_rows_are_as_probable_as_the_formula_says(n_rows: int, n_training: int) -> None:
    ranks = np.random.default_rng(0)
    n_beyond = []
    for _ in range(2_000):
        is_new = ranks.permutation(n_rows + n_training) < n_rows  # in the order of their size
        training = np.flatnonzero(~is_new)
        n_beyond.append(training[0] + is_new.size - 1 - training[-1])
    for k in (1, 2, 4, 8):
        share = np.mean(np.array(n_beyond) >= k)
        assert share == pytest.approx(exceedance_probability(k, n_rows, n_training), abs=0.04)


def test_strict_allows_as_many_numbers_beyond_training_as_chance_brings(run: Run, complete: Table) -> None:
    def beyond(n_cells: int) -> Table:
        return with_cells(complete, age=["1000"] * n_cells + complete.column("age").to_pylist()[n_cells:])

    # The golden run is one of the first, which do not know the range of their numbers.
    features = tuple(
        feature.model_copy(update={"minimum": 18.0, "maximum": 80.0}) if feature.name == "age" else feature
        for feature in run.preprocessing.features
    )
    run = replace(run, preprocessing=run.preprocessing.model_copy(update={"features": features}))
    allowed = [k for k in range(100) if exceedance_probability(k, N_ROWS, N_ROWS) * len(features) > 0.001]
    few, many = max(allowed), max(allowed) + 1
    assert summary_of(run, beyond(few), is_strict=True).out_of_range == {"age": few}
    with pytest.raises(DataError, match=f"'age': {many} of 3,000 values lie beyond those of the training rows"):
        summary_of(run, beyond(many), is_strict=True)
