"""Predicting 100 rows of Adult: `dltrain predict` against the same by hand.

    python -m benchmarks.predict_small [--rounds 7]

Every run is a fresh process, as it is in a nightly job: most of the time goes into imports.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.adult import ROWS, TOLERANCE, difference, small_task
from benchmarks.markdown import spread, table, target
from benchmarks.processes import dltrain, median_seconds, peak_megabytes, python, require, run_in_turns, seconds_ratios

BY_HAND = Path(__file__).with_name("predict_by_hand.py")
LEAST_RATIO = 8.0
MOST_MEGABYTES = 200.0


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
    ratios, megabytes = seconds_ratios(measured["by hand"], measured["dltrain"]), peak_megabytes(measured["dltrain"])
    print(f"{ROWS} rows, {rounds} runs each in turns; the probabilities agree to {largest:.0e}.\n")
    rows = [
        [program, f"{median_seconds(runs):.2f}", f"{min(m.seconds for m in runs):.2f}", f"{peak_megabytes(runs):.0f}"]
        for program, runs in measured.items()
    ]
    print(table(["program", "median s", "fastest s", "peak MB"], rows), end="\n\n")
    text = f"predict, {ROWS} rows: at least {LEAST_RATIO:g} × as fast as by hand"
    print(target(text, is_reached=statistics.median(ratios) >= LEAST_RATIO, measured=spread(ratios, digits=1)))
    text = f"predict, {ROWS} rows: under {MOST_MEGABYTES:g} MB"
    print(target(text, is_reached=megabytes < MOST_MEGABYTES, measured=f"{megabytes:.0f}"))


if __name__ == "__main__":
    main()
