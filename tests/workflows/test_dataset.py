"""From a config to labelled rows."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config import LoadedConfig, config_from_dict, load_config
from dltrain.errors import ConfigError, DataError
from dltrain.stopwatch import Stopwatch
from dltrain.table import Table, read_table
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.rows.dataset import Dataset, read_dataset
from tests.conftest import GOLDEN
from tests.workflows.conftest import config_of, write_table


def test_a_table_is_split_by_dates_of_a_declared_format(tmp_path: Path) -> None:
    days = [f"{1 + row % 28:02}.{1 + row // 28 % 12:02}.{2020 + row // 336}" for row in range(600)]
    shuffled = np.random.default_rng(0).permutation(600).tolist()
    columns = {"day": [days[row] for row in shuffled], "x": range(600), "y": shuffled}
    content = {
        "data": {"path": str(write_table(tmp_path / "t.csv", columns)), "target": "y"},
        "split": {"strategy": "time", "column": "day", "validation": 0.1},
        "preprocessing": {"columns": {"day": {"format": "%d.%m.%Y"}}},
        "model": {"layers": []},
    }
    loaded = config_from_dict(content)
    dataset = read_dataset(loaded)
    assert sorted(dataset.test.truth.tolist()) == list(range(480, 600))
    saved = prepare(loaded, Stopwatch()).config
    assert (
        read_dataset(config_from_dict(saved.model_dump(mode="json"))).test.truth.tolist() == dataset.test.truth.tolist()
    )


PARTS = ("train", "validation", "test")


def test_a_test_file_whose_name_cannot_exist_is_a_data_error() -> None:
    loaded = load_config(GOLDEN / "people.yaml", [f"split.test={'x' * 300}.csv"])
    with pytest.raises(DataError, match="the file cannot be read: File name too long"):
        read_dataset(loaded)


def test_one_file_cannot_be_for_testing_and_for_validation(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    table, other = (write_table(tmp_path / name, columns) for name in ("t.csv", "other.csv"))
    (tmp_path / "same.csv").symlink_to(other)
    split = {"test": str(other), "validation": str(tmp_path / "same.csv")}
    with pytest.raises(ConfigError) as caught:
        read_dataset(config_from_dict(config_of(table, "price", split=split)))
    assert str(caught.value) == (
        "config: split.validation: expected another file than split.test, got the same one\n"
        "    hint: split.validation: 0.2 holds out a part of the rows of data.path"
    )


def test_test_rows_without_their_ids_are_refused(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    table = write_table(tmp_path / "t.csv", columns | {"row": range(300), "shop": range(300)})
    other = write_table(tmp_path / "other.csv", columns)
    loaded = config_from_dict(
        config_of(table, "price", data={"id": ["shop", "row"]}, split={"test": str(other), "validation": 0.2})
    )
    with pytest.raises(DataError, match=r"other\.csv: 2 id columns are missing: 'shop', 'row'; available: 'a', 'b'"):
        read_dataset(loaded)
    # Nobody reads the ids of validation rows.
    loaded = config_from_dict(config_of(table, "price", data={"id": ["row"]}, split={"validation": str(other)}))
    assert read_dataset(loaded).validation.n_rows == 300


def dataset_of(folder: Path, rows: np.ndarray, split: dict[str, Any]) -> Dataset:
    """The rows of these ids, in this order, each in a shop of its own kind, divided."""
    columns = {"id": [f"id-{row}" for row in rows], "shop": [f"s{row % 23}" for row in rows], "y": rows.tolist()}
    table = write_table(folder / "table.csv", columns)
    content = {"data": {"path": str(table), "target": "y", "id": ["id"]}, "model": {"layers": []}, "split": split}
    return read_dataset(config_from_dict(content))


def ids_of(dataset: Dataset) -> dict[str, set[int]]:
    """Part → its rows, by the numbers in their ids."""
    return {part: set(getattr(dataset, part).truth.astype(int).tolist()) for part in PARTS}


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), folds=st.sampled_from([{}, {"folds": 4, "fold": 3}]))
def test_hashed_rows_keep_their_part_in_a_shuffled_and_longer_table(
    seed: int, folds: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, split = tmp_path_factory.mktemp("hash"), {"strategy": "hash", "column": "id", "seed": seed, **folds}
    before = ids_of(dataset_of(folder, np.arange(150), split))
    after = ids_of(dataset_of(folder, np.random.default_rng(seed).permutation(300), split))
    for part in PARTS:
        assert before[part] == {row for row in after[part] if row < 150}


@settings(max_examples=15)
@given(seed=st.integers(0, 1_000), folds=st.sampled_from([{}, {"folds": 4, "fold": 3}]))
def test_groups_of_a_table_are_whole_in_any_order_of_its_rows(
    seed: int, folds: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, split = tmp_path_factory.mktemp("group"), {"strategy": "group", "column": "shop", "seed": seed, **folds}
    parts = ids_of(dataset_of(folder, np.random.default_rng(seed).permutation(150), split))
    shops = [{row % 23 for row in rows} for rows in parts.values()]
    assert sum(map(len, shops)) == 23
    assert set().union(*parts.values()) == set(range(150))


AUTUMNS = [date(2021 + row // 20, 10, 10 + row % 20) for row in range(60)]
"""Days in their order; written as %d%m%Y they are numbers in another order."""


def autumns(folder: Path, date_format: str, slips: dict[int, str] | None = None, **preprocessing: Any) -> LoadedConfig:
    """A config whose rows, shuffled, are divided by days that are written in some way; y counts the days."""
    order = np.random.default_rng(0).permutation(60).tolist()
    cells = [(slips or {}).get(row, AUTUMNS[row].strftime(date_format)) for row in order]
    table = write_table(folder / "autumns.csv", {"day": cells, "x": range(60), "y": order})
    content = {
        "data": {"path": str(table), "target": "y", "task": "regression"},
        "split": {"strategy": "time", "column": "day"},
        "preprocessing": preprocessing,
        "model": {"layers": []},
    }
    return config_from_dict(content)


GERMAN = {"format": "%d%m%Y"}
STATED = {"day": {"kind": "datetime"}}


@pytest.mark.parametrize(
    ("written", "preprocessing"),
    [
        ("%d%m%Y", {"columns": {"day": GERMAN}}),
        ("%d%m%Y", {"datetime": GERMAN, "columns": STATED}),
        ("%d%m%Y", {"datetime": GERMAN}),
        ("%d.%m.%Y", {"datetime": {"format": "%d.%m.%Y"}}),
        # What the format of other columns does not fit is read as if there were none.
        ("%Y-%m-%d", {"datetime": GERMAN, "columns": STATED}),
        ("%Y-%m-%d", {"datetime": GERMAN}),
        ("%Y-%m-%d", {"datetime": {"format": "%H:%M"}, "columns": STATED}),
        ("%y%j", {"datetime": GERMAN}),
        ("%y%j", {"datetime": {"format": "%H%M%S"}}),
    ],
)
def test_the_latest_rows_test_however_their_dates_are_declared(
    written: str, preprocessing: dict[str, Any], tmp_path: Path
) -> None:
    dataset = read_dataset(autumns(tmp_path, written, **preprocessing))
    assert sorted(dataset.test.truth.tolist()) == list(range(60 - dataset.test.n_rows, 60))
    assert dataset.train.truth.max() < dataset.validation.truth.min()


def test_the_config_of_a_run_says_how_the_dates_were_read_that_divide_its_rows(tmp_path: Path) -> None:
    loaded = autumns(tmp_path, "%d%m%Y", datetime=GERMAN)
    saved = prepare(loaded, Stopwatch()).config
    assert saved.preprocessing.columns["day"].format == "%d%m%Y"
    of_run = read_dataset(config_from_dict(saved.model_dump(mode="json")), is_of_run=True)
    assert of_run.test.truth.tolist() == read_dataset(loaded).test.truth.tolist()


def test_the_rows_of_an_old_run_are_divided_as_they_were(tmp_path: Path) -> None:
    # Sorted as numbers: what its test rows are does not change any more.
    loaded = autumns(tmp_path, "%d%m%Y", datetime=GERMAN)
    as_numbers = sorted(range(60), key=lambda row: (AUTUMNS[row].strftime("%d%m%Y"), row))
    test = read_dataset(loaded, is_of_run=True).test.truth
    assert sorted(test.tolist()) == sorted(as_numbers[60 - len(test) :])


@pytest.mark.parametrize("columns", [{}, STATED])
def test_one_cell_of_another_form_does_not_make_numbers_of_dates(columns: dict[str, Any], tmp_path: Path) -> None:
    loaded = autumns(tmp_path, "%d%m%Y", {7: "99102021"}, datetime=GERMAN, columns=columns)
    with pytest.raises(DataError, match="expected a date as '%d%m%Y' says, got '99102021'"):
        read_dataset(loaded)


def test_rows_cannot_be_divided_by_times_of_day(tmp_path: Path) -> None:
    loaded = autumns(tmp_path, "%d:%m", datetime={"format": "%H:%M"}, columns=STATED)
    with pytest.raises(
        ConfigError, match=r"split\.column: expected dates to divide by time, got times of day, '%H:%M'"
    ):
        read_dataset(loaded)


def test_a_table_that_is_replaced_while_it_is_read_is_refused(
    tmp_path: Path, columns: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run would vouch for a table that it was not trained on."""
    table = write_table(tmp_path / "t.csv", columns)
    loaded = config_from_dict(config_of(table, "price"))
    assert read_dataset(loaded).files["data"].rows == 300

    def read_and_replace(path: Path, **options: Any) -> Table:
        found = read_table(path, **options)
        write_table(path, {name: cells + cells[:5] for name, cells in columns.items()})
        return found

    monkeypatch.setattr("dltrain.workflows.rows.dataset.read_table", read_and_replace)
    with pytest.raises(DataError, match=r"t\.csv: the file changed while it was read"):
        read_dataset(loaded)


@pytest.mark.parametrize("weight", [1e308, 1e-308])
def test_weights_that_cannot_be_summed_are_refused_with_their_line(
    tmp_path: Path, columns: dict[str, list[Any]], weight: float
) -> None:
    table = write_table(tmp_path / "t.csv", {**columns, "weight": [weight, 0, *columns["weight"][2:]]})
    content = config_of(table, "price", data={"weight": "weight"})
    with pytest.raises(DataError, match=r"t\.csv:2: the weight 'weight' is too large or too small to compute with"):
        read_dataset(config_from_dict(content))


@pytest.mark.parametrize(("labels", "got"), [([None, None], "none"), (["yes", "yes"], "1: 'yes'")])
def test_a_target_without_labels_is_the_tables_fault_whatever_the_config_names(
    tmp_path: Path, labels: list[str | None], got: str
) -> None:
    path = write_table(tmp_path / "t.csv", {"a": [1, 2], "y": labels})
    data = {"path": str(path), "target": "y", "task": "binary", "positive": "no"}
    with pytest.raises(DataError, match=f"expected two different labels, got {got}"):
        read_dataset(config_from_dict({"data": data, "model": {"layers": []}}))


@pytest.mark.parametrize(
    ("labels", "asked"), [(["ja", "nein"], "ja"), (["fraud", "ok"], "fraud"), (["no", "yes"], None), (["a", "b"], None)]
)
def test_a_label_that_says_no_is_doubted_as_the_positive_one(
    tmp_path: Path, labels: list[str], asked: str | None
) -> None:
    rows = [labels[0]] * 4 + [labels[1]] * (16 if asked == "fraud" else 5)
    path = write_table(tmp_path / "t.csv", {"a": list(range(len(rows))), "y": rows})
    dataset = read_dataset(config_from_dict({"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}))
    (note,) = (note for note in dataset.notes if note.startswith("data.positive"))
    doubt = "" if asked is None else f"; recall, precision and f1 are of it, so it may have to be '{asked}'"
    assert note == f"data.positive: '{labels[1]}', the last label in sorted order{doubt}"
