"""Writes the table to encode: 13 columns of numbers and 3 of texts, some cells missing.

python -m benchmarks.encodings.mixed_table FILE N_ROWS
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

N_DECIMALS, N_INTEGERS = 10, 3
N_CATEGORIES = (5, 12, 30)
MISSING_FRACTION = 0.02


def mixed_table(n_rows: int) -> pa.Table:
    """Decimals with four places, integers up to a million, and words; a fraction of every column is missing."""
    rng = np.random.default_rng(0)

    def column(values: pa.Array) -> pa.Array:
        is_missing = pa.array(rng.random(n_rows) < MISSING_FRACTION)
        return pc.if_else(is_missing, pa.scalar(None, values.type), values)

    decimals = [rng.standard_normal(n_rows).round(4) for _ in range(N_DECIMALS)]
    integers = [rng.integers(0, 1_000_000, n_rows) for _ in range(N_INTEGERS)]
    numbers = {f"number_{place}": column(pa.array(values)) for place, values in enumerate([*decimals, *integers])}
    texts = {}
    for n_categories in N_CATEGORIES:
        words = pa.array([f"category {place}" for place in range(n_categories)])
        texts[f"text_{n_categories}"] = column(words.take(pa.array(rng.integers(0, n_categories, n_rows))))
    return pa.table(numbers | texts)


def main() -> None:
    """Writes."""
    options = csv.WriteOptions(quoting_style="needed")
    csv.write_csv(mixed_table(int(sys.argv[2])), Path(sys.argv[1]), write_options=options)


if __name__ == "__main__":
    main()
