"""What a check says of the divided rows: sizes, leaks, rows and groups on both sides."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from dltrain.config import LoadedConfig
from dltrain.config.architecture import describe_network
from dltrain.config.preprocessing import ColumnSection, Kind, PreprocessingSection
from dltrain.errors import DataError
from dltrain.features import FittedFeatures, fit_regression_target
from dltrain.features.columns import for_each_column
from dltrain.features.numeric import numbers_of
from dltrain.features.preprocessing import Target
from dltrain.profiling import ColumnProfile, Finding
from dltrain.profiling.findings_groups import SharedGroups, group_findings, may_be_group, shared_groups
from dltrain.profiling.findings_leaks import leak_finding
from dltrain.profiling.findings_rows import network_findings, size_findings, time_findings
from dltrain.profiling.findings_target import class_findings, loss_findings
from dltrain.profiling.name_words import kindred_names
from dltrain.profiling.one_column import Answers, Column, rank
from dltrain.table import (
    Table,
    arrow_from_numpy,
    categorical_values,
    datetime_values,
    integers_from_arrow,
)
from dltrain.workflows.check_rows import repeated_rows
from dltrain.workflows.dataset import Dataset, LabelledRows

_MOST_TRAIN: Final = 20_000
_MOST_SCORED: Final = 10_000
"""Rows that columns are tried on: enough to tell 99 % from 98 %, and some milliseconds a column."""


def split_findings(
    loaded: LoadedConfig,
    dataset: Dataset,
    fitted: FittedFeatures | None,
    kinds: Mapping[str, Kind],
    profiles: Mapping[str, ColumnProfile],
    *,
    refused: Collection[str] = (),
) -> list[Finding]:
    """Looks at the target and the features of the divided rows.

    Args:
        loaded: The config as read, which changes are for.
        dataset: The divided rows.
        fitted: The encoded features; None when some column cannot be used.
        kinds: Of the feature columns that can be used.
        profiles: Of all columns.
        refused: Feature columns that cannot be used.
    """
    config = dataset.config
    others = [profile for name, profile in profiles.items() if name != config.data.target]
    findings = [
        *_target_findings(dataset),
        *size_findings(config, n_test=dataset.test.n_rows),
        *_leaks(loaded, dataset, kinds),
        *_groups(dataset, [profile for profile in others if profile.name not in refused]),
        *time_findings(others, config),
    ]
    try:
        target = _fitted_target(dataset)
    except DataError as error:
        return [*findings, _refusal(error)]
    if fitted is None:
        return findings
    return [*findings, *_network_findings(dataset, fitted), *repeated_rows(dataset, fitted, target, profiles)]


def _target_findings(dataset: Dataset) -> list[Finding]:
    target, train = dataset.class_target, dataset.train
    if target is None:
        return loss_findings(float(train.truth.min()), dataset.config)
    counts = np.bincount(train.truth, minlength=len(target.labels))
    return class_findings(target.labels, counts, dataset.config)


def _network_findings(dataset: Dataset, fitted: FittedFeatures) -> list[Finding]:
    config, target = dataset.config, dataset.class_target
    layers = describe_network(
        config.model,
        n_features=fitted.encoded.n_features,
        n_outputs=1 if target is None else target.n_outputs,
    )
    return network_findings(config, layers, n_train=dataset.train.n_rows)


def _leaks(loaded: LoadedConfig, dataset: Dataset, kinds: Mapping[str, Kind]) -> list[Finding]:
    """Tries every feature column alone."""
    train, validation = _sample(dataset.train, _MOST_TRAIN), _sample(dataset.validation, _MOST_SCORED)
    truth = np.concatenate([train.truth, validation.truth])
    are_classes = dataset.class_target is not None
    answers = Answers(truth if are_classes else rank(truth), are_classes)
    target = dataset.config.data.target
    kindred = kindred_names(target, kinds)
    learned, scored = np.arange(train.n_rows), train.n_rows + np.arange(validation.n_rows)

    section = dataset.config.preprocessing

    def try_column(name: str) -> Finding | None:
        column = _column(train, validation, name, kinds[name], section)
        if column is None:
            return None
        amounts = (answers if are_classes else Answers(truth, False)) if name in kindred else None
        return leak_finding(
            name,
            column,
            answers,
            train=learned,
            scored=scored,
            target=target,
            config=loaded.config,
            amounts=amounts,
        )

    found = for_each_column(kinds, try_column, n_rows=dataset.table.n_rows)
    return [finding for finding in found.values() if finding is not None]


def _sample(labelled: LabelledRows, n_most: int) -> LabelledRows:
    """At most so many of the rows, chosen by chance but always the same."""
    if labelled.n_rows <= n_most:
        return labelled
    return labelled.take(np.sort(np.random.default_rng(0).permutation(labelled.n_rows)[:n_most]))


def _column(
    train: LabelledRows, scored: LabelledRows, name: str, kind: Kind, section: PreprocessingSection
) -> Column | None:
    """A column of some training rows and then of some others; None when the two are of different types."""
    parts = [_cells(part, name) for part in (train, scored)]
    column = section.columns.get(name, ColumnSection())
    if len({part.type for part in parts}) > 1:
        return None
    cells = pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type)
    joined = Table(pa.Table.from_arrays([cells], [name]), train.table.source)
    try:
        if kind == "categorical":
            codes = integers_from_arrow(categorical_values(joined, name).indices, missing=-1).astype(np.float64)
            return Column(np.where(codes < 0, np.nan, codes), is_ordered=False)
        if kind == "datetime":
            return Column(
                _days(datetime_values(joined, name, date_format=column.format or section.datetime.format)),
                is_ordered=True,
            )
        return Column(numbers_of(joined, name, column.map), is_ordered=True)
    except DataError:
        # A cell of another file, which reading that one has to complain about.
        return None


def _days(times: np.ndarray) -> np.ndarray:
    """Days since 1970, float64, NaN for NaT, of datetime64[us]."""
    return np.asarray((times - np.datetime64(0, "us")) / np.timedelta64(1, "D"))


def _cells(labelled: LabelledRows, name: str) -> pa.ChunkedArray:
    """The cells of some rows; nulls when their file lacks the column."""
    columns = labelled.table.columns
    position = columns.schema.get_field_index(name)
    if position < 0:
        return pa.chunked_array([pa.nulls(labelled.n_rows)])
    return columns.column(position).take(arrow_from_numpy(labelled.rows))


def _groups(dataset: Dataset, profiles: list[ColumnProfile]) -> list[Finding]:
    """Looks at all columns, because leaving one out keeps no group together."""
    train, test, config = dataset.train, dataset.test, dataset.config
    if test.table is not train.table:
        return []
    truth = np.zeros(train.table.n_rows)
    for part in (train, test):
        truth[part.rows] = part.truth
    if dataset.class_target is None:
        values = rank(truth)
    else:
        values = (truth == np.argmax(np.bincount(train.truth))).astype(np.float64)

    def share(profile: ColumnProfile) -> SharedGroups:
        codes = integers_from_arrow(categorical_values(train.table, profile.name).indices, missing=-1)
        return shared_groups(profile.name, codes, values, train=train.rows, test=test.rows)

    named = (profile for profile in profiles if profile.name not in (config.split.column, config.data.weight))
    return group_findings([share(profile) for profile in named if may_be_group(profile)], config.data.target)


def _fitted_target(dataset: Dataset) -> Target:
    """The target as a fit would encode it.

    Raises:
        DataError: Some targets cannot be encoded.
    """
    config, train = dataset.config, dataset.train
    target = dataset.class_target or fit_regression_target(
        train.table, config.data.target, train.rows, config.preprocessing.target
    )
    for table in {id(part.table): part.table for part in (train, dataset.validation, dataset.test)}.values():
        target.encode(table)
    return target


def _refusal(error: DataError) -> Finding:
    return Finding("error", "refused", None, str(error))
