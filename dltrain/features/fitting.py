"""From a table to the fitted state of its columns and their encoded rows, from one parse of every column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from dltrain.config.preprocessing import (
    BooleanSection,
    CategoricalSection,
    Kind,
    NumericSection,
    PreprocessingSection,
)
from dltrain.errors import DataError
from dltrain.features.boolean import fit_boolean
from dltrain.features.categorical import fit_categorical
from dltrain.features.columns import for_each_column
from dltrain.features.distribution import ColumnDistribution, Distribution, fit_distribution
from dltrain.features.encoded import CategoryCounts, ColumnBuffers, ColumnCounts, EncodedFeatures, FittedColumn
from dltrain.features.numeric import fit_numeric
from dltrain.features.options import column_options
from dltrain.features.preprocessing import Feature, is_one_hot
from dltrain.table import Table, infer_kind


@dataclass(frozen=True)
class FittedFeatures:
    """The feature columns of a table after fitting.

    Attributes:
        features: What was learned from the training rows, in the order of the columns.
        encoded: All rows of the table, what `Preprocessing.encode` gives for it.
        categories: Categorical column → what the training rows hold of it.
        distribution: How the training rows are distributed.
    """

    features: tuple[Feature, ...]
    encoded: EncodedFeatures
    categories: dict[str, CategoryCounts]
    distribution: Distribution


def feature_kinds(
    table: Table, rows: np.ndarray, names: Iterable[str], section: PreprocessingSection
) -> dict[str, Kind]:
    """The kinds of columns: the one the config names, or the one inferred from the training rows.

    Args:
        table: Holds the columns.
        rows: int64 `(n,)`, n >= 1, the training rows.
        names: The feature columns.
        section: May name kinds.

    Raises:
        DataError: Columns whose kind cannot be inferred; all of them in one message.
    """

    def kind_of(name: str) -> Kind:
        stated = section.columns[name].kind if name in section.columns else None
        if stated is not None:
            return stated
        try:
            return infer_kind(table.take(rows, [name]), name)
        except DataError:
            # What is wrong with the training rows is often wrong with others too: one message for all of them.
            infer_kind(table, name)
            raise

    return for_each_column(names, kind_of, n_rows=table.n_rows)


def fit_features(
    table: Table, rows: np.ndarray, *, kinds: Mapping[str, Kind], section: PreprocessingSection
) -> FittedFeatures:
    """Fits every feature column to the training rows, and encodes all rows on the way.

    Beside the encoded rows, only the columns that are being worked on are in memory.

    Args:
        table: Holds the columns.
        rows: int64 `(n,)`, n >= 1, the training rows.
        kinds: The feature columns in order, with their kinds.
        section: What to do with them.

    Raises:
        ConfigError: Options do not fit the kind of their column; all of them in one message.
        DataError: Cells do not fit their column, or a column has nothing to learn from; likewise.
    """
    options = for_each_column(kinds, lambda name: column_options(section, name, kinds[name]))
    buffers = ColumnBuffers(table.n_rows, {name: _n_numbers(options[name]) for name in kinds})

    def fit_column(name: str) -> tuple[Feature, ColumnCounts, CategoryCounts | None, ColumnDistribution]:
        fitted = _fit_column(table, name, rows, options[name])
        distribution = fit_distribution(fitted.encoded, rows, width=fitted.feature.width)
        return fitted.feature, buffers.put(name, fitted.encoded).counts, fitted.categories, distribution

    columns = for_each_column(kinds, fit_column, n_rows=table.n_rows)
    features = tuple(feature for feature, *_ in columns.values())
    widths = tuple(feature.width for feature in features if is_one_hot(feature))
    return FittedFeatures(
        features=features,
        encoded=buffers.features(widths, {name: counts for name, (_, counts, *_) in columns.items()}),
        categories={name: counts for name, (_, _, counts, _) in columns.items() if counts is not None},
        distribution=Distribution(rows=len(rows), columns=tuple(column for *_, column in columns.values())),
    )


def _fit_column(
    table: Table, name: str, rows: np.ndarray, options: NumericSection | CategoricalSection | BooleanSection
) -> FittedColumn[Feature]:
    match options:
        case NumericSection():
            return fit_numeric(table, name, rows, options)
        case CategoricalSection():
            return fit_categorical(table, name, rows, options)
        case BooleanSection():
            return fit_boolean(table, name, rows, options)
        case _:
            assert_never(options)


def _n_numbers(options: NumericSection | CategoricalSection | BooleanSection) -> int:
    """How many numbers a column becomes; 0 for a one-hot block."""
    return 0 if isinstance(options, CategoricalSection) and options.encode == "one_hot" else 1
