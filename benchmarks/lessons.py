"""What every shipped config reaches, over several seeds of split and training.

    python -m benchmarks.lessons [--seeds 5] [--tables DIR] [NAME]...

Prints one line for each config: mean ± standard deviation of every metric of the test rows, the validation loss of
the epoch that was kept, and the epochs trained. DIR holds the tables that are not shipped.
"""

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import dltrain
from dltrain.config import load_config

CONFIGS = Path(__file__).parents[1] / "configs"


def reach(config: Path, *, seed: int, overrides: Sequence[str]) -> dict[str, float]:
    """Fits a config once.

    Raises:
        TrainingError: As the lessons that diverge are meant to.
    """
    with tempfile.TemporaryDirectory() as runs:
        model = dltrain.fit(
            config, overrides=[f"split.seed={seed}", f"training.seed={seed}", *overrides], runs=runs, name="lesson"
        )
        with (model.path / "history.csv").open(encoding="utf-8") as file:
            history = list(csv.DictReader(file))
        kept = history[model.metrics["best_epoch"] - 1]
        metrics = {name: value for name, value in model.metrics["test"]["metrics"].items() if value is not None}
        return metrics | {
            "first loss": float(history[0]["loss"]),
            "last loss": float(history[-1]["loss"]),
            "val_loss": float(kept["val_loss"]),
            "epochs": len(history),
        }


def summary(config: Path, *, seeds: int, overrides: Sequence[str]) -> str:
    """Fits a config with several seeds and describes what it reached."""
    results, failures = [], []
    for seed in range(seeds):
        try:
            results.append(reach(config, seed=seed, overrides=overrides))
        except dltrain.TrainingError as error:
            failures.append(error)
    parts = [
        f"{name} {np.mean([result[name] for result in results]):.4g} ± {np.std([r[name] for r in results]):.2g}"
        for name in (results[0] if results else {})
    ]
    if failures:
        parts.append(f"stopped {len(failures)} of {seeds} times: {failures[0].message}")
    return ", ".join(parts)


def table_override(config: Path, tables: Path | None) -> list[str]:
    """Where the table of a config is, when it is not where the config says."""
    path = Path(load_config(config).config.data.path)
    if path.exists() or tables is None or not (tables / path.name).exists():
        return []
    return [f"data.path={(tables / path.name).resolve()}"]


def main() -> None:
    """Runs all configs, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tables", type=Path)
    arguments = parser.parse_args()
    for config in sorted(CONFIGS.rglob("*.yaml")):
        if arguments.names and config.stem not in arguments.names:
            continue
        overrides = table_override(config, arguments.tables)
        try:
            print(f"{config.stem}: {summary(config, seeds=arguments.seeds, overrides=overrides)}", flush=True)
        except dltrain.DataError as error:
            print(f"{config.stem}: not run: {error.message}", flush=True)


if __name__ == "__main__":
    main()
