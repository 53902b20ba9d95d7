"""Whole fits, from the table to the saved network: `dltrain fit` against the same by hand.

    python -m benchmarks.whole_fits [--rounds 3] [--tables DIR] [NAME]...

Every run is a fresh process. DIR holds covertype.csv.gz, which is not shipped.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.markdown import spread, table, target
from benchmarks.processes import (
    PROJECT,
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

BY_HAND: Final = Path(__file__).with_name("fits_by_hand.py")
OURS: Final = "dltrain"
THEIRS: Final = "by hand"

MOST_MEMORY_RATIO: Final = 1.5
MEMORY_GOAL: Final = f"fit, Covertype: peak memory at most {MOST_MEMORY_RATIO:g} × (imports + compact table)"
BYTES_PER_CELL: Final = 4
"""Numbers are kept as float32, categories as int32 codes."""


@dataclass(frozen=True)
class Fit:
    """One table.

    Attributes:
        title: What is trained on it.
        config: Of dltrain.
        metric: Of the test rows, to see that both do the same job.
        tables: Names of the training table and of a test table, if there is one.
        overrides: Of the config.
        is_shipped: Whether the tables are in data/.
        is_judged_by_memory: Whether there is a target for its peak memory.
        most_ratio: The most time that dltrain may need, relative to the time by hand; None for no target.
    """

    title: str
    config: str
    metric: str
    tables: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    is_shipped: bool = True
    is_judged_by_memory: bool = False
    most_ratio: float | None = None

    def paths(self, folder: Path | None) -> list[Path] | None:
        """Where the tables are; None when they are not there."""
        paths = [(PROJECT / "data" if self.is_shipped else folder or Path()) / name for name in self.tables]
        return paths if all(path.exists() for path in paths) else None

    def commands(self, name: str, paths: Sequence[Path], folder: Path) -> dict[str, Command]:
        """Both programs; they write into the folder."""
        overrides = (*self.overrides, f"data.path={paths[0]}")
        options = ("--runs", folder, "--name", name, "--json", "--quiet")
        return {
            OURS: dltrain("fit", PROJECT / self.config, *overrides, *options),
            THEIRS: python(BY_HAND, name, paths[0], folder / f"{name}.keras", *paths[1:]),
        }


FITS: Final = {
    "wine_red": Fit(
        "red wine, 64-64, batch 32, 50 epochs",
        "benchmarks/configs/wine_red.yaml",
        "rmse",
        ("wine_red.csv",),
        most_ratio=0.5,
    ),
    "adult": Fit(
        "Adult, 256-256 with batch norm and dropout, batch 256, 10 epochs",
        "configs/adult.yaml",
        "accuracy",
        ("adult_train.csv.gz", "adult_test.csv.gz"),
        ("training.epochs=10", "training.early_stopping=null"),
        most_ratio=0.5,
    ),
    "california": Fit(
        "California, 5×256 with dropout, batch 128, 60 epochs",
        "configs/california.yaml",
        "rmse",
        ("california.csv.gz",),
    ),
    "covertype": Fit(
        "Covertype, 256-256, batch 1,024, 5 epochs",
        "benchmarks/configs/covertype.yaml",
        "accuracy",
        ("covertype.csv.gz",),
        is_shipped=False,
        is_judged_by_memory=True,
    ),
}
"""By the name of the recipe by hand."""


@dataclass(frozen=True)
class Report:
    """What is printed about one table: rows of the table of results, and lines below it."""

    rows: list[list[str]]
    notes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()


def report_absent(fit: Fit) -> Report:
    """For tables that are not there."""
    reason = f"{', '.join(fit.tables)} not found"
    goals = (MEMORY_GOAL,) if fit.is_judged_by_memory else ()
    return Report(
        [[fit.title, reason, "", "", "", ""]],
        goals=tuple(target(goal, is_reached=None, measured=reason) for goal in goals),
    )


def report_measured(fit: Fit, measured: Mapping[str, Sequence[Measurement]], *, imports: float) -> Report:
    """For tables that were fitted; `imports` is the memory that TensorFlow and Keras take, in MB."""
    ratios = seconds_ratios(measured[OURS], measured[THEIRS])
    rows = [
        [
            fit.title,
            program,
            f"{median_seconds(runs):.1f}",
            spread(ratios) if program == OURS else "",
            f"{fit.metric} {statistics.median(metric_of(run, fit.metric) for run in runs):.4f}",
            f"{peak_megabytes(runs):.0f}",
        ]
        for program, runs in measured.items()
    ]
    if fit.is_judged_by_memory:
        note, goal = judged_memory(measured[OURS], imports=imports)
        return Report(rows, (note,), (goal,))
    if fit.most_ratio is None:
        return Report(rows)
    text = f"fit, {fit.title}: at most {fit.most_ratio:g} × the time by hand"
    is_reached = statistics.median(ratios) <= fit.most_ratio
    return Report(rows, goals=(target(text, is_reached=is_reached, measured=spread(ratios)),))


def metric_of(run: Measurement, name: str) -> float:
    """A metric of the test rows; dltrain's lie deeper, beside the number of rows."""
    result = run.result
    metrics = result["metrics"]["test"]["metrics"] if "metrics" in result else result["test"]
    return float(metrics[name])


def compact_megabytes(run_path: Path) -> float:
    """The table that a run was fitted on, as dltrain keeps it: a number or a code for each cell of a feature."""
    preprocessing, manifest = (
        json.loads((run_path / name).read_text(encoding="utf-8")) for name in ("preprocessing.json", "manifest.json")
    )
    n_rows = sum(part["rows"] for part in manifest["data"].values())
    return float(n_rows * len(preprocessing["features"]) * BYTES_PER_CELL / 1e6)


def judged_memory(runs: Sequence[Measurement], *, imports: float) -> tuple[str, str]:
    """What the fits needed beside what is unavoidable, and the line about the target."""
    needed, compact = peak_megabytes(runs), compact_megabytes(Path(runs[0].result["run"]))
    ratio = needed / (imports + compact)
    note = (
        f"Importing TensorFlow and Keras takes {imports:.0f} MB, the compact table {compact:.0f} MB; "
        f"the fit of Covertype peaks at {needed:.0f} MB."
    )
    return note, target(MEMORY_GOAL, is_reached=ratio <= MOST_MEMORY_RATIO, measured=f"{ratio:.2f}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *FITS])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tables", type=Path)
    arguments = parser.parse_args()
    require("pandas", "sklearn", "keras", "tensorflow")
    # The first one fills the disk cache, so no round is lost to that.
    imports = peak_megabytes([run(python("-c", "import tensorflow, keras")) for _ in range(2)])
    reports = []
    for name in arguments.names or FITS:
        paths = FITS[name].paths(arguments.tables and arguments.tables.resolve())
        if paths is None:
            reports.append(report_absent(FITS[name]))
            continue
        with tempfile.TemporaryDirectory() as folder:
            commands = FITS[name].commands(name, paths, Path(folder))
            measured = run_in_turns(commands, rounds=arguments.rounds, warm_up=False)
            reports.append(report_measured(FITS[name], measured, imports=imports))
    print(f"{arguments.rounds} runs each in turns: medians; the ratio is that of the times, with its spread.\n")
    headings = ["fit", "program", "seconds", "ratio", "test rows", "peak MB"]
    print(table(headings, [row for report in reports for row in report.rows], n_text=2), end="\n\n")
    for report in reports:
        for note in report.notes:
            print(note, end="\n\n")
    print("\n".join(goal for report in reports for goal in report.goals))


if __name__ == "__main__":
    main()
