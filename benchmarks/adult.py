"""A run on Adult, rows to predict, and how far two files of predictions differ, for the benchmarks of commands."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Final

from benchmarks.processes import PROJECT, dltrain, run

CONFIG = PROJECT / "configs" / "adult.yaml"
TABLES = [PROJECT / "data" / name for name in ("adult_test.csv.gz", "adult_train.csv.gz")]
ROWS = 100

TOLERANCE: Final = 1e-5
"""Allowed difference between two probabilities of the same row."""


@dataclass(frozen=True)
class SmallTask:
    """A fitted run and a CSV without the target."""

    run: Path
    rows: Path


def small_task(folder: Path) -> SmallTask:
    """Fits the shipped config and writes a few rows."""
    return SmallTask(fit_adult(folder), write_rows(folder / "new.csv", n_rows=ROWS))


def fit_adult(folder: Path) -> Path:
    """Fits the shipped config for one epoch, since how well it predicts does not matter; returns the run."""
    run(dltrain("fit", CONFIG, "training.epochs=1", "--runs", folder, "--name", "adult", "--quiet"))
    return folder / "adult-1"


def write_rows(path: Path, *, n_rows: int) -> Path:
    """Writes a CSV without the target: the test rows, the training rows, and both again as often as needed."""
    lines = chain(_lines_without_target(TABLES[0]), islice(_lines_without_target(TABLES[1]), 1, None))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(next(lines))
        file.writelines(islice(cycle(lines), n_rows))
    return path


def _lines_without_target(table: Path) -> Iterator[str]:
    """The lines of a table; the target is its last column, and no cell is quoted."""
    with gzip.open(table, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rpartition(",")[0] + "\n"


def difference(first: Path, second: Path) -> float:
    """The largest difference between two files of predictions.

    Their labels have to be the same, unless both probabilities are as good as equal to 0.5.
    """
    largest = 0.0
    with first.open(encoding="utf-8") as a, second.open(encoding="utf-8") as b:
        for row, other in zip(csv.DictReader(a), csv.DictReader(b), strict=True):
            probabilities = [name for name in row if name.startswith("p_")]
            if row["prediction"] != other["prediction"]:
                assert all(abs(float(row[name]) - 0.5) < TOLERANCE for name in probabilities)
            largest = max(largest, *(abs(float(row[name]) - float(other[name])) for name in probabilities))
    return largest
