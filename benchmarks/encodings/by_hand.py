"""The way from a CSV to what Keras takes, with pandas and scikit-learn.

python -m benchmarks.encodings.by_hand FILE
"""

import sys
import time

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.encodings.checking import CHECKED_ROWS, report


def main() -> None:
    """Reads, fits to all rows and encodes them."""
    encoder = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (OneHotEncoder(handle_unknown="ignore", dtype=np.float32), make_column_selector(dtype_exclude="number")),
        sparse_threshold=0,
    )
    started = time.perf_counter()
    frame = pd.read_csv(sys.argv[1])
    read = time.perf_counter()
    encoded = encoder.fit_transform(frame).astype(np.float32)
    ended = time.perf_counter()
    report(encoded[:CHECKED_ROWS], read_seconds=read - started, encode_seconds=ended - read)


if __name__ == "__main__":
    main()
