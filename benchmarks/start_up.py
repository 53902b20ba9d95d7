"""How long short commands take, each as a fresh process.

python -m benchmarks.start_up [--rounds 9]
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.adult import CONFIG, small_task
from benchmarks.markdown import table, target
from benchmarks.processes import dltrain, median_seconds, peak_megabytes, python, require, run_in_turns, seconds_ratios

MOST_HELP_RATIO = 2.5
MOST_TYPO_SECONDS = 1.5
TYPO_EXIT_CODE = 2


def write_typo(folder: Path) -> Path:
    """A config with a misspelt key."""
    path = folder / "typo.yaml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("batch_size:", "batchsize:"), encoding="utf-8")
    return path


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    require("typer")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        task = small_task(folder)
        measured = run_in_turns(
            {
                "python -c 'import typer'": python("-c", "import typer"),
                "dltrain --help": dltrain("--help"),
                "dltrain fit, a key misspelt": dltrain("fit", write_typo(folder), exit_code=TYPO_EXIT_CODE),
                "dltrain show": dltrain("show", task.run),
                "dltrain predict, 100 rows": dltrain(
                    "predict", task.rows, "--run", task.run, "-o", folder / "out.csv", "--force"
                ),
            },
            rounds=rounds,
        )
    typer, show_help, typo, *_ = measured.values()
    print(f"{rounds} runs each in turns; `× typer` is the median ratio to importing typer in the same round.\n")
    rows = [
        [
            command,
            f"{median_seconds(runs):.2f}",
            f"{min(run.seconds for run in runs):.2f}",
            f"{statistics.median(seconds_ratios(runs, typer)):.2f}",
            f"{peak_megabytes(runs):.0f}",
        ]
        for command, runs in measured.items()
    ]
    print(table(["command", "median s", "fastest s", "× typer", "peak MB"], rows))
    ratio = statistics.median(seconds_ratios(show_help, typer))
    print()
    print(target(f"--help in at most {MOST_HELP_RATIO:g} × typer", is_reached=ratio <= MOST_HELP_RATIO))
    is_soon = median_seconds(typo) <= MOST_TYPO_SECONDS
    print(target(f"a misspelt key reported within {MOST_TYPO_SECONDS:g} s", is_reached=is_soon))


if __name__ == "__main__":
    main()
