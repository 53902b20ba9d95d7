"""Four lessons as people write them by hand: pandas, scikit-learn and Keras, nothing of dltrain.

Every recipe takes the numbers of the training and validation rows, trains, and returns the validation loss of the
network it ends with. Batches come from `tf.data`, which shuffles the rows anew in every epoch, so `fit` need not;
after `keras.utils.set_random_seed`, `fit` on arrays would repeat the order of the first epoch.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.preprocessing import MinMaxScaler

DATA = Path(__file__).parents[1] / "data"

Recipe = Callable[[np.ndarray, np.ndarray], float]


def ionosphere(train: np.ndarray, validation: np.ndarray) -> float:
    """Binary classification with early stopping."""
    frame = pd.read_csv(DATA / "ionosphere.csv")
    measured = frame.drop(columns="Class")
    features = MinMaxScaler().fit(measured.iloc[train]).transform(measured).astype(np.float32)
    target = (frame["Class"] == "good").to_numpy(np.float32)[:, np.newaxis]
    network = keras.Sequential(
        [
            keras.Input((features.shape[1],)),
            keras.layers.Dense(4, activation="relu"),
            keras.layers.Dense(4, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(optimizer="adam", loss="binary_crossentropy")
    network.fit(
        _batches(features[train], target[train], 512),
        validation_data=_batches(features[validation], target[validation], 512),
        epochs=1000,
        shuffle=False,
        callbacks=[keras.callbacks.EarlyStopping(patience=10, min_delta=0.001, restore_best_weights=True)],
        verbose=0,
    )
    return _loss(network, features[validation], target[validation])


def wine_early_stopping(train: np.ndarray, validation: np.ndarray) -> float:
    """As many epochs as it takes, then back to the best one."""
    features, target = _scaled_wine(train)
    network = _wide_network(features.shape[1])
    network.compile(optimizer="adam", loss="mae")
    network.fit(
        _batches(features[train], target[train], 256),
        validation_data=_batches(features[validation], target[validation], 256),
        epochs=500,
        shuffle=False,
        callbacks=[keras.callbacks.EarlyStopping(patience=20, min_delta=0.001, restore_best_weights=True)],
        verbose=0,
    )
    return _loss(network, features[validation], target[validation])


def wine_sgd(train: np.ndarray, validation: np.ndarray) -> float:
    """Ten passes over the rows in batches of 256."""
    features, target = _scaled_wine(train)
    network = _wide_network(features.shape[1])
    network.compile(optimizer="adam", loss="mae")
    network.fit(_batches(features[train], target[train], 256), epochs=10, shuffle=False, verbose=0)
    return _loss(network, features[validation], target[validation])


def wine_dropout_batch_normalization(train: np.ndarray, validation: np.ndarray) -> float:
    """Unscaled inputs, dropout and batch normalisation after each of three wide layers."""
    features, target = _wine()
    network = keras.Sequential([keras.Input((features.shape[1],))])
    for _ in range(3):
        network.add(keras.layers.Dense(1024, activation="relu"))
        network.add(keras.layers.Dropout(0.3))
        network.add(keras.layers.BatchNormalization())
    network.add(keras.layers.Dense(1))
    network.compile(optimizer="adam", loss="mae")
    network.fit(_batches(features[train], target[train], 256), epochs=100, shuffle=False, verbose=0)
    return _loss(network, features[validation], target[validation])


def _wine() -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(DATA / "wine_red.csv")
    features = frame.drop(columns="quality").to_numpy(np.float32)
    return features, frame[["quality"]].to_numpy(np.float32)


def _scaled_wine(train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features and target, both min-max scaled by the training rows."""
    features, target = _wine()
    return MinMaxScaler().fit(features[train]).transform(features), MinMaxScaler().fit(target[train]).transform(target)


def _wide_network(n_features: int) -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


def _batches(features: np.ndarray, target: np.ndarray, batch_size: int) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((features, target)).cache().shuffle(len(features)).batch(batch_size)


def _loss(network: keras.Sequential, features: np.ndarray, target: np.ndarray) -> float:
    return float(network.evaluate(features, target, batch_size=len(features), verbose=0))


RECIPES: Final[dict[str, Recipe]] = {
    "ionosphere": ionosphere,
    "wine_early_stopping": wine_early_stopping,
    "wine_sgd": wine_sgd,
    "wine_dropout_batch_normalization": wine_dropout_batch_normalization,
}
"""By the name of the config that says the same."""
