"""Whole fits by hand, with pandas, scikit-learn and Keras: what `benchmarks.whole_fits` compares dltrain with.

    python benchmarks/fits_by_hand.py NAME TABLE OUT.keras [TEST]

Every recipe reads, divides, encodes, trains, saves the network and prints the metrics of validation and test rows as
JSON. It does what the config of the same table says; only the rows fall into other parts.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import keras
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, QuantileTransformer, StandardScaler

SEED = 0
VALIDATION_FRACTION = 0.16
TEST_FRACTION = 0.2

BLOCK_ROWS = 8_192
"""Rows of a block while validating and predicting; Keras' default of 32 would take most of the time."""

Layers = list[keras.layers.Layer]
Metrics = dict[str, float]


class Part(NamedTuple):
    """Some rows: features float32 `(n, n_features)` and answers `(n,)`."""

    features: np.ndarray
    answers: np.ndarray


class Parts(NamedTuple):
    """All rows."""

    train: Part
    validation: Part
    test: Part


def wine_red(table: Path, network_path: Path) -> dict[str, Metrics]:
    """Regression, 64-64, batches of 32."""
    parts = _divided(*_numbers(table, target="quality"))
    hidden: Layers = [keras.layers.Dense(64, activation="relu"), keras.layers.Dense(64, activation="relu")]
    adam = keras.optimizers.Adam(1e-3)
    return _fit_regression(
        _scaled(parts, StandardScaler()), hidden, adam, "mse", batch_size=32, epochs=50, network_path=network_path
    )


def california(table: Path, network_path: Path) -> dict[str, Metrics]:
    """Regression, five layers of 256 with dropout, batches of 128, cosine decay."""
    parts = _divided(*_numbers(table, target="MedHouseVal"))
    batch_size, epochs = 128, 60
    hidden: Layers = []
    for _ in range(5):
        hidden += [keras.layers.Dense(256, activation="gelu"), keras.layers.Dropout(0.1)]
    n_steps = -(-len(parts.train.answers) // batch_size) * epochs
    return _fit_regression(
        _scaled(parts, QuantileTransformer(output_distribution="normal")),
        hidden,
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(2e-3, n_steps)),
        keras.losses.Huber(0.5),
        batch_size=batch_size,
        epochs=epochs,
        network_path=network_path,
    )


def adult(table: Path, network_path: Path, test_table: Path) -> dict[str, Metrics]:
    """Binary, 256-256 with batch normalisation and dropout, batches of 256."""
    frames = [pd.read_csv(path) for path in (table, test_table)]
    (answers, test_answers) = ((frame.pop("income") == ">50K").to_numpy(np.float32) for frame in frames)
    train_frame, validation_frame, train_answers, validation_answers = train_test_split(
        frames[0], answers, test_size=VALIDATION_FRACTION, stratify=answers, random_state=SEED
    )
    encoder = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (OneHotEncoder(handle_unknown="ignore", dtype=np.float32), make_column_selector(dtype_exclude="number")),
        sparse_threshold=0,
    ).fit(train_frame)

    def encoded(frame: pd.DataFrame, answers: np.ndarray) -> Part:
        return Part(encoder.transform(frame).astype(np.float32), answers)

    parts = Parts(
        encoded(train_frame, train_answers),
        encoded(validation_frame, validation_answers),
        encoded(frames[1], test_answers),
    )
    hidden: Layers = []
    for _ in range(2):
        hidden.append(keras.layers.Dense(256, activation="relu"))
        hidden += [keras.layers.BatchNormalization(), keras.layers.Dropout(0.3)]
    network = keras.Sequential([*hidden, keras.layers.Dense(1, activation="sigmoid")])
    network.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    _train(network, parts, batch_size=256, epochs=10, network_path=network_path)

    def metrics(part: Part) -> Metrics:
        positive = _predict(network, part)[:, 0]
        return {
            "accuracy": accuracy_score(part.answers, positive > 0.5),
            "roc_auc": roc_auc_score(part.answers, positive),
            "log_loss": log_loss(part.answers, positive),
        }

    return {"validation": metrics(parts.validation), "test": metrics(parts.test)}


def covertype(table: Path, network_path: Path) -> dict[str, Metrics]:
    """Seven classes, 256-256, batches of 1,024."""
    features, labels = _numbers(table, target="Cover_Type")
    parts = _scaled(_divided(features, LabelEncoder().fit_transform(labels), stratified=True), StandardScaler())
    n_classes = int(parts.train.answers.max()) + 1
    hidden: Layers = [keras.layers.Dense(256, activation="relu"), keras.layers.Dense(256, activation="relu")]
    network = keras.Sequential([*hidden, keras.layers.Dense(n_classes, activation="softmax")])
    network.compile(keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    _train(network, parts, batch_size=1024, epochs=5, network_path=network_path)

    def metrics(part: Part) -> Metrics:
        shares = _predict(network, part)
        predicted = shares.argmax(axis=1)
        return {
            "accuracy": accuracy_score(part.answers, predicted),
            "log_loss": log_loss(part.answers, shares),
            "f1_macro": f1_score(part.answers, predicted, average="macro"),
        }

    return {"validation": metrics(parts.validation), "test": metrics(parts.test)}


def _numbers(table: Path, *, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Features and answers of a table of numbers."""
    frame = pd.read_csv(table)
    answers = frame.pop(target).to_numpy(np.float32)
    return frame.to_numpy(np.float32), answers


def _divided(features: np.ndarray, answers: np.ndarray, *, stratified: bool = False) -> Parts:
    """Training, validation and test rows."""
    rest, test, rest_answers, test_answers = train_test_split(
        features, answers, test_size=TEST_FRACTION, stratify=answers if stratified else None, random_state=SEED
    )
    train, validation, train_answers, validation_answers = train_test_split(
        rest,
        rest_answers,
        test_size=VALIDATION_FRACTION / (1 - TEST_FRACTION),
        stratify=rest_answers if stratified else None,
        random_state=SEED,
    )
    return Parts(Part(train, train_answers), Part(validation, validation_answers), Part(test, test_answers))


def _scaled(parts: Parts, scaler: Any) -> Parts:
    """The parts with features scaled as the training rows say."""
    scaler.fit(parts.train.features)
    return Parts(*(Part(scaler.transform(part.features), part.answers) for part in parts))


def _fit_regression(
    parts: Parts,
    hidden: Layers,
    optimizer: keras.optimizers.Optimizer,
    loss: Any,
    *,
    batch_size: int,
    epochs: int,
    network_path: Path,
) -> dict[str, Metrics]:
    """Trains on standardised answers, measures in their own units."""
    mean, deviation = parts.train.answers.mean(), parts.train.answers.std()
    network = keras.Sequential([*hidden, keras.layers.Dense(1)])
    network.compile(optimizer, loss=loss, metrics=["mae"])
    standardised = Parts(*(Part(part.features, (part.answers - mean) / deviation) for part in parts))
    _train(network, standardised, batch_size=batch_size, epochs=epochs, network_path=network_path)

    def metrics(part: Part) -> Metrics:
        predicted = _predict(network, part)[:, 0] * deviation + mean
        return {
            "rmse": root_mean_squared_error(part.answers, predicted),
            "mae": mean_absolute_error(part.answers, predicted),
            "r2": r2_score(part.answers, predicted),
        }

    return {"validation": metrics(parts.validation), "test": metrics(parts.test)}


def _train(network: keras.Sequential, parts: Parts, *, batch_size: int, epochs: int, network_path: Path) -> None:
    """Trains and saves."""
    network.fit(
        *parts.train,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=tuple(parts.validation),
        validation_batch_size=BLOCK_ROWS,
        verbose=0,
    )
    network.save(network_path)


def _predict(network: keras.Sequential, part: Part) -> np.ndarray:
    """The outputs, float32 `(n, n_outputs)`."""
    return np.asarray(network.predict(part.features, batch_size=BLOCK_ROWS, verbose=0))


RECIPES: Final[dict[str, Callable[..., dict[str, Metrics]]]] = {
    recipe.__name__: recipe for recipe in (wine_red, california, adult, covertype)
}


def main() -> None:
    """Fits the table that is named."""
    name, *paths = sys.argv[1:]
    print(json.dumps(RECIPES[name](*map(Path, paths)), default=float))


if __name__ == "__main__":
    main()
