"""Writing the divided rows as files."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config import LoadedConfig, config_from_dict
from dltrain.config.sections.split import Strategy
from dltrain.errors import DataError, OutputError
from dltrain.table import numeric_values, read_table
from dltrain.workflows.rows.dataset import read_dataset
from dltrain.workflows.split import split
from tests.workflows.conftest import config_of, write_table

CELLS = st.text(st.sampled_from("ab,\"\n \t=+-@'é#1.0"), max_size=6)


@pytest.fixture
def parts_table(tmp_path: Path, columns: dict[str, list[Any]]) -> Path:
    """The rows with ids, groups, dates and parts."""
    more = {
        "id": [f"{row:03}" for row in range(300)],
        "shop": [f"shop {row % 37}" for row in range(300)],
        "day": [f"2024-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(300)],
        "part": ["test" if row % 5 == 0 else "validation" if row % 7 == 0 else "train" for row in range(300)],
    }
    return write_table(tmp_path / "parts.csv", columns | more)


def loaded_config(table: Path, target: str = "big", **sections: Any) -> LoadedConfig:
    return config_from_dict(config_of(table, target, **sections))


def records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("strategy", "column"),
    [("random", None), ("stratified", None), ("group", "shop"), ("time", "day"), ("column", "part"), ("hash", "id")],
)
def test_a_fit_with_the_files_has_the_same_rows_in_every_part(
    parts_table: Path, tmp_path: Path, strategy: Strategy, column: str | None
) -> None:
    section = {"strategy": strategy} | ({} if column is None else {"column": column})
    loaded = loaded_config(parts_table, split=section)
    before = read_dataset(loaded)

    written = split(loaded, tmp_path / "out")

    overrides = [f"{key}={path}" for key, path in written.config.items()]
    after = read_dataset(config_from_dict(loaded.document.data, overrides))
    for name in ("train", "validation", "test"):
        was, now = getattr(before, name), getattr(after, name)
        ids = before.table.column("id").take(pa.array(was.rows)).to_pylist()
        assert now.table.column("id").take(pa.array(now.rows)).to_pylist() == ids
        np.testing.assert_array_equal(was.truth, now.truth)
        assert written.parts[name].rows == len(ids)
        assert now.table.column_names == before.table.column_names


def test_a_file_has_the_lines_of_the_table_in_its_order(parts_table: Path, tmp_path: Path) -> None:
    loaded = loaded_config(parts_table)
    header, *lines = parts_table.read_text().splitlines()

    split(loaded, tmp_path / "out")

    for name in ("train", "validation", "test"):
        rows = getattr(read_dataset(loaded), name).rows
        assert (tmp_path / "out" / f"{name}.csv").read_text().splitlines() == [header, *(lines[row] for row in rows)]


@settings(max_examples=60)
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=12, max_size=20), names=st.permutations(['=1+1,"x"', "b"]))
def test_texts_stay_to_the_letter(
    cells: list[tuple[str, str]], names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    path = folder / "table.csv"
    rows = [[*names, "y"], *([*pair, str(row)] for row, pair in enumerate(cells))]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    content = {
        "data": {"path": str(path), "target": "y", "missing_values": ["a", "1.0"]},
        "model": {"layers": []},
        "split": {"test": 0.3, "validation": 0.3},
    }

    written = split(config_from_dict(content), folder / "out")

    found = [row for part in written.parts.values() for row in records(part.path)[1:]]
    assert sorted(found, key=lambda row: int(row[-1])) == rows[1:]
    assert all(records(part.path)[0] == rows[0] for part in written.parts.values())


def test_folds_are_the_test_rows_of_each(parts_table: Path, tmp_path: Path) -> None:
    written = split(loaded_config(parts_table, split={"folds": 3}), tmp_path / "out")

    assert list(written.parts) == ["fold-1", "fold-2", "fold-3"]
    assert written.config == {}
    position = records(parts_table)[0].index("id")
    for fold in (1, 2, 3):
        dataset = read_dataset(loaded_config(parts_table, split={"folds": 3, "fold": fold}))
        ids = [row[position] for row in records(tmp_path / "out" / f"fold-{fold}.csv")[1:]]
        assert ids == dataset.table.column("id").take(pa.array(dataset.test.rows)).to_pylist()


def test_one_fold_is_a_split_whose_files_need_no_folds(parts_table: Path, tmp_path: Path) -> None:
    loaded = loaded_config(parts_table, split={"folds": 3, "fold": 2})
    before = read_dataset(loaded)

    written = split(loaded, tmp_path / "out")

    overrides = [f"{key}={'null' if path is None else path}" for key, path in written.config.items()]
    after = read_dataset(config_from_dict(loaded.document.data, overrides))
    np.testing.assert_array_equal(before.test.truth, after.test.truth)
    np.testing.assert_array_equal(before.train.truth, after.train.truth)


def test_rows_without_a_target_are_in_no_file(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    big = [None if row < 30 else label for row, label in enumerate(columns["big"])]
    table = write_table(tmp_path / "table.csv", columns | {"big": big})
    with pytest.raises(DataError, match="the target 'big' is missing"):
        split(loaded_config(table), tmp_path / "out")
    assert not (tmp_path / "out").exists()

    written = split(loaded_config(table, data={"missing_target": "drop"}), tmp_path / "out")

    assert written.dropped_rows == 30
    assert sum(part.rows for part in written.parts.values()) == 270


@pytest.mark.parametrize("folds", [None, 3])
def test_rows_that_a_column_leaves_out_are_in_no_file_and_no_other_takes_their_place(
    columns: dict[str, list[Any]], tmp_path: Path, folds: int | None
) -> None:
    gaps = [None if row % 10 == 3 else cell for row, cell in enumerate(columns["a"])]
    table = write_table(tmp_path / "table.csv", columns | {"a": gaps, "id": list(range(300))})
    loaded = loaded_config(
        table, data={"id": ["id"]}, split={"folds": folds}, preprocessing={"columns": {"a": {"impute": "drop"}}}
    )

    written = split(loaded, tmp_path / "out")

    lines = [line for part in written.parts.values() for line in part.path.read_text().splitlines()[1:]]
    kept = [line for row, line in enumerate(table.read_text().splitlines()[1:]) if row % 10 != 3]
    assert sorted(lines) == sorted(kept)
    assert written.dropped_rows == 0
    assert f"{table}: 30 rows without 'a' left out (impute: drop)" in written.notes


def test_label_shares_are_those_of_each_file(table: Path, tmp_path: Path) -> None:
    written = split(loaded_config(table, "level"), tmp_path / "out")
    for part in written.parts.values():
        position = records(part.path)[0].index("level")
        counts = Counter(row[position] for row in records(part.path)[1:])
        expected = {label: count / part.rows for label, count in counts.items()}
        assert part.label_shares == pytest.approx(expected)


def test_a_part_that_is_a_file_already_stays(table: Path, tmp_path: Path) -> None:
    other = write_table(tmp_path / "other.csv", {"a": [1], "b": [2], "kind": ["red"], "price": [3]})
    loaded = loaded_config(table, "price", split={"test": str(other)}, data={"features": ["a", "b"], "drop": []})
    written = split(loaded, tmp_path / "out")
    assert list(written.parts) == ["train", "validation"]
    assert not (tmp_path / "out" / "test.csv").exists()
    assert set(written.config) == {"data.path", "split.validation"}


def test_parquet_becomes_text_that_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    numbers = [0.1, 2.0, None, 1e300] * 5
    columns = {"x": numbers, "flag": [True, False, None, True] * 5, "id": [2**60 + row for row in range(20)]}
    pq.write_table(pa.table(columns | {"y": list(range(20))}), path)
    content = {"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}

    written = split(config_from_dict(content), tmp_path / "out")

    found = sorted((row for part in written.parts.values() for row in records(part.path)[1:]), key=lambda r: int(r[3]))
    assert [row[0] for row in found[:4]] == ["0.1", "2", "", "1e+300"]
    assert [row[1] for row in found[:4]] == ["true", "false", "", "true"]
    assert [int(row[2]) for row in found] == columns["id"]


@pytest.mark.parametrize("unit", ["h m", "h:m:s", "d h", None])
@pytest.mark.parametrize("decimal", [".", ","])
def test_durations_of_parquet_are_the_same_numbers_in_the_parts(unit: str | None, decimal: str, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    seconds = np.random.default_rng(0).integers(600, 400_000, 40)
    columns = {"took": pa.array(seconds, pa.duration("s")), "text": ["1h 30m"] * 40, "y": range(40)}
    pq.write_table(pa.table(columns), path)
    units = {"took": unit, "text": "h m"} if unit is not None else {"text": "h m"}
    content = {
        "data": {"path": str(path), "target": "y", "decimal": decimal, "unit_of": units},
        "model": {"layers": []},
    }
    loaded = config_from_dict(content)

    written = split(loaded, tmp_path / "out")

    texts = loaded.config.data.texts
    numbers = numeric_values(read_table(path, texts=texts), "took")
    for part in written.parts.values():
        table = read_table(part.path, texts=texts)
        rows = numeric_values(table, "y").astype(int)
        np.testing.assert_array_equal(numeric_values(table, "took"), numbers[rows])
        assert {record[1] for record in records(part.path)[1:]} == {"1h 30m"}


@pytest.mark.parametrize(
    "style", [{"decimal": ","}, {"decimal": ",", "thousands": "."}, {"decimal": ",", "separator": ";"}]
)
def test_numbers_of_parquet_are_the_same_in_parts_with_decimal_commas(style: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    numbers = [*[1.001 + row / 500 for row in range(40)], 1e-7, -2.5e300, 1234567.125, 3.0]
    pq.write_table(pa.table({"x": numbers, "y": [row + 0.125 for row in range(44)]}), path)
    loaded = config_from_dict({"data": {"path": str(path), "target": "y", **style}, "model": {"layers": []}})

    written = split(loaded, tmp_path / "out")

    for part in written.parts.values():
        table = read_table(part.path, texts=loaded.config.data.texts)
        rows = numeric_values(table, "y").astype(int)
        np.testing.assert_array_equal(numeric_values(table, "x"), np.array(numbers)[rows])


def test_narrow_numbers_of_parquet_have_their_own_digits(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    numbers = np.array([0.1, 1.7, 123456792, np.nan] * 5, np.float32)
    pq.write_table(pa.table({"x": pa.array(numbers, from_pandas=True), "y": range(20)}), path)

    written = split(config_from_dict({"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}), tmp_path)

    found = {int(y): x for part in written.parts.values() for x, y in records(part.path)[1:]}
    assert [found[row] for row in range(4)] == ["0.1", "1.7", "123456792", ""]


def test_a_column_that_csv_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"x": [[1]] * 20, "a": list(range(20)), "y": list(range(20))}), path)
    content = {"data": {"path": str(path), "target": "y", "drop": ["x"]}, "model": {"layers": []}}
    with pytest.raises(DataError, match="column 'x'") as caught:
        split(config_from_dict(content), tmp_path / "out")
    assert caught.value.hint == "a CSV file cannot hold such a column: write the table without it"


def test_existing_files_are_replaced_when_told_to_only(table: Path, tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("mine")
    with pytest.raises(OutputError) as caught:
        split(loaded_config(table), tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: holds 'test.csv' already\nhint: name another folder, or add --force to replace them"
    )
    assert not (tmp_path / "train.csv").exists()

    split(loaded_config(table), tmp_path, overwrite=True)

    assert len(records(tmp_path / "test.csv")) == 61


def test_the_table_itself_is_never_replaced(table: Path, tmp_path: Path) -> None:
    table = table.rename(tmp_path / "train.csv")
    with pytest.raises(
        OutputError, match=r"train\.csv: expected another folder, this is a table that the config names"
    ):
        split(loaded_config(table), tmp_path, overwrite=True)
    assert len(records(table)) == 301


def test_no_file_appears_when_one_cannot_be_written(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltrain.table import CsvWriter

    write, calls = CsvWriter.write, []

    def fail_at_third(self: CsvWriter, columns: pa.Table) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        write(self, columns)

    monkeypatch.setattr(CsvWriter, "write", fail_at_third)
    with pytest.raises(OutputError, match="no space left on the disk"):
        split(loaded_config(table), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    calls.clear()
    (tmp_path / "there").mkdir()
    with pytest.raises(OutputError, match="no space left on the disk"):
        split(loaded_config(table), tmp_path / "there")
    assert list((tmp_path / "there").iterdir()) == []


def test_paths_in_the_config_are_relative_to_its_folder(table: Path, tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "link").symlink_to(tmp_path / "configs")
    for folder in ("configs", "deep/link"):
        written = split(loaded_config(table), tmp_path / "out", config_folder=tmp_path / folder, overwrite=True)
        assert written.config["data.path"] == "../out/train.csv"
