"""What a check says of rows: those of the training part among the others, groups, times."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dltrain.config import config_from_dict
from dltrain.workflows.check import check
from tests.tables import table_of
from tests.workflows.checking import LEAKS, report_of, topics
from tests.workflows.conftest import config_of, write_table


def series(folder: Path, *, missing: int = 0) -> Path:
    """A target that wanders, so that its neighbours in time foretell it, and time itself does not."""
    rng = np.random.default_rng(3)
    days = [f"{np.datetime64('2015-01-01') + n}" for n in range(2_000)]
    walk = np.cumsum(rng.normal(size=2_000)).round(3)
    columns = {"day": [None] * missing + days[missing:], "noise": rng.normal(size=2_000).round(3), "y": walk}
    return write_table(folder / "series.csv", columns)


def test_neighbours_in_time_that_foretell_the_target_ask_for_a_split_by_time(tmp_path: Path) -> None:
    path = series(tmp_path)
    [finding] = report_of(path, "y").findings
    assert (finding.grade, finding.topic, finding.column) == ("warning", "time", "day")
    assert finding.change == ("split.strategy=time", "split.column=day")
    content = {"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}
    assert check(config_from_dict(content, list(finding.change))).findings == ()
    assert [finding.change for finding in report_of(series(tmp_path, missing=40), "y").findings] == [()]


def test_artists_stand_on_both_sides_of_a_random_split_and_not_of_one_by_artist() -> None:
    path = table_of("spotify_songs.csv.gz")
    groups = [finding for finding in report_of(path, "track_popularity").findings if finding.topic == "groups"]
    assert [finding.column for finding in groups] == ["track_artist"]
    assert "'track_id'" in groups[0].message
    split = {"strategy": "group", "column": "track_artist"}
    assert LEAKS & {finding.topic for finding in report_of(path, "track_popularity", split=split).findings} == set()


def test_a_test_file_of_known_rows_is_found(tmp_path: Path, table: Path) -> None:
    lines = table.read_text().splitlines()
    other = tmp_path / "test.csv.gz"
    other.write_bytes(gzip.compress("\n".join([lines[0], *lines[200:]]).encode()))
    report = check(config_from_dict(config_of(table, "level", split={"test": str(other)})))
    (known,) = [finding for finding in report.findings if finding.topic == "known_rows"]
    assert known.message.startswith("101 of 101 test rows (100%) of the file are in the training table too")
    new = tmp_path / "new.csv"
    new.write_text("\n".join([lines[0], *(f"9{line}" for line in lines[200:])]))
    report = check(config_from_dict(config_of(table, "level", split={"test": str(new)})))
    assert (None, "known_rows") not in topics(report)


def test_rows_of_a_validation_file_are_no_rows_of_the_training_table(tmp_path: Path, table: Path) -> None:
    lines = table.read_text().splitlines()
    parts = {"train": lines[1:100], "test": lines[200:], "validation": [f"9{line}" for line in lines[100:200]]}
    for name, rows in parts.items():
        (tmp_path / f"{name}.csv").write_text("\n".join([lines[0], *rows]) + "\n")
    split = {name: str(tmp_path / f"{name}.csv") for name in ("test", "validation")}
    report = check(config_from_dict(config_of(tmp_path / "train.csv", "level", split=split)))
    assert (None, "known_rows") not in topics(report)
    (tmp_path / "test.csv").write_text("\n".join([lines[0], *lines[50:100]]) + "\n")
    report = check(config_from_dict(config_of(tmp_path / "train.csv", "level", split=split)))
    (known,) = [finding for finding in report.findings if finding.topic == "known_rows"]
    assert known.message.startswith("50 of 50 test rows (100%)")


@pytest.mark.parametrize("is_file", [False, True], ids=["one table", "two files"])
def test_rows_that_only_their_ids_tell_apart_are_told_as_such(tmp_path: Path, is_file: bool) -> None:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=200).round(3).tolist() * 2 for name in "aby"}
    twice = {"id": [f"P{n}" for n in range(400)], **columns}
    if is_file:
        first = {name: cells[:200] for name, cells in twice.items()}
        other = write_table(tmp_path / "u.csv", {name: cells[200:] for name, cells in twice.items()})
        path, split = write_table(tmp_path / "t.csv", first), {"test": str(other)}
    else:
        path, split = write_table(tmp_path / "t.csv", twice), {}
    for role in ("id", "drop"):
        report = report_of(path, "y", data={role: ["id"]}, split=split)
        (message,) = [f.message for f in report.findings if f.topic in ("known_rows", "repeated_rows")]
        assert "they differ in 'id': remove them where the same thing is there twice" in message


def test_rows_that_nothing_tells_apart_are_to_be_removed(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=200).round(3).tolist() * 2 for name in "aby"}
    report = report_of(write_table(tmp_path / "t.csv", columns), "y")
    (message,) = [finding.message for finding in report.findings if finding.topic == "repeated_rows"]
    assert message.endswith("remove repeated rows from the table")


def test_a_column_that_is_refused_is_no_group(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    level = rng.normal(size=60)
    person = rng.integers(0, 60, 600)
    cells = [f"{1000 + n}.5" if row % 50 else f"{row}?{n}" for row, n in enumerate(person)]
    columns = {"dose": cells, "a": rng.normal(size=600), "y": level[person] + rng.normal(size=600) / 9}
    report = report_of(write_table(tmp_path / "t.csv", columns), "y")
    assert ("dose", "refused") in topics(report)
    assert "groups" not in {topic for _, topic in topics(report)}


def test_rows_with_another_target_are_other_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=200).round(3).tolist() for name in "aby"}
    path = write_table(tmp_path / "t.csv", columns)
    same = write_table(tmp_path / "same.csv", columns)
    other = write_table(tmp_path / "other.csv", {**columns, "y": [y + 1e-12 for y in columns["y"]]})
    assert (None, "known_rows") in topics(report_of(path, "y", split={"test": str(same)}))
    assert (None, "known_rows") not in topics(report_of(path, "y", split={"test": str(other)}))


def test_files_of_different_types_are_compared_as_far_as_they_can_be(
    tmp_path: Path, table: Path, columns: dict[str, list[Any]]
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    report = check(config_from_dict(config_of(table, "level", split={"validation": str(tmp_path / "t.parquet")})))
    assert report.exit_code == 0


def test_columns_in_which_repeated_rows_are_equal_are_not_named(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=200).round(3).tolist() * 2 for name in "aby"}
    for others, advice in (
        ({"source": ["web"] * 400}, "remove repeated rows from the table"),
        ({"source": ["web"] * 400, "number": list(range(400))}, "; they differ in 'number': remove them where"),
        ({"": list(range(400))}, "remove repeated rows from the table"),
        ({"": [f"P{n}" for n in range(400)]}, "; they differ in 'Unnamed: 0': remove them where"),
    ):
        table = write_table(tmp_path / "t.csv", {**others, **columns})
        report = report_of(table, "y", data={"features": ["a", "b"]})
        (message,) = [finding.message for finding in report.findings if finding.topic == "repeated_rows"]
        assert advice in message


def test_columns_that_tell_rows_apart_only_together_are_named(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    groups = rng.normal(size=(40, 4)).round(3)
    cells = [(*group, dose, site) for group in groups for dose in range(8) for site in range(8)]
    columns = dict(zip(("p", "q", "r", "y", "dose", "site"), zip(*cells, strict=True), strict=True))
    path = write_table(tmp_path / "t.csv", {"source": ["web"] * len(cells), **columns})
    report = report_of(path, "y", data={"features": ["p", "q", "r"]})
    (message,) = [finding.message for finding in report.findings if finding.topic == "repeated_rows"]
    assert "; they differ in 'dose', 'site': remove them where" in message


def test_cells_are_compared_as_what_they_are_stored_as(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {name: rng.normal(size=200).round(3).tolist() for name in "aby"}
    days = np.datetime64("2024-01-01") + np.arange(200)
    stored = {"price": (np.arange(200) / 10).tolist(), "day": pa.array(days.astype("datetime64[us]"))}
    stored["sold"] = [n % 2 == 0 for n in range(200)]
    pq.write_table(pa.table({**columns, **stored}), tmp_path / "t.parquet")
    written = {"price": [f"{n / 10:.3f}" for n in range(200)], "day": days, "sold": ["True", "False"] * 100}
    advice = {"none": "remove repeated rows from the tables", "price": "; they differ in 'price': remove them where"}
    for changed, expected in advice.items():
        cells = {**written, **({} if changed == "none" else {changed: [f"{n + 0.5:.3f}" for n in range(200)]})}
        split = {"test": str(write_table(tmp_path / "u.csv", {**columns, **cells}))}
        report = report_of(tmp_path / "t.parquet", "y", data={"features": ["a", "b"]}, split=split)
        (message,) = [finding.message for finding in report.findings if finding.topic == "known_rows"]
        assert expected in message
