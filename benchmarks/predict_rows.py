"""Predicting thousands and millions of rows of Adult: `dltrain predict` against the same by hand.

    python -m benchmarks.predict_rows [--rounds 3] [--all]

From a file to a CSV, every run a fresh process; dltrain also reads the million from .csv.gz, Parquet and standard
input. By hand, the five million are predicted with `--all` only.
"""

import argparse
import gzip
import shutil
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.adult import TOLERANCE, difference, fit_adult, write_rows
from benchmarks.markdown import spread, table, target
from benchmarks.processes import (
    Command,
    Measurement,
    dltrain,
    median_seconds,
    peak_megabytes,
    python,
    require,
    run,
    run_in_turns,
    seconds_ratios,
)

BY_HAND: Final = {
    "by hand": Path(__file__).with_name("predict_by_hand.py"),
    "by hand, tuned": Path(__file__).with_name("predict_by_hand_tuned.py"),
}
SOME: Final = 16_281
MILLION: Final = 1_000_000
MILLIONS: Final = 5_000_000

LEAST_RATIO: Final = 6.0
MOST_MEGABYTES: Final = 400.0
MOST_GROWTH: Final = 1.2

TO_PARQUET: Final = """
import sys
from pyarrow import csv, parquet
options = csv.ConvertOptions(strings_can_be_null=True)
parquet.write_table(csv.read_csv(sys.argv[1], convert_options=options), sys.argv[2])
"""


@dataclass(frozen=True)
class Prediction:
    """One way to predict: how many rows, from what kind of file, with which program."""

    n_rows: int
    source: str
    program: str

    @property
    def name(self) -> str:
        """Tells them apart."""
        return f"{self.n_rows} {self.source} {self.program}"


def dltrain_from(source: str, n_rows: int = MILLION) -> Prediction:
    """By dltrain."""
    return Prediction(n_rows, source, "dltrain")


def by_hand(n_rows: int, *, is_tuned: bool = False) -> Prediction:
    """By hand, which reads CSV only."""
    return Prediction(n_rows, "csv", "by hand, tuned" if is_tuned else "by hand")


def predictions(*, with_all: bool) -> list[Prediction]:
    """All ways, small ones first."""
    return [
        dltrain_from("csv", SOME),
        by_hand(SOME),
        dltrain_from("csv"),
        dltrain_from("csv.gz"),
        dltrain_from("parquet"),
        dltrain_from("standard input"),
        by_hand(MILLION),
        by_hand(MILLION, is_tuned=True),
        dltrain_from("csv", MILLIONS),
        *([by_hand(MILLIONS, is_tuned=True)] if with_all else []),
    ]


def write_sources(folder: Path) -> None:
    """Writes the tables to predict, `<rows>.<suffix>` each."""
    for n_rows in (SOME, MILLION, MILLIONS):
        write_rows(folder / f"{n_rows}.csv", n_rows=n_rows)
    million = folder / f"{MILLION}.csv"
    # The level of the command `gzip`; Python's own takes four times as long to pack.
    with million.open("rb") as plain, gzip.open(f"{million}.gz", "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed)
    run(python("-c", TO_PARQUET, million, million.with_suffix(".parquet")))


def command(prediction: Prediction, folder: Path, fitted: Path) -> Command:
    """Predicts into a file of its own."""
    plain = folder / f"{prediction.n_rows}.csv"
    destination = output(prediction, folder)
    if prediction.program in BY_HAND:
        return python(BY_HAND[prediction.program], fitted, plain, destination)
    options = ("--run", fitted, "-o", destination, "--force", "--quiet")
    if prediction.source == "standard input":
        return dltrain("predict", "-", *options, stdin=plain)
    return dltrain("predict", folder / f"{prediction.n_rows}.{prediction.source}", *options)


def output(prediction: Prediction, folder: Path) -> Path:
    """Where its predictions are."""
    return folder / f"{prediction.name.replace(' ', '_').replace(',', '')}_predicted.csv"


def largest_difference(ways: Sequence[Prediction], folder: Path) -> float:
    """Compares every file of predictions with that of dltrain for the same rows of the CSV."""
    differences = [
        difference(output(dltrain_from("csv", way.n_rows), folder), output(way, folder))
        for way in ways
        if way != dltrain_from("csv", way.n_rows)
    ]
    return max(differences)


Measured = Mapping[Prediction, Sequence[Measurement]]


def row_of(way: Prediction, measured: Measured) -> list[str]:
    """A row of the table."""
    runs = measured[way]
    hands = [measured.get(by_hand(way.n_rows, is_tuned=is_tuned)) for is_tuned in (False, True)]
    ratios = [spread(seconds_ratios(theirs, runs), digits=1) if theirs else "" for theirs in hands]
    return [
        f"{way.n_rows:,}",
        way.source,
        way.program,
        f"{median_seconds(runs):.2f}",
        f"{way.n_rows / median_seconds(runs):,.0f}",
        *(ratios if way.program == "dltrain" else ["", ""]),
        f"{peak_megabytes(runs):.0f}",
    ]


def goals(measured: Measured) -> list[str]:
    """The lines about the targets."""
    million, millions = measured[dltrain_from("csv")], measured[dltrain_from("csv", MILLIONS)]
    ratios = seconds_ratios(measured[by_hand(MILLION)], million)
    megabytes = peak_megabytes(million)
    growth = peak_megabytes(millions) / megabytes
    return [
        target(
            f"predict, {MILLION:,} rows: at least {LEAST_RATIO:g} × as fast as by hand",
            is_reached=statistics.median(ratios) >= LEAST_RATIO,
            measured=spread(ratios, digits=1),
        ),
        target(
            f"predict, {MILLION:,} rows: at most {MOST_MEGABYTES:g} MB",
            is_reached=megabytes <= MOST_MEGABYTES,
            measured=f"{megabytes:.0f}",
        ),
        target(
            f"predict, {MILLIONS:,} rows: at most {MOST_GROWTH:g} × the memory of {MILLION:,}",
            is_reached=growth <= MOST_GROWTH,
            measured=f"{growth:.2f}",
        ),
    ]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all", action="store_true", dest="with_all")
    arguments = parser.parse_args()
    require("pandas", "keras", "tensorflow")
    ways = predictions(with_all=arguments.with_all)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fitted = fit_adult(folder)
        write_sources(folder)
        commands = {way.name: command(way, folder, fitted) for way in ways}
        by_name = run_in_turns(commands, rounds=arguments.rounds)
        largest = largest_difference(ways, folder)
    assert largest < TOLERANCE, f"expected the same probabilities, got a difference of {largest:.2g}"
    measured = {way: by_name[way.name] for way in ways}
    print(f"{arguments.rounds} runs each in turns: medians; the probabilities agree to {largest:.0e}.")
    print("`× by hand` and `× tuned` say how many times longer the same rows take by hand.\n")
    headings = ["rows", "from", "program", "seconds", "rows / s", "× by hand", "× tuned", "peak MB"]
    print(table(headings, [row_of(way, measured) for way in ways], n_text=3), end="\n\n")
    print("\n".join(goals(measured)))


if __name__ == "__main__":
    main()
