import csv
from pathlib import Path

import pytest

from benchmarks.adult import difference, write_rows

HEADER = "row,prediction,p_no,p_yes"


def test_rows_to_predict_are_those_of_the_tables_without_the_target(tmp_path: Path) -> None:
    with write_rows(tmp_path / "new.csv", n_rows=100_000).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)

    n_test_and_train = 16_281 + 32_561
    assert "income" not in header
    assert {len(row) for row in rows} == {len(header)}
    assert len(rows) == 100_000
    assert rows[:1_158] == rows[n_test_and_train : n_test_and_train + 1_158]


def predictions(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_difference_is_the_largest_of_all_probabilities(tmp_path: Path) -> None:
    first = predictions(tmp_path / "a.csv", "1,no,0.75,0.25", "2,yes,0.25,0.75")
    second = predictions(tmp_path / "b.csv", "1,no,0.5,0.5", "2,yes,0.25,0.75")

    assert difference(first, second) == 0.25


def test_labels_may_differ_only_where_both_are_as_likely(tmp_path: Path) -> None:
    undecided = predictions(tmp_path / "a.csv", "1,no,0.5,0.5"), predictions(tmp_path / "b.csv", "1,yes,0.5,0.5")
    decided = predictions(tmp_path / "c.csv", "1,no,0.4,0.6"), predictions(tmp_path / "d.csv", "1,yes,0.4,0.6")

    assert difference(*undecided) == 0.0
    with pytest.raises(AssertionError):
        difference(*decided)
