"""How well the memory of a fit is known before it takes it: the estimate against the peak of the process.

python -m benchmarks.memory [--quick]
"""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.markdown import table, target
from benchmarks.processes import dltrain, python, run

MOST_ERROR: Final = 0.3

# A process of its own: this one has to stay small, see `benchmarks.processes`.
WRITE: Final = """
import sys
import numpy as np, pyarrow as pa
from pyarrow import csv, parquet
path, n_rows, n_numbers, n_texts, n_categories = sys.argv[1], *map(int, sys.argv[2:])
rng = np.random.default_rng(0)
texts = np.array([f"c{number}" for number in range(n_categories)])
columns = {f"x{number}": rng.normal(size=n_rows).round(4) for number in range(n_numbers)}
columns |= {f"k{number}": texts[rng.integers(0, n_categories, n_rows)] for number in range(n_texts)}
columns["y"] = rng.normal(size=n_rows).round(4)
write = parquet.write_table if path.endswith(".parquet") else csv.write_csv
write(pa.table(columns), path)
"""

ESTIMATE: Final = """
import json, sys
from pathlib import Path
from dltrain.config import load_config
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.preparing import prepare
memory = prepare(load_config(Path(sys.argv[1])), Stopwatch(), allowed=float("inf")).memory
print(json.dumps(dict(memory.parts)))
"""

SGD: Final = {"type": "sgd", "learning_rate": 1e-4}
ADAM: Final = {"type": "adam", "learning_rate": 1e-4}
EMA: Final = {"type": "adamw", "learning_rate": 1e-4, "use_ema": True}


class Case(NamedTuple):
    """A fit.

    Attributes:
        rows: Rows of the table.
        numbers: Numeric columns.
        texts: Categorical columns.
        units: Of the hidden layers.
        training: Section `training`.
        categories: Different texts of a categorical column.
        suffix: Format of the table.
    """

    rows: int
    numbers: int
    texts: int
    units: tuple[int, ...]
    training: Mapping[str, Any]
    categories: int = 250
    suffix: str = "csv"

    def config(self, path: Path) -> dict[str, Any]:
        """The config as YAML content."""
        layers = [{"type": "dense", "units": units, "activation": "relu"} for units in self.units]
        data = {"path": str(path), "target": "y", "task": "regression"}
        return {"data": data, "model": {"layers": layers}, "training": {"epochs": 2, **self.training}}


CASES: Final = {
    "10 parameters, 1 k rows": Case(1_000, 3, 0, (2,), {}),
    "1 M rows × 20 numbers": Case(1_000_000, 20, 0, (64, 64), {"batch_size": 1024}),
    "the same as Parquet": Case(1_000_000, 20, 0, (64, 64), {"batch_size": 1024}, suffix="parquet"),
    "200 k rows, 5,000 one-hot columns": Case(200_000, 2, 20, (64, 64), {"batch_size": 256}),
    "the same in batches of 8,192": Case(200_000, 2, 20, (64, 64), {"batch_size": 8192}),
    "1 M rows, 1 M categories": Case(1_000_000, 1, 1, (4,), {"batch_size": 8192}, categories=1_000_000),
    "10,000 columns, 200 rows": Case(200, 10_000, 0, (8,), {}),
    "9 M parameters, batches of 4,096": Case(50_000, 20, 0, (3_000, 3_000), {"batch_size": 4_096, "optimizer": ADAM}),
    "25 M parameters, Adam": Case(1_000, 20, 0, (5_000, 5_000), {"optimizer": ADAM}),
    "25 M parameters, AdamW, EMA": Case(1_000, 20, 0, (5_000, 5_000), {"optimizer": EMA}),
    "100 M parameters, SGD": Case(1_000, 20, 0, (10_000, 10_000), {"optimizer": SGD}),
    "100 M parameters, Adam": Case(1_000, 20, 0, (10_000, 10_000), {"optimizer": ADAM}),
}
QUICK: Final = ("10 parameters, 1 k rows", "200 k rows, 5,000 one-hot columns", "25 M parameters, Adam")


class Comparison(NamedTuple):
    """An estimate and what became of it.

    Attributes:
        parts: What takes how many bytes, as estimated.
        peak: Most megabytes that the process had.
    """

    parts: Mapping[str, float]
    peak: float

    @property
    def estimate(self) -> float:
        """In megabytes."""
        return sum(self.parts.values()) / 1e6

    @property
    def error(self) -> float:
        """Of the estimate, relative to the peak."""
        return self.estimate / self.peak - 1


def compare(case: Case, folder: Path) -> Comparison:
    """Estimates and fits a case."""
    path = folder / f"table.{case.suffix}"
    run(python("-c", WRITE, path, *map(str, (case.rows, case.numbers, case.texts, case.categories))))
    config = folder / "fit.yaml"
    config.write_text(json.dumps(case.config(path)), encoding="utf-8")
    parts = run(python("-c", ESTIMATE, config)).result
    peak = run(dltrain("fit", config, "--runs", folder / "runs", "--quiet")).megabytes
    return Comparison(parts, peak)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    is_quick = parser.parse_args().quick
    found = {}
    for name, case in CASES.items():
        if name in QUICK or not is_quick:
            with tempfile.TemporaryDirectory() as folder:
                found[name] = compare(case, Path(folder))
    rows = [
        [name, f"{result.estimate:,.0f}", f"{result.peak:,.0f}", f"{result.error:+.0%}", max_part(result)]
        for name, result in found.items()
    ]
    print(table(["fit", "estimated MB", "measured MB", "error", "largest part"], rows) + "\n")
    worst = max(abs(result.error) for result in found.values())
    print(
        target(
            f"estimates of memory within ±{MOST_ERROR:.0%}",
            is_reached=worst <= MOST_ERROR,
            measured=f"at most {worst:.0%} off",
        )
    )


def max_part(result: Comparison) -> str:
    """What takes most beside the libraries."""
    own = {part: n_bytes for part, n_bytes in result.parts.items() if not part.startswith("TensorFlow")}
    return max(own, key=lambda part: own[part])


if __name__ == "__main__":
    main()
