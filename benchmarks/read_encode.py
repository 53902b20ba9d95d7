"""Reading a CSV and encoding its columns: dltrain against pandas and scikit-learn.

    python -m benchmarks.read_encode [--rounds 5]

A million rows of 13 columns of numbers and 3 of texts, with missing cells: medians fill and standardise numbers,
texts become one-hot. By hand that ends with a dense float32 matrix, which Keras takes; dltrain's loop takes the
numbers and the codes of the categories. Imports do not count.
"""

import argparse
import math
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.markdown import spread, table
from benchmarks.processes import Measurement, peak_megabytes, python, ratios, require, run, run_in_turns

N_ROWS: Final = 1_000_000
MODULES: Final = {"dltrain": "dltrain_encoding", "by hand": "by_hand"}
TOLERANCE: Final = 1e-5


def check_same(measured: Mapping[str, Sequence[Measurement]]) -> None:
    """Both have to make the same numbers."""
    ours, theirs = (runs[0].result for runs in measured.values())
    assert ours["n_features"] == theirs["n_features"]
    assert math.isclose(ours["checksum"], theirs["checksum"], rel_tol=TOLERANCE)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    require("pandas", "sklearn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.csv"
        run(python("-m", "benchmarks.encodings.mixed_table", path, str(N_ROWS)))
        commands = {
            program: python("-m", f"benchmarks.encodings.{module}", path) for program, module in MODULES.items()
        }
        measured = run_in_turns(commands, rounds=rounds)
        megabytes = path.stat().st_size / 1e6
    check_same(measured)
    both = {
        program: [run.result["read_seconds"] + run.result["encode_seconds"] for run in runs]
        for program, runs in measured.items()
    }
    print(f"{N_ROWS:,} rows, {megabytes:.0f} MB, {rounds} runs each in turns: medians; both make the same numbers.\n")
    rows = [
        [
            program,
            f"{statistics.median(run.result['read_seconds'] for run in runs):.2f}",
            f"{statistics.median(run.result['encode_seconds'] for run in runs):.2f}",
            f"{statistics.median(both[program]):.2f}",
            spread(ratios(both[program], both["dltrain"]), digits=1),
            f"{peak_megabytes(runs):.0f}",
        ]
        for program, runs in measured.items()
    ]
    print(table(["program", "read s", "encode s", "both s", "× dltrain", "peak MB"], rows))


if __name__ == "__main__":
    main()
