"""Predicting a large CSV by hand, tuned: what `predict_rows` compares dltrain with as well.

    python benchmarks/predict_by_hand_tuned.py RUN NEW.csv OUT.csv

As fast as it gets without giving up pandas and Keras: the table is read, encoded and predicted in chunks, so that
memory does not run out, categories are looked up once for every distinct text of a chunk, and one-hot rows are copied
from a table of all of them.
"""

import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

MISSING = "(missing)"
CHUNK_ROWS = 65_536


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
    with destination.open("w", encoding="utf-8", newline="") as file:
        for frame in pd.read_csv(source, chunksize=CHUNK_ROWS):
            positive = network.predict_on_batch(read_features(frame, preprocessing["features"]))[:, 0]
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
