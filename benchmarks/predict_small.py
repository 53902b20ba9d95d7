"""Predicting 100 rows of Adult: `dltrain predict` against the same by hand.

    python -m benchmarks.predict_small [--rounds 7]

Every run is a fresh process, as it is in a nightly job: most of the time goes into imports.
"""

import argparse
import csv
import statistics
import tempfile
from pathlib import Path

from benchmarks.adult import ROWS, small_task
from benchmarks.markdown import table, target
from benchmarks.processes import dltrain, median_seconds, peak_megabytes, python, require, run_in_turns, seconds_ratios

BY_HAND = Path(__file__).with_name("predict_by_hand.py")
TOLERANCE = 1e-5
LEAST_RATIO = 6.0
MOST_MEGABYTES = 200.0


def difference(first: Path, second: Path) -> float:
    """The largest difference between two files of predictions; their labels have to be the same."""
    differences = []
    with first.open(encoding="utf-8") as a, second.open(encoding="utf-8") as b:
        for row, other in zip(csv.DictReader(a), csv.DictReader(b), strict=True):
            assert row["prediction"] == other["prediction"]
            differences += [abs(float(row[name]) - float(other[name])) for name in row if name.startswith("p_")]
    return max(differences)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    require("pandas", "keras", "tensorflow")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        task = small_task(folder)
        ours, theirs = folder / "dltrain.csv", folder / "by_hand.csv"
        measured = run_in_turns(
            {
                "dltrain": dltrain("predict", task.rows, "--run", task.run, "-o", ours, "--force"),
                "by hand": python(BY_HAND, task.run, task.rows, theirs),
            },
            rounds=rounds,
        )
        largest = difference(ours, theirs)
    assert largest < TOLERANCE, f"expected the same probabilities, got a difference of {largest:.2g}"
    ratios = seconds_ratios(measured["by hand"], measured["dltrain"])
    ratio, megabytes = statistics.median(ratios), peak_megabytes(measured["dltrain"])
    print(f"{ROWS} rows, {rounds} runs each in turns; the probabilities agree to {largest:.0e}.\n")
    rows = [
        [program, f"{median_seconds(runs):.2f}", f"{min(m.seconds for m in runs):.2f}", f"{peak_megabytes(runs):.0f}"]
        for program, runs in measured.items()
    ]
    print(table(["program", "median s", "fastest s", "peak MB"], rows))
    print(f"\nBy hand takes {ratio:.1f} × as long (median of the rounds, {ratios[0]:.1f} to {ratios[-1]:.1f}).\n")
    print(target(f"at least {LEAST_RATIO:g} ×", is_reached=ratio >= LEAST_RATIO))
    print(target(f"dltrain in under {MOST_MEGABYTES:g} MB", is_reached=megabytes < MOST_MEGABYTES))


if __name__ == "__main__":
    main()
