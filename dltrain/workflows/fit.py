"""Fitting: from a config to a run directory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dltrain.config import Config, LoadedConfig, check_config
from dltrain.config.architecture import describe_network
from dltrain.config.data import Task
from dltrain.config.preprocessing import Kind
from dltrain.errors import ConfigError, DataError, TrainingError
from dltrain.features import (
    EncodedFeatures,
    Preprocessing,
    RegressionTarget,
    feature_kinds,
    fit_preprocessing,
    fit_regression_target,
)
from dltrain.run import RunFiles, RunMetrics, write_run
from dltrain.run.atomic import check_folder
from dltrain.scoring import Predictor, compute_metrics, decode_outputs, fit_baseline
from dltrain.table import Table, categorical_values
from dltrain.workflows.dataset import Dataset, LabelledRows, read_dataset
from dltrain.workflows.events import DataReady, EpochEnded, NetworkReady, Notify, ignore
from dltrain.workflows.resolving import with_kinds
from dltrain.workflows.scores import score_rows

COMPARED_ROWS = 1_000
"""Test rows on which the exported network is compared with Keras."""

MAX_NAME_BYTES = 200
"""File systems allow 255 bytes; a number and a temporary suffix follow the name."""

MANY_CATEGORIES = 20
"""More different texts than this, in more than half of the rows, are hardly categories."""

EXPORT_TOLERANCE = 1e-4
"""Allowed difference between the two, relative to the largest output: float32 sums in another order differ less."""


@dataclass(frozen=True)
class FitResult:
    """A finished fit.

    Attributes:
        path: The run directory.
        metrics: The result.
        task: What kind of prediction.
    """

    path: Path
    metrics: RunMetrics
    task: Task


@dataclass(frozen=True)
class _Part:
    """Labelled rows, encoded.

    Attributes:
        labelled: The rows.
        features: What the network sees of them.
        answers: What it should answer, as `Examples.y`.
    """

    labelled: LabelledRows
    features: EncodedFeatures
    answers: np.ndarray


def fit(loaded: LoadedConfig, *, runs: Path, name: str | None = None, notify: Notify = ignore) -> FitResult:
    """Reads, divides, encodes, trains, exports, measures and saves.

    Args:
        loaded: The config.
        runs: Folder in which the run directory is made.
        name: Name of the run; None takes the config's.
        notify: Told what happens.

    Raises:
        ConfigError: The config does not fit the table.
        DataError: A table cannot be read, or a cell does not fit.
        OutputError: The run directory cannot be written.
        TrainingError: The loss is not finite any more, or the exported network gives other numbers.
    """
    run_name = _checked_name(loaded.name if name is None else name)
    check_folder(runs)
    dataset, preprocessing = _fit_preprocessing(read_dataset(loaded), loaded)
    train, validation, test = _encode(preprocessing, dataset.train, dataset.validation, dataset.test)
    notify(_data_ready(dataset, preprocessing))
    network, epochs = _train(dataset.config, preprocessing, train, validation, notify)

    from dltrain.network import onnx_bytes

    onnx = onnx_bytes(network)
    predictor = Predictor(preprocessing, onnx)
    _check_export(network, predictor, test.features)
    metrics = _measure(dataset, predictor, validation, test, epochs, n_parameters=network.count_params())
    path = write_run(
        runs,
        run_name,
        RunFiles(
            config=dataset.config,
            preprocessing=preprocessing,
            onnx=onnx,
            save_keras=lambda file: network.save(file),
            history=[epoch.to_row() for epoch in epochs],
            metrics=metrics,
            data=dataset.files,
        ),
    )
    assert dataset.config.data.task is not None  # noqa: S101 - resolve_config has set it
    return FitResult(path, metrics, dataset.config.data.task)


def _checked_name(name: str) -> str:
    if not name or name.startswith(".") or {"/", "\\", "\0"} & set(name) or len(name.encode()) > MAX_NAME_BYTES:
        raise ConfigError(
            f"run name: expected a folder name of at most {MAX_NAME_BYTES} bytes that does not start with a dot, "
            f"got '{name[:MAX_NAME_BYTES]}'",
            hint="--name NAME names the run",
        )
    return name


def _fit_preprocessing(dataset: Dataset, loaded: LoadedConfig) -> tuple[Dataset, Preprocessing]:
    """Fits the preprocessing to the training rows; returns the dataset with the kinds in its config."""
    config, train = dataset.config, dataset.train
    assert config.data.features is not None  # noqa: S101 - resolve_config has set it
    kinds = feature_kinds(train.table, train.rows, config.data.features, config.preprocessing)
    check_config(loaded.config, loaded.document, task=config.data.task, kinds=kinds)
    section = config.preprocessing
    if config.training.loss is not None and config.training.loss.type == "poisson" and train.truth.min() < 0:
        raise DataError(
            f"{train.table.source}: column '{config.data.target}': expected numbers >= 0 for the loss poisson, "
            f"got {train.truth.min():g}"
        )
    target = dataset.class_target or fit_regression_target(train.table, config.data.target, train.rows, section.target)
    fitted = fit_preprocessing(train.table, train.rows, kinds=kinds, section=section, target=target)
    notes = (*dataset.notes, *_notes_on_categories(train, kinds))
    return replace(dataset, config=with_kinds(config, kinds), notes=notes), fitted


def _notes_on_categories(train: LabelledRows, kinds: Mapping[str, Kind]) -> list[str]:
    """Points at columns of categories that hardly repeat: ids, dates, formatted numbers, free text."""
    notes = []
    for name in (name for name, kind in kinds.items() if kind == "categorical"):
        cells = categorical_values(train.table.take(train.rows, [name]), name)
        n_different, n_known = len(cells.dictionary), len(cells) - cells.null_count
        if n_different > max(MANY_CATEGORIES, n_known / 2):
            notes.append(
                f"column '{name}' has {n_different:,} different texts in {n_known:,} training rows: an id, a date or a "
                f"formatted number says little as a category; data.drop: [{name}] leaves it out"
            )
    return notes


def _encode(preprocessing: Preprocessing, *parts: LabelledRows) -> list[_Part]:
    """Encodes every table once and takes the rows of each part."""
    tables = {id(part.table): part.table for part in parts}
    features = {key: preprocessing.encode(table) for key, table in tables.items()}
    answers = {key: _answers(preprocessing, table) for key, table in tables.items()}
    return [_Part(part, features[id(part.table)].take(part.rows), answers[id(part.table)][part.rows]) for part in parts]


def _answers(preprocessing: Preprocessing, table: Table) -> np.ndarray:
    """What the network should answer for every row of a table, as `Examples.y`."""
    target = preprocessing.target
    encoded = target.encode(table)
    if isinstance(target, RegressionTarget) or target.task == "binary":
        return encoded[:, np.newaxis].astype(np.float32)
    return encoded


def _data_ready(dataset: Dataset, preprocessing: Preprocessing) -> DataReady:
    target = dataset.class_target
    labels = target.labels if target else ()
    counts = np.bincount(dataset.train.truth, minlength=len(labels)) if target else np.empty(0)
    used = {id(part.table): part for part in (dataset.train, dataset.validation, dataset.test)}
    n_table_rows = sum(part.table.n_rows for part in used.values())
    n_used = dataset.train.n_rows + dataset.validation.n_rows + dataset.test.n_rows
    return DataReady(
        config=dataset.config,
        rows=dataset.table.n_rows,
        dropped_rows=n_table_rows - n_used,
        kinds={feature.name: feature.kind for feature in preprocessing.features},
        labels=labels,
        label_shares=tuple((counts / dataset.train.n_rows).tolist()),
        n_inputs=preprocessing.n_features,
        train=dataset.train.n_rows,
        validation=dataset.validation.n_rows,
        test=dataset.test.n_rows,
        notes=dataset.notes,
    )


def _train(
    config: Config, preprocessing: Preprocessing, train: _Part, validation: _Part, notify: Notify
) -> tuple[Any, tuple[Any, ...]]:
    """Builds and trains the network; returns it with its epochs."""
    from dltrain.network import build_network
    from dltrain.training import Epoch, Examples
    from dltrain.training import train as train_network

    n_features, n_outputs = preprocessing.n_features, preprocessing.target.n_outputs
    network = build_network(config.model, n_features=n_features, n_outputs=n_outputs, seed=config.training.seed)
    notify(NetworkReady(describe_network(config.model, n_features=n_features, n_outputs=n_outputs), config))
    mean_weight = 1.0 if train.labelled.weight is None else float(np.mean(train.labelled.weight))

    def examples(part: _Part) -> Examples:
        weight = part.labelled.weight
        # Weights have mean 1 over the training rows, so their unit does not change the learning rate.
        scaled = np.ones(part.labelled.n_rows) if weight is None else weight / mean_weight
        return Examples(part.features, part.answers, scaled.astype(np.float32))

    def score(outputs: np.ndarray) -> dict[str, float]:
        predicted = decode_outputs(outputs, preprocessing.target)
        truth, weight = validation.labelled.truth, validation.labelled.weight
        return compute_metrics(config.metrics or (), truth, predicted, sample_weight=weight)

    def on_epoch(epoch: Epoch) -> None:
        notify(
            EpochEnded(
                number=epoch.number,
                epochs=config.training.epochs,
                loss=epoch.loss,
                val_loss=epoch.val_loss,
                metrics=epoch.metrics,
                learning_rate=epoch.learning_rate,
                seconds=epoch.seconds,
                is_best=epoch.is_best,
            )
        )

    epochs = train_network(
        network,
        config.training,
        training=examples(train),
        validation=examples(validation),
        score=score,
        on_epoch=on_epoch,
    )
    return network, epochs


def _check_export(network: Any, predictor: Predictor, features: EncodedFeatures) -> None:
    """Compares the exported network with Keras on real rows.

    Raises:
        TrainingError: They differ.
    """
    rows = features.take(slice(COMPARED_ROWS))
    expected = np.asarray(network(rows.dense(), training=False))
    difference = float(np.max(np.abs(predictor.outputs(rows) - expected)))
    limit = EXPORT_TOLERANCE * max(1.0, float(np.max(np.abs(expected))))
    if not difference <= limit:
        raise TrainingError(
            f"model.onnx: expected the outputs of the Keras network, got a difference of {difference:.2g} "
            f"on {rows.n_rows} test rows (allowed: {limit:.2g})",
            hint="very large inputs lose precision: preprocessing.numeric.scale=standard",
        )


def _measure(
    dataset: Dataset,
    predictor: Predictor,
    validation: _Part,
    test: _Part,
    epochs: tuple[Any, ...],
    *,
    n_parameters: int,
) -> RunMetrics:
    n_classes = len(dataset.class_target.labels) if dataset.class_target else None
    baseline = fit_baseline(dataset.train.truth, n_classes=n_classes, sample_weight=dataset.train.weight)
    validation_scores, test_scores = (
        score_rows(part.labelled, predictor.predict_encoded(part.features), config=dataset.config, baseline=baseline)
        for part in (validation, test)
    )
    stopping = dataset.config.training.early_stopping
    keeps_best = stopping is not None and stopping.restore_best_weights
    best = [epoch.number for epoch in epochs if epoch.is_best] if keeps_best else [len(epochs)]
    return RunMetrics(
        train_rows=dataset.train.n_rows,
        validation=validation_scores,
        test=test_scores,
        trivial_prediction=baseline.prediction,
        epochs=len(epochs),
        best_epoch=best[-1],
        parameters=n_parameters,
    )
