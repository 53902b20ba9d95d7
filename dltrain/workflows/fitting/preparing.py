"""From a config to encoded rows: read and divide the table, learn the preprocessing, encode."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from dltrain.config import Config, LoadedConfig, check_config
from dltrain.config.sections.preprocessing import Kind
from dltrain.config.yaml_writer import check_can_be_read_back
from dltrain.errors import DataError, last_part
from dltrain.features import (
    ClassTarget,
    ColumnCounts,
    EncodedFeatures,
    FittedFeatures,
    Preprocessing,
    RegressionTarget,
    TrainingAnswers,
    feature_kinds,
    fit_features,
    fit_regression_target,
)
from dltrain.logs import check_packages
from dltrain.run import DataFile, Diagnosis
from dltrain.stopwatch import Stopwatch
from dltrain.table import Table, arrow_from_numpy
from dltrain.workflows.fitting.category_notes import notes_on_categories
from dltrain.workflows.fitting.column_notes import notes_on_cells
from dltrain.workflows.fitting.doubts import doubts
from dltrain.workflows.fitting.events import DataReady
from dltrain.workflows.fitting.leak_notes import diagnosed_leak, find_leaks, notes_on_leaks
from dltrain.workflows.fitting.repeats import notes_on_repeated_rows
from dltrain.workflows.limits.memory import (
    MemoryEstimate,
    allowed_memory,
    check_network_fits,
    check_tables_fit,
    estimate_fit,
    estimate_tables,
)
from dltrain.workflows.limits.table_size import TableSize
from dltrain.workflows.rows.dataset import Dataset, read_dataset
from dltrain.workflows.rows.encoded_rows import EncodedRows
from dltrain.workflows.rows.resolving import with_features

if TYPE_CHECKING:
    from dltrain.workflows.fitting.judging import LinearPrediction


@dataclass(frozen=True)
class Prepared:
    """All that training needs to know of the data. The tables themselves are not in memory any more.

    Attributes:
        config: Resolved, with the kind of every column.
        preprocessing: Fitted to the training rows.
        train, validation, test: The divided rows.
        columns: Those of the table of `data.path`.
        files: The tables that were read, for the manifest.
        summary: The event that tells of it.
        memory: What the fit will take.
        counts: Column → remarkable cells of the table of `data.path`.
        test_ids: The id columns of the test rows.
        linear: What a linear model of the same inputs predicts for the test rows; None when there is nothing to fit
            one to.
        leaks: What to say beside the result of columns that give the target away.
    """

    config: Config
    preprocessing: Preprocessing
    train: EncodedRows
    validation: EncodedRows
    test: EncodedRows
    columns: tuple[str, ...]
    files: dict[str, DataFile]
    summary: DataReady
    memory: MemoryEstimate
    counts: Mapping[str, ColumnCounts]
    test_ids: pa.Table
    linear: "LinearPrediction | None"
    leaks: tuple[Diagnosis, ...] = ()

    def with_notes(self, notes: tuple[str, ...]) -> "Prepared":
        """The same, with more to tell."""
        return replace(self, summary=replace(self.summary, notes=(*self.summary.notes, *notes)))


def prepare(loaded: LoadedConfig, watch: Stopwatch, *, allowed: float | None = None, is_told: bool = False) -> Prepared:
    """Reads the tables of a config and encodes their rows.

    Args:
        loaded: The config.
        watch: Counts the stages "read", "leaks", "encode" and "linear".
        allowed: Bytes of memory that the process may have in all; None: most of what the container allows.
        is_told: Whether somebody was told before of what gives the target away: columns, and repeated rows.

    Raises:
        ConfigError: The config does not fit the table, its network not the memory or a file, or a log needs a package
            that is not installed.
        DataError: A table cannot be read or does not fit the memory, or a cell does not fit.
    """
    # A check imports this module, too, and needs no ONNX Runtime.
    from dltrain.workflows.fitting.judging import predict_linear

    check_packages(loaded)
    allowed = allowed_memory() if allowed is None else allowed
    with watch.stage("read"):
        check_tables_fit(loaded.config, allowed=allowed)
        dataset = read_dataset(loaded)
    with watch.stage("encode"):
        kinds = _kinds(dataset, loaded)
    with watch.stage("leaks"):
        leaks = [] if is_told else find_leaks(loaded, dataset, kinds)
    with watch.stage("encode"):
        fitted, preprocessing = _fit(dataset, kinds)
        memory = estimate_memory(dataset, preprocessing)
        check_network_fits(loaded, dataset.config, preprocessing, memory, allowed=allowed)
        config = with_features(dataset.config, fitted.features)
        check_can_be_read_back(config)
        tables = _encode_tables(dataset, preprocessing, fitted.encoded)
        notes = (
            *_notes(dataset, fitted, loaded),
            *notes_on_leaks(leaks),
            *_notes_on_other_tables(dataset, preprocessing, tables),
        )
        summary = _summary(dataset, config, preprocessing, notes)
        test_ids = dataset.test.table.columns.select(config.data.id).take(arrow_from_numpy(dataset.test.rows))
        columns = tuple(dataset.table.column_names)
        dataset = replace(dataset, test=dataset.test.with_groups(config.split))
        # Nobody needs the other cells any more, and they may take more memory than all that follows.
        dataset = dataset.without_cells()
        pa.default_memory_pool().release_unused()
        train, validation, test = (
            EncodedRows(part, features.take(part.rows), answers[part.rows])
            for part in (dataset.train, dataset.validation, dataset.test)
            for features, answers in [tables[part.table.source]]
        )
    if not is_told and not isinstance(config.split.test, str):
        with watch.stage("leaks"):
            repeats = notes_on_repeated_rows(preprocessing, train, test)
            summary = replace(summary, notes=(*summary.notes, *repeats))
    with watch.stage("linear"):
        # Now, because TensorFlow is still being imported as a rule.
        linear = predict_linear(
            config.decision, preprocessing.target, train=train, validation=validation, test=test.features
        )
    return Prepared(
        config=config,
        preprocessing=preprocessing,
        train=train,
        validation=validation,
        test=test,
        columns=columns,
        files=dataset.files,
        summary=summary,
        memory=memory,
        counts=fitted.encoded.counts,
        test_ids=test_ids,
        linear=linear,
        leaks=diagnosed_leak(leaks),
    )


def _notes(dataset: Dataset, fitted: FittedFeatures, loaded: LoadedConfig) -> tuple[str, ...]:
    """What was chosen for the user, what is doubtful about the target, and what became of the cells."""
    return (
        *dataset.notes,
        *(
            " → ".join(filter(None, (doubt.message, shlex.join(doubt.change))))
            for doubt in doubts(dataset, loaded.config)
        ),
        *notes_on_cells(fitted, n_train=dataset.train.n_rows),
        *notes_on_categories(dataset.table, fitted, loaded.config),
    )


def _notes_on_other_tables(
    dataset: Dataset, preprocessing: Preprocessing, encoded: Mapping[str, tuple[EncodedFeatures, np.ndarray]]
) -> list[str]:
    """What the rows of test and validation files hold that the training rows do not."""
    # A check imports this module, too, and needs no ONNX Runtime.
    from dltrain.workflows.rows.row_summary import summarize_features

    parts = dataset.validation, dataset.test
    others = dict.fromkeys(part.table.source for part in parts if part.table is not dataset.table)
    return [
        f"{last_part(source)}: {difference}"
        for source in others
        for difference in summarize_features(preprocessing, encoded[source][0]).differences()
    ]


def _kinds(dataset: Dataset, loaded: LoadedConfig) -> dict[str, Kind]:
    """The kind of every feature column, after checking that the config goes with them."""
    config, train = dataset.config, dataset.train
    assert config.data.features is not None  # noqa: S101 - resolve_config has set it
    kinds = feature_kinds(train.table, train.rows, config.data.features, config.preprocessing)
    check_config(loaded.config, loaded.document, task=config.data.task, kinds=kinds)
    if config.training.loss is not None and config.training.loss.type == "poisson" and train.truth.min() < 0:
        raise DataError(
            f"{train.table.source}: column '{config.data.target}': expected numbers >= 0 for the loss poisson, "
            f"got {train.truth.min():g}"
        )
    return kinds


def _fit(dataset: Dataset, kinds: Mapping[str, Kind]) -> tuple[FittedFeatures, Preprocessing]:
    """Learns from the training rows."""
    train, section = dataset.train, dataset.config.preprocessing
    target = fit_target(dataset)
    answers = training_answers(dataset, target)
    fitted = fit_features(train.table, train.rows, kinds=kinds, section=section, answers=answers)
    return fitted, Preprocessing(features=fitted.features, target=target, distribution=fitted.distribution)


def fit_target(dataset: Dataset) -> ClassTarget | RegressionTarget:
    """What is known of the target from the training rows.

    Raises:
        DataError: Its numbers are too large to compute with.
    """
    train, config = dataset.train, dataset.config
    if dataset.class_target is not None:
        return dataset.class_target
    return fit_regression_target(train.table, config.data.target, train.rows, config.preprocessing.target)


def training_answers(dataset: Dataset, target: ClassTarget | RegressionTarget) -> TrainingAnswers:
    """The target of the training rows as encodings use it."""
    train, weight = dataset.train, dataset.train.sample_weight
    labels: tuple[str, ...] = ()
    if isinstance(target, RegressionTarget):
        values = target.scaled(train.truth)
    else:
        values = train.truth.astype(np.float64)
        labels = target.labels if target.task == "multiclass" else ()
    return TrainingAnswers(
        values,
        labels,
        seed=dataset.config.split.seed,
        weight=None if weight is None else weight / weight.mean(),
        groups=train.with_groups(dataset.config.split).group,
    )


def estimate_memory(dataset: Dataset, preprocessing: Preprocessing) -> MemoryEstimate:
    """What the fit takes at most: now, while tables are encoded, or later."""
    parts = dataset.train, dataset.validation, dataset.test
    tables = {part.table.source: TableSize.of(part.table) for part in parts}
    training = estimate_fit(
        dataset.config,
        preprocessing,
        train=dataset.train.n_rows,
        validation=dataset.validation.n_rows,
        test=dataset.test.n_rows,
    )
    return max(estimate_tables(tables.values()), training, key=lambda estimate: estimate.n_bytes)


def _encode_tables(
    dataset: Dataset, preprocessing: Preprocessing, fitted: EncodedFeatures
) -> dict[str, tuple[EncodedFeatures, np.ndarray]]:
    """Name of a table → its encoded rows and their answers; those of the training table are there already."""
    tables = {part.table.source: part.table for part in (dataset.test, dataset.validation, dataset.train)}
    return {
        source: (
            fitted if table is dataset.train.table else preprocessing.encode(table, with_remarks=True),
            network_answers(preprocessing.target, table),
        )
        for source, table in tables.items()
    }


def network_answers(target: ClassTarget | RegressionTarget, table: Table) -> np.ndarray:
    """What the network should answer for every row of a table, as `Examples.y`."""
    encoded = target.encode(table)
    if isinstance(target, RegressionTarget) or target.task == "binary":
        return encoded[:, np.newaxis].astype(np.float32)
    return encoded


def _summary(dataset: Dataset, config: Config, preprocessing: Preprocessing, notes: tuple[str, ...]) -> DataReady:
    target = dataset.class_target
    labels = target.labels if target else ()
    counts = np.bincount(dataset.train.truth, minlength=len(labels)) if target else np.empty(0)
    parts = dataset.train, dataset.validation, dataset.test
    n_table_rows = sum({part.table.source: part.table.n_rows for part in parts}.values())
    return DataReady(
        config=config,
        rows=dataset.files["data"].rows,
        dropped_rows=n_table_rows - sum(part.n_rows for part in parts),
        kinds={feature.name: feature.kind for feature in preprocessing.features},
        labels=labels,
        label_shares=tuple((counts / dataset.train.n_rows).tolist()),
        n_inputs=preprocessing.n_features,
        train=dataset.train.n_rows,
        validation=dataset.validation.n_rows,
        test=dataset.test.n_rows,
        notes=notes,
    )
