"""Predicting a CSV by hand, with pandas and Keras: what `predict_small` and `predict_rows` compare dltrain with.

    python benchmarks/predict_by_hand.py RUN NEW.csv OUT.csv

As a careful person writes it: what was learned from the training rows is read from JSON, not fitted again; the
features are made with pandas alone, which saves importing scikit-learn; a small table goes through the network in one
call, which saves the tracing of `Model.predict`, and a large one in large batches. It uses the plain files of a dltrain
run, so both predict with the same network and have to give the same numbers.
"""

import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

MISSING = "(missing)"
BATCH_ROWS = 8_192


def read_features(frame: pd.DataFrame, features: list[dict[str, Any]]) -> np.ndarray:
    """Imputes and standardises numbers, one-hot encodes categories: float32 `(n_rows, n_features)`."""
    numbers, categories = [], []
    for feature in features:
        column = frame[feature["name"]]
        if feature["kind"] == "numeric":
            scaler = feature["scaler"]
            filled = column.fillna(feature["fill_value"]).to_numpy(np.float64)
            numbers.append((filled - scaler["offset"]) / scaler["scale"])
        else:
            known = feature["categories"] + ([MISSING] if feature["has_missing"] else [])
            values = pd.Categorical(column.fillna(MISSING), categories=known)
            categories.append(pd.get_dummies(values, dtype=np.float32).to_numpy())
    return np.column_stack([*numbers, *categories]).astype(np.float32)


def main() -> None:
    """Reads, encodes, predicts, writes."""
    run, source, destination = map(Path, sys.argv[1:])
    preprocessing = json.loads((run / "preprocessing.json").read_text(encoding="utf-8"))
    labels = preprocessing["target"]["labels"]
    frame = pd.read_csv(source)
    network = keras.saving.load_model(run / "model.keras", compile=False)
    features = read_features(frame, preprocessing["features"])
    if len(features) <= BATCH_ROWS:
        positive = np.asarray(network(features, training=False))[:, 0]
    else:
        positive = network.predict(features, batch_size=BATCH_ROWS, verbose=0)[:, 0]
    predictions = pd.DataFrame(
        {
            "row": np.arange(1, len(frame) + 1),
            "prediction": np.where(positive > 0.5, labels[1], labels[0]),
            f"p_{labels[0]}": 1 - positive,
            f"p_{labels[1]}": positive,
        }
    )
    predictions.to_csv(destination, index=False)


if __name__ == "__main__":
    main()
