"""A run on Adult and 100 rows to predict, for the benchmarks of short commands."""

import csv
import gzip
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.processes import dltrain, run

PROJECT = Path(__file__).parents[1]
CONFIG = PROJECT / "configs" / "adult.yaml"
ROWS = 100


@dataclass(frozen=True)
class SmallTask:
    """A fitted run and a CSV without the target."""

    run: Path
    rows: Path


def small_task(folder: Path) -> SmallTask:
    """Fits the shipped config for one epoch, since how well it predicts does not matter, and writes the rows."""
    run(dltrain("fit", CONFIG, "training.epochs=1", "--runs", folder, "--name", "adult", "--quiet"))
    rows = folder / "new.csv"
    with (
        gzip.open(PROJECT / "data" / "adult_test.csv.gz", "rt", encoding="utf-8", newline="") as source,
        rows.open("w", encoding="utf-8", newline="") as destination,
    ):
        # The target is the last column.
        csv.writer(destination).writerows(row[:-1] for row in islice(csv.reader(source), ROWS + 1))
    return SmallTask(folder / "adult-1", rows)
