"""How long short commands take, each as a fresh process.

python -m benchmarks.start_up [--rounds 9]
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.adult import CONFIG, ROWS, small_task
from benchmarks.markdown import spread, table, target
from benchmarks.processes import (
    PROJECT,
    dltrain,
    median_seconds,
    peak_megabytes,
    python,
    require,
    run_in_turns,
    seconds_ratios,
)

MOST_HELP_RATIO = 2.5
MOST_TYPO_SECONDS = 1.5
TYPO_EXIT_CODE = 2

SMALL_CONFIG = PROJECT / "configs" / "penguins.yaml"

TYPER = "python -c 'import typer'"
HELP = "dltrain --help"
TYPO = "dltrain fit, a key misspelt"


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
        typo = write_typo(folder)
        fit_options = ("training.epochs=1", "--runs", folder, "--quiet")
        predict_options = ("--run", task.run, "-o", folder / "out.csv", "--force")
        measured = run_in_turns(
            {
                TYPER: python("-c", "import typer"),
                HELP: dltrain("--help"),
                "dltrain schema": dltrain("schema"),
                TYPO: dltrain("fit", typo, exit_code=TYPO_EXIT_CODE),
                "dltrain show": dltrain("show", task.run),
                f"dltrain predict, {ROWS} rows": dltrain("predict", task.rows, *predict_options),
                "dltrain evaluate, Adult": dltrain("evaluate", "--run", task.run),
                "python -c 'import tensorflow, keras'": python("-c", "import tensorflow, keras"),
                "dltrain fit, penguins, 1 epoch": dltrain("fit", SMALL_CONFIG, *fit_options),
            },
            rounds=rounds,
        )
    print(f"{rounds} runs each in turns; `× typer` is the median ratio to importing typer in the same round.\n")
    rows = [
        [
            command,
            f"{median_seconds(runs):.2f}",
            f"{min(run.seconds for run in runs):.2f}",
            f"{statistics.median(seconds_ratios(runs, measured[TYPER])):.2f}",
            f"{peak_megabytes(runs):.0f}",
        ]
        for command, runs in measured.items()
    ]
    print(table(["command", "median s", "fastest s", "× typer", "peak MB"], rows))
    print()
    ratios, seconds = seconds_ratios(measured[HELP], measured[TYPER]), median_seconds(measured[TYPO])
    is_light = statistics.median(ratios) <= MOST_HELP_RATIO
    print(target(f"--help in at most {MOST_HELP_RATIO:g} × typer", is_reached=is_light, measured=spread(ratios)))
    text = f"a misspelt key reported within {MOST_TYPO_SECONDS:g} s"
    print(target(text, is_reached=seconds <= MOST_TYPO_SECONDS, measured=f"{seconds:.2f}"))


if __name__ == "__main__":
    main()
