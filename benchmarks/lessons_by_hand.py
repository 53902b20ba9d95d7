"""The validation loss that dltrain reaches against that of the same recipe written by hand.

    python -m benchmarks.lessons_by_hand [--seeds 10] [NAME]...

Both train and validate on the same rows, those of dltrain's split. Starting weights, order of the rows and dropout
come from different random numbers, so single losses differ; over several seeds the means must not.
"""

import argparse
import os
from pathlib import Path

import numpy as np

from benchmarks.lessons import CONFIGS, reach
from benchmarks.markdown import table, target
from benchmarks.processes import require


def kept_losses(name: str, *, seed: int) -> tuple[float, float]:
    """Fits a lesson twice: the validation loss by hand and that of dltrain."""
    import keras

    from benchmarks.recipes_by_hand import RECIPES
    from dltrain.config import load_config
    from dltrain.workflows.rows.dataset import read_dataset

    config = CONFIGS / f"{name}.yaml"
    data = read_dataset(load_config(Path(config), [f"split.seed={seed}"]))
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    by_hand = RECIPES[name](data.train.rows, data.validation.rows)
    return by_hand, reach(config, seed=seed, overrides=[])["val_loss"]


def compare(name: str, *, seeds: int) -> tuple[list[str], bool]:
    """Fits a lesson with several seeds.

    Returns:
        The row of the table, and whether the difference of the means is within the spread by hand.
    """
    by_hand, ours = np.array([kept_losses(name, seed=seed) for seed in range(seeds)]).T
    spread = float(by_hand.std(ddof=1))
    differences = ours - by_hand
    error = float(differences.std(ddof=1)) / np.sqrt(seeds)
    cells = [
        name,
        f"{by_hand.mean():.4f} ± {spread:.4f}",
        f"{ours.mean():.4f} ± {ours.std(ddof=1):.4f}",
        f"{differences.mean():+.4f} ± {error:.4f}",
        f"{differences.mean() / spread:+.2f}",
    ]
    return cells, abs(differences.mean()) <= spread


def main() -> None:
    """Compares all recipes, or those that are named, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    require("pandas", "sklearn", "keras", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from benchmarks.recipes_by_hand import RECIPES

    results = {name: compare(name, seeds=arguments.seeds) for name in arguments.names or RECIPES}
    print(f"Validation loss of the network that is kept, mean ± standard deviation of {arguments.seeds} seeds;")
    print("the difference with its standard error, and in standard deviations by hand.\n")
    headings = ["lesson", "by hand", "dltrain", "difference", "in spreads"]
    print(table(headings, [cells for cells, _ in results.values()]), end="\n\n")
    for name, (_, is_within) in results.items():
        print(target(f"{name} within the seed spread", is_reached=is_within))


if __name__ == "__main__":
    main()
