"""What a check says of the divided rows: sizes, leaks, rows and groups on both sides."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config import LoadedConfig
from dltrain.config.architecture import describe_network
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import DataError
from dltrain.features import FittedFeatures, fit_regression_target
from dltrain.features.preprocessing import Target
from dltrain.profiling import ColumnProfile, Finding, profile_column
from dltrain.profiling.findings_groups import SharedGroups, group_findings, may_be_group, shared_groups
from dltrain.profiling.findings_rows import (
    class_size_findings,
    network_findings,
    size_findings,
    time_findings,
)
from dltrain.profiling.findings_schedule import schedule_findings
from dltrain.profiling.findings_target import class_findings, loss_findings
from dltrain.profiling.one_column import rank
from dltrain.table import (
    arrow_from_numpy,
    categorical_values,
    integers_from_arrow,
    numpy_from_arrow,
)
from dltrain.workflows.checking.refusal import refusal
from dltrain.workflows.checking.rows import row_findings
from dltrain.workflows.fitting.doubts import few_to_decide
from dltrain.workflows.fitting.leaks import leak_findings
from dltrain.workflows.rows.dataset import Dataset
from dltrain.workflows.rows.split_promises import promise_findings

_FIRST_NUMBER: Final = r"^\P{L}*?(?P<number>[+-]?\d+(?:\.\d+)?)"
"""No letter stands before the number, as one does in the code P017."""

_MOST_TEXTS: Final = 0.9
_INFINITE: Final = arrow_from_numpy(np.array([np.inf]))[0]


def split_findings(
    loaded: LoadedConfig,
    dataset: Dataset,
    fitted: FittedFeatures | None,
    kinds: Mapping[str, Kind],
    profiles: Mapping[str, ColumnProfile],
    *,
    refused: Collection[str],
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
    leaks, leaking_dates = leak_findings(
        loaded, dataset, kinds, [profile.name for profile in others if profile.looks == "date"]
    )
    told = {finding.column for finding in leaks if finding.topic in ("leak", "time")} | leaking_dates
    times = time_findings([_of_rows(dataset, profile) for profile in others if profile.name not in told], config)
    is_by_time = any("split.strategy=time" in finding.change for finding in (*leaks, *times))
    findings = [
        *_target_findings(dataset),
        *size_findings(config, n_test=dataset.test.n_rows, may_have_folds=not is_by_time),
        *_test_classes(dataset, may_have_folds=not is_by_time),
        *([few] if (few := few_to_decide(dataset)) is not None else []),
        *leaks,
        *_groups(dataset, [profile for profile in others if profile.name not in refused]),
        *promise_findings(dataset),
        *times,
        *schedule_findings(config, n_train=dataset.train.n_rows),
    ]
    try:
        target = _fitted_target(dataset)
    except DataError as error:
        return [*findings, refusal(error)]
    if fitted is None:
        return findings
    return [*findings, *_network_findings(dataset, fitted), *row_findings(dataset, fitted, target, profiles)]


def _of_rows(dataset: Dataset, profile: ColumnProfile) -> ColumnProfile:
    """The profile of dates in the rows that are divided: those without a target may lack a date."""
    if profile.looks != "date" or profile.n_known == profile.n_rows:
        return profile
    parts = [part.rows for part in (dataset.train, dataset.validation, dataset.test) if part.table is dataset.table]
    return profile_column(dataset.table.take(np.sort(np.concatenate(parts)), [profile.name]), profile.name)


def _target_findings(dataset: Dataset) -> list[Finding]:
    target, train = dataset.class_target, dataset.train
    if target is None:
        return loss_findings(train.truth, dataset.config)
    counts = np.bincount(train.truth, minlength=len(target.labels))
    return class_findings(target.labels, counts, dataset.config)


def _test_classes(dataset: Dataset, *, may_have_folds: bool) -> list[Finding]:
    target = dataset.class_target
    if target is None:
        return []
    counts = np.bincount(dataset.test.truth, minlength=len(target.labels))
    return class_size_findings(target.labels, counts, dataset.config, may_have_folds=may_have_folds)


def _network_findings(dataset: Dataset, fitted: FittedFeatures) -> list[Finding]:
    config, target = dataset.config, dataset.class_target
    layers = describe_network(
        config.model,
        n_features=fitted.encoded.n_features,
        n_outputs=1 if target is None else target.n_outputs,
    )
    return network_findings(config, layers, n_train=dataset.train.n_rows)


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
        cells = categorical_values(train.table, profile.name)
        codes = integers_from_arrow(cells.indices, missing=-1)
        amounts = _first_numbers(cells.dictionary)
        return shared_groups(profile.name, codes, values, train=train.rows, test=test.rows, amounts=amounts)

    named = (profile for profile in profiles if profile.name not in (config.split.column, config.data.weight))
    return group_findings([share(profile) for profile in named if may_be_group(profile)], config.data.target)


def _first_numbers(texts: pa.Array) -> np.ndarray | None:
    """The number that each text begins with, float64 `(n,)`, infinite for one with none; None where most have none."""
    found = pc.struct_field(pc.extract_regex(texts, _FIRST_NUMBER), "number").cast(pa.float64())
    is_found = numpy_from_arrow(found.is_valid())
    return numpy_from_arrow(pc.fill_null(found, _INFINITE)) if is_found.mean() >= _MOST_TEXTS else None


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
