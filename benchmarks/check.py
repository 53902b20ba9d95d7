"""Checking a config and its table, each time as a fresh process.

    python -m benchmarks.check [--rounds 5] [--tables DIR]

A hundred thousand rows are those of Adult, three times. DIR holds covertype.csv.gz, which is not shipped.
"""

import argparse
import gzip
import statistics
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.adult import CONFIG, TABLES
from benchmarks.markdown import spread, table, target
from benchmarks.processes import PROJECT, Command, Measurement, dltrain, median_seconds, peak_megabytes, run_in_turns

COVERTYPE: Final = PROJECT / "benchmarks" / "configs" / "covertype.yaml"
ADULT: Final = "Adult three times, 97,683 rows × 15"
LARGE: Final = "Covertype, 581,012 rows × 55"
MOST_SECONDS: Final = {ADULT: 1.5, LARGE: 10.0}
MOST_MEGABYTES: Final = 1_000.0


def write_adult(folder: Path) -> Path:
    """The training rows of Adult three times, as plain CSV."""
    header, *rows = gzip.decompress(TABLES[1].read_bytes()).splitlines(keepends=True)
    path = folder / "adult.csv"
    path.write_bytes(header + b"".join(rows) * 3)
    return path


def print_target(name: str, runs: list[Measurement] | None) -> None:
    """Says whether a check was as quick as it should be."""
    seconds = [] if runs is None else [run.seconds for run in runs]
    is_reached = None if runs is None else statistics.median(seconds) <= MOST_SECONDS[name]
    measured = spread(seconds) if seconds else ""
    print(target(f"check, {name}: at most {MOST_SECONDS[name]:g} s", is_reached=is_reached, measured=measured))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tables", type=Path)
    options = parser.parse_args()
    covertype = options.tables and options.tables / "covertype.csv.gz"
    with tempfile.TemporaryDirectory() as folder:
        commands: dict[str, Command] = {
            ADULT: dltrain("check", CONFIG, f"data.path={write_adult(Path(folder))}", "split.test=0.2")
        }
        if covertype and covertype.exists():
            commands[LARGE] = dltrain("check", COVERTYPE, f"data.path={covertype}")
        measured = run_in_turns(commands, rounds=options.rounds)
    rows = [
        [
            name,
            f"{median_seconds(runs):.2f}",
            f"{min(run.seconds for run in runs):.2f}",
            f"{peak_megabytes(runs):.0f}",
        ]
        for name, runs in measured.items()
    ]
    print(table(["table", "median s", "fastest s", "peak MB"], rows), end="\n\n")
    for name in MOST_SECONDS:
        print_target(name, measured.get(name))
    megabytes = peak_megabytes(measured[LARGE]) if LARGE in measured else None
    print(
        target(
            f"check, {LARGE}: under {MOST_MEGABYTES:g} MB",
            is_reached=None if megabytes is None else megabytes < MOST_MEGABYTES,
            measured="" if megabytes is None else f"{megabytes:.0f}",
        )
    )


if __name__ == "__main__":
    main()
