"""From a table to the fitted state of its columns and their encoded rows, from one parse of every column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, assert_never

import numpy as np

from dltrain.config.sections.preprocessing import (
    BooleanSection,
    CategoricalSection,
    ColumnSection,
    DatetimeSection,
    Kind,
    NumericSection,
    PreprocessingSection,
)
from dltrain.errors import DataError
from dltrain.features.boolean import fit_boolean
from dltrain.features.categorical import fit_categorical
from dltrain.features.columns import for_each_column
from dltrain.features.date_parts import PARTS, PERIODS
from dltrain.features.datetimes import fit_datetime, resolved_parts
from dltrain.features.distribution import ColumnDistribution, Distribution, fit_distribution
from dltrain.features.encoded import CategoryCounts, ColumnBuffers, ColumnCounts, EncodedFeatures, FittedColumn
from dltrain.features.free_text import check_is_no_free_text
from dltrain.features.numeric import fit_numeric
from dltrain.features.options import ColumnOptions, column_options
from dltrain.features.preprocessing import Feature, is_one_hot
from dltrain.features.target_encoding import TrainingAnswers
from dltrain.table import Table, infer_kind


class CellChanges(NamedTuple):
    """What fitting found in the training rows of a column and had to change.

    Attributes:
        missing: Cells without a value.
        clipped: Numbers beyond the bounds of `clip`.
    """

    missing: int
    clipped: int


class _Fitted(NamedTuple):
    """What is kept of one column."""

    feature: Feature
    counts: ColumnCounts
    changes: CellChanges
    categories: CategoryCounts | None
    distribution: ColumnDistribution


@dataclass(frozen=True)
class FittedFeatures:
    """The feature columns of a table after fitting.

    Attributes:
        features: What was learned from the training rows, in the order of the columns.
        encoded: All rows of the table: what `Preprocessing.encode` gives for it, but for the training rows of columns
            with `encode: target`, which never see their own answer.
        categories: Categorical column → what the training rows hold of it.
        distribution: How the training rows are distributed.
        changes: Column → what was missing or clipped in the training rows.
    """

    features: tuple[Feature, ...]
    encoded: EncodedFeatures
    categories: dict[str, CategoryCounts]
    distribution: Distribution
    changes: dict[str, CellChanges]


def feature_kinds(
    table: Table, rows: np.ndarray, names: Iterable[str], section: PreprocessingSection
) -> dict[str, Kind]:
    """The kinds of columns: the one the config names, or the one inferred from all rows of the table.

    A kind says how a column is written, not what is in it: it must not depend on which rows chance makes training rows.

    Args:
        table: Holds the columns.
        rows: int64 `(n,)`, n >= 1, the training rows.
        names: The feature columns.
        section: May name kinds.

    Raises:
        DataError: Columns whose kind cannot be inferred, or that hold free text and no stated kind; all of them in one
            message.
    """

    def kind_of(name: str) -> Kind:
        stated = section.column(name).stated_kind
        if stated is not None:
            return stated
        kind = infer_kind(table, name)
        if kind == "categorical":
            check_is_no_free_text(table.take(rows, [name]), name)
        return kind

    return for_each_column(names, kind_of, n_rows=table.n_rows)


def fit_features(
    table: Table,
    rows: np.ndarray,
    *,
    kinds: Mapping[str, Kind],
    section: PreprocessingSection,
    answers: TrainingAnswers | None = None,
) -> FittedFeatures:
    """Fits every feature column to the training rows, and encodes all rows on the way.

    Beside the encoded rows, only the columns that are being worked on are in memory.

    Args:
        table: Holds the columns.
        rows: int64 `(n,)`, n >= 1, the training rows.
        kinds: The feature columns in order, with their kinds.
        section: What to do with them.
        answers: The target of the training rows; None if no column has `encode: target`.

    Raises:
        ConfigError: Options do not fit the kind of their column; all of them in one message.
        DataError: Cells do not fit their column, or a column has nothing to learn from; likewise.
    """
    options = for_each_column(kinds, lambda name: column_options(section, name, kinds[name]))
    options |= for_each_column(
        [name for name in kinds if kinds[name] == "datetime"],
        lambda name: _with_parts(table, name, rows, options[name]),
        n_rows=table.n_rows,
    )
    buffers = ColumnBuffers(table.n_rows, {name: _n_numbers(options[name], answers) for name in kinds})

    def fit_column(name: str) -> _Fitted:
        fitted = _fit_column(table, name, rows, options[name], section.column(name), answers)
        remarks = buffers.put(name, fitted.encoded)
        n_missing = 0 if remarks.missing is None else int(np.count_nonzero(remarks.missing[rows]))
        changes = CellChanges(missing=n_missing, clipped=fitted.n_clipped)
        distribution = fit_distribution(fitted.as_new or fitted.encoded, rows, width=fitted.feature.width)
        return _Fitted(fitted.feature, remarks.counts, changes, fitted.categories, distribution)

    columns = for_each_column(kinds, fit_column, n_rows=table.n_rows)
    features = tuple(column.feature for column in columns.values())
    widths = tuple(feature.width for feature in features if is_one_hot(feature))
    return FittedFeatures(
        features=features,
        encoded=buffers.features(widths, {name: column.counts for name, column in columns.items()}),
        categories={name: column.categories for name, column in columns.items() if column.categories is not None},
        changes={name: column.changes for name, column in columns.items()},
        distribution=Distribution(rows=len(rows), columns=tuple(column.distribution for column in columns.values())),
    )


def _with_parts(table: Table, name: str, rows: np.ndarray, options: ColumnOptions) -> ColumnOptions:
    """The options of a datetime column with its parts written out, so that its width is known before it is fitted."""
    assert isinstance(options, DatetimeSection)  # noqa: S101 - those of its kind
    try:
        return resolved_parts(table, name, rows, options)
    except DataError:
        # Fitting it says the same, together with what is wrong with other columns.
        return options.model_copy(update={"parts": PARTS})


def _fit_column(
    table: Table,
    name: str,
    rows: np.ndarray,
    options: ColumnOptions,
    column: ColumnSection,
    answers: TrainingAnswers | None,
) -> FittedColumn[Feature]:
    match options:
        case NumericSection():
            return fit_numeric(table, name, rows, options, mapping=column.map)
        case CategoricalSection():
            return fit_categorical(table, name, rows, options, order=column.order, answers=answers)
        case BooleanSection():
            return fit_boolean(table, name, rows, options)
        case DatetimeSection():
            return fit_datetime(table, name, rows, options)
        case _:
            assert_never(options)


def _n_numbers(options: ColumnOptions, answers: TrainingAnswers | None) -> int:
    """How many numbers a column becomes; 0 for a one-hot block."""
    match options:
        case CategoricalSection(encode="one_hot"):
            return 0
        case CategoricalSection(encode="target"):
            return 1 if answers is None else answers.n_outputs
        case NumericSection() | BooleanSection():
            return 1 + options.indicator
        case DatetimeSection():
            n_numbers = sum(2 if options.cyclic and part in PERIODS else 1 for part in options.parts or ())
            return n_numbers + options.indicator
        case _:
            return 1
