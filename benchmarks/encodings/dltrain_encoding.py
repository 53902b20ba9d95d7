"""dltrain's way from a CSV to what its training loop takes, with the functions that `fit` calls.

python -m benchmarks.encodings.dltrain_encoding FILE
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.encodings.checking import CHECKED_ROWS, report
from dltrain.config.sections.preprocessing import PreprocessingSection
from dltrain.features import feature_kinds, fit_features
from dltrain.table import read_table


def main() -> None:
    """Reads, infers the kinds of the columns, fits to all rows and encodes them."""
    section = PreprocessingSection()
    started = time.perf_counter()
    table = read_table(Path(sys.argv[1]))
    read = time.perf_counter()
    rows = np.arange(table.n_rows)
    kinds = feature_kinds(table, rows, table.column_names, section)
    encoded = fit_features(table, rows, kinds=kinds, section=section).encoded
    ended = time.perf_counter()
    report(encoded.dense(slice(CHECKED_ROWS)), read_seconds=read - started, encode_seconds=ended - read)


if __name__ == "__main__":
    main()
