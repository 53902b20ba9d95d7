"""What the columns of a fit learn from beside their cells: weights and groups."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dltrain.config import config_from_dict
from dltrain.features import ClassTarget
from dltrain.features.categorical import CategoricalFeature
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.preparing import fit_target, prepare, training_answers
from dltrain.workflows.rows.dataset import read_dataset
from tests.workflows.conftest import Fit, config_of, write_table

MEANS = {"columns": {"kind": {"encode": "target", "smoothing": 0}}}


def test_means_of_the_target_count_rows_by_their_weight(table: Path) -> None:
    loaded = config_from_dict(config_of(table, "big", data={"weight": "weight"}, preprocessing=MEANS))

    [feature] = [
        found
        for found in prepare(loaded, Stopwatch()).preprocessing.features
        if isinstance(found, CategoricalFeature) and found.name == "kind"
    ]

    frame = pd.read_csv(table).iloc[read_dataset(loaded).train.rows]
    expected = {
        str(kind): np.average(rows["big"] == "yes", weights=rows["weight"]) for kind, rows in frame.groupby("kind")
    }
    assert dict(zip(feature.categories, feature.outputs[0].numbers, strict=True)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("data", "change"),
    [
        ({"drop": ["kind"]}, "; 'data.drop=[kind, code]' leaves it out"),
        ({"features": ["code", "a"], "drop": []}, "; 'data.features=[a]' leaves it out"),
        ({"features": ["code"], "drop": []}, ""),
    ],
)
def test_a_column_of_ids_is_left_out_as_the_config_allows_it(
    tmp_path: Path, columns: dict[str, list[Any]], data: dict[str, list[str]], change: str
) -> None:
    columns = {name: columns[name] for name in ("a", "kind", "price")} | {"code": [f"k{row}x" for row in range(300)]}
    loaded = config_from_dict(config_of(write_table(tmp_path / "t.csv", columns), "price", data=data))

    (note,) = (note for note in prepare(loaded, Stopwatch()).summary.notes if "column 'code'" in note)

    assert note.endswith("says little as a category" + change)


def test_folds_of_means_keep_the_groups_of_the_split_whole(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    shops = [None if row % 50 == 0 else f"shop {row % 17}" for row in range(300)]
    owners = [f"owner {row % 40}" for row in range(300)]
    table = write_table(tmp_path / "shops.csv", columns | {"shop": shops, "owner": owners})
    for split, names in (
        ({"strategy": "group", "column": "shop"}, shops),
        ({"strategy": "hash", "column": "owner"}, owners),
        ({}, None),
    ):
        dataset = read_dataset(config_from_dict(config_of(table, "big", split=split)))
        assert isinstance(dataset.class_target, ClassTarget)
        groups = training_answers(dataset, dataset.class_target).groups
        if names is None:
            assert groups is None
            continue
        assert groups is not None
        of_rows = [names[row] for row in dataset.train.rows]
        for first in range(len(of_rows)):
            same = np.flatnonzero(groups == groups[first])
            expected = [row for row, shop in enumerate(of_rows) if shop == of_rows[first] is not None or row == first]
            assert same.tolist() == expected


def test_targets_of_0_are_told_where_errors_are_percentages(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    zeros = columns | {"price": [*([0] * 30), *columns["price"][30:]]}
    loaded = config_from_dict(config_of(write_table(tmp_path / "t.csv", zeros), "price", metrics=["mape", "rmse"]))
    prepared = prepare(loaded, Stopwatch())
    n_zeros = int((prepared.train.labelled.truth == 0).sum())
    assert [note for note in prepared.summary.notes if "mape" in note] == [
        f"{n_zeros} training targets are 0, which mape divides by: such rows count millions of times as much as others "
        "→ 'metrics=[rmse]'"
    ]


def test_one_target_for_all_training_rows_is_told_and_nothing_is_advised(
    tmp_path: Path, columns: dict[str, list[Any]], fit: Fit
) -> None:
    table = write_table(tmp_path / "constant.csv", {**columns, "price": [5.0] * 300})
    content = config_of(table, "price", data={"task": "regression"}, training={"epochs": 2})
    notes = prepare(config_from_dict(content), Stopwatch()).summary.notes
    assert "every target of the training rows is 5: there is nothing to learn" in notes
    model = fit("price", data={"path": str(table), "task": "regression"}, training={"epochs": 2})
    assert model.metrics["diagnosis"] == ()


def test_rows_that_are_each_alone_have_folds_of_their_keys(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    """Or a run that was begun by an earlier version would go on with other inputs."""
    table = write_table(tmp_path / "t.csv", {**columns, "who": [f"p{n}" for n in range(300)]})
    content = config_of(table, "price", split={"strategy": "hash", "column": "who"})
    dataset = read_dataset(config_from_dict(content))
    answers = training_answers(dataset, fit_target(dataset))
    assert answers.groups is not None
    assert np.unique(answers.groups).size == dataset.train.n_rows
    assert dataset.test.with_groups(dataset.config.split).n_groups is None


def test_a_test_file_may_lack_the_cells_that_other_rows_are_divided_by(
    tmp_path: Path, columns: dict[str, list[Any]]
) -> None:
    names = [f"p{n // 3}" for n in range(300)]
    table = write_table(tmp_path / "t.csv", {**columns, "who": names})
    test = write_table(
        tmp_path / "test.csv", {**columns, "who": [None if n % 5 else name for n, name in enumerate(names)]}
    )
    content = config_of(table, "price", split={"strategy": "hash", "column": "who", "test": str(test)})
    assert prepare(config_from_dict(content), Stopwatch()).test.labelled.n_groups is None
