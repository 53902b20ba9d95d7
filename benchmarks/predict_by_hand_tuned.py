"""Predicting a CSV by hand, with pandas and Keras: what `predict_small` and `predict_rows` compare dltrain with.

    python benchmarks/predict_by_hand.py RUN NEW.csv OUT.csv

As fast as it gets without giving up Keras. What was learned from the training rows is read from JSON, not fitted
again; the features are made with pandas and NumPy alone, which saves importing scikit-learn; a large table is read and
predicted in chunks, so that memory does not run out; a small one calls the network directly, which saves tracing it.
It uses the plain files of a dltrain run, so both predict with the same network and have to give the same numbers.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

MISSING = "(missing)"
CHUNK_ROWS = 65_536
TRACED_BYTES = 10_000_000
"""From this size of a file on, tracing the network pays."""


def read_features(frame: pd.DataFrame, features: list[dict[str, Any]]) -> np.ndarray:
    """Imputes and standardises numbers, one-hot encodes categories: float32 `(n_rows, n_features)`."""
    numbers, categories = [], []
    for feature in features:
        column = frame[feature["name"]]
        if feature["kind"] == "numeric":
            scaler = feature["scaler"]
            filled = column.fillna(feature["fill_value"]).to_numpy(np.float64)
            numbers.append(((filled - scaler["offset"]) / scaler["scale"]).astype(np.float32))
        else:
            known = feature["categories"] + ([MISSING] if feature["has_missing"] else [])
            positions, values = pd.factorize(column.fillna(MISSING))
            # Unknown values have the code -1: the last row, which is all zeros.
            codes = pd.Index(known).get_indexer(values)[positions]
            categories.append(np.eye(len(known) + 1, len(known), dtype=np.float32)[codes])
    return np.column_stack([*numbers, *categories])


def main() -> None:
    """Reads, encodes, predicts, writes."""
    run, source, destination = map(Path, sys.argv[1:])
    preprocessing = json.loads((run / "preprocessing.json").read_text(encoding="utf-8"))
    labels = preprocessing["target"]["labels"]
    network = keras.saving.load_model(run / "model.keras", compile=False)
    is_large = source.stat().st_size >= TRACED_BYTES
    predict = network.predict_on_batch if is_large else partial(network, training=False)
    with destination.open("w", encoding="utf-8", newline="") as file:
        for frame in pd.read_csv(source, chunksize=CHUNK_ROWS):
            positive = np.asarray(predict(read_features(frame, preprocessing["features"])))[:, 0]
            predictions = pd.DataFrame(
                {
                    "row": frame.index + 1,
                    "prediction": np.where(positive > 0.5, labels[1], labels[0]),
                    f"p_{labels[0]}": 1 - positive,
                    f"p_{labels[1]}": positive,
                }
            )
            predictions.to_csv(file, index=False, header=frame.index[0] == 0)


if __name__ == "__main__":
    main()
