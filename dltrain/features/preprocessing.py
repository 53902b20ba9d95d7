"""The fitted state of all columns, and the way from a table to the network's input."""

from collections.abc import Iterable, Mapping
from typing import Annotated, assert_never

import numpy as np
from pydantic import Field, model_validator

from dltrain.config.preprocessing import (
    BooleanSection,
    CategoricalSection,
    Kind,
    NumericSection,
    PreprocessingSection,
)
from dltrain.config.section import Section
from dltrain.errors import DataError, quoted_list
from dltrain.features.boolean import BooleanFeature, fit_boolean
from dltrain.features.categorical import CategoricalFeature, fit_categorical
from dltrain.features.columns import for_each_column
from dltrain.features.encoded import ColumnCounts, EncodedFeatures
from dltrain.features.numeric import NumericFeature, fit_numeric
from dltrain.features.options import column_options
from dltrain.features.target import ClassTarget, RegressionTarget
from dltrain.table import Table, infer_kind

Feature = Annotated[NumericFeature | CategoricalFeature | BooleanFeature, Field(discriminator="kind")]
Target = Annotated[RegressionTarget | ClassTarget, Field(discriminator="task")]


class Preprocessing(Section):
    """Everything that was learned from the training rows before the network saw them.

    Attributes:
        features: The feature columns, in the order of the training table.
        target: The target column.
    """

    features: tuple[Feature, ...] = Field(min_length=1)
    target: Target

    @model_validator(mode="after")
    def _names_differ(self) -> "Preprocessing":
        names = [self.target.name, *self.column_names]
        if len(set(names)) < len(names):
            raise ValueError("expected different columns for all features and the target")
        return self

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns that a table to encode must have."""
        return tuple(feature.name for feature in self.features)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the dense columns: numbers, then one-hot blocks, each in the order of `features`."""
        return tuple(name for feature in (*self._numbers, *self._blocks) for name in feature.feature_names)

    @property
    def n_features(self) -> int:
        """The width of the network's input."""
        return sum(feature.width for feature in self.features)

    @property
    def _numbers(self) -> list[Feature]:
        return [feature for feature in self.features if not _is_one_hot(feature)]

    @property
    def _blocks(self) -> list[Feature]:
        return [feature for feature in self.features if _is_one_hot(feature)]

    def encode(self, table: Table) -> EncodedFeatures:
        """Encodes all rows of a table. The order of its columns, and further columns, make no difference.

        Raises:
            DataError: Columns are missing, or cells do not fit their column; all columns in one message.
        """
        self._check_columns(table)
        numbers = np.empty((table.n_rows, len(self._numbers)), dtype=np.float32)
        codes = np.empty((table.n_rows, len(self._blocks)), dtype=np.int32)
        places: dict[str, np.ndarray] = {feature.name: numbers[:, place] for place, feature in enumerate(self._numbers)}
        places |= {feature.name: codes[:, place] for place, feature in enumerate(self._blocks)}
        features = {feature.name: feature for feature in self.features}

        def encode_column(name: str) -> ColumnCounts:
            places[name][:], counts = features[name].encode(table)
            return counts

        counts = for_each_column(features, encode_column)
        return EncodedFeatures(
            numbers,
            codes,
            widths=tuple(feature.width for feature in self._blocks),
            unseen={name: counts[name].unseen for name in counts},
            missing={name: counts[name].missing for name in counts},
        )

    def _check_columns(self, table: Table) -> None:
        available = dict.fromkeys(table.column_names)
        missing = [name for name in self.column_names if name not in available]
        if missing:
            required = "1 required column is" if len(missing) == 1 else f"{len(missing):,} required columns are"
            raise DataError(
                f"{table.source}: {required} missing: {quoted_list(missing)}; "
                f"available: {quoted_list(list(available), limit=20)}"
            )


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
        return stated or infer_kind(table.take(rows, [name]), name)

    return for_each_column(names, kind_of)


def fit_preprocessing(
    table: Table,
    rows: np.ndarray,
    *,
    kinds: Mapping[str, Kind],
    section: PreprocessingSection,
    target: RegressionTarget | ClassTarget,
) -> Preprocessing:
    """Fits every feature column to the training rows.

    Args:
        table: Holds the columns.
        rows: int64 `(n,)`, n >= 1, the training rows.
        kinds: The feature columns in order, with their kinds.
        section: What to do with them.
        target: Fitted.

    Raises:
        ConfigError: Options do not fit the kind of their column; all of them in one message.
        DataError: Cells do not fit their column, or a column has nothing to learn from; likewise.
    """
    options = for_each_column(kinds, lambda name: column_options(section, name, kinds[name]))

    def fit_column(name: str) -> Feature:
        match options[name]:
            case NumericSection() as numeric:
                return fit_numeric(table, name, rows, numeric)
            case CategoricalSection() as categorical:
                return fit_categorical(table, name, rows, categorical)
            case BooleanSection() as boolean:
                return fit_boolean(table, name, rows, boolean)
            case other:
                assert_never(other)

    return Preprocessing(features=tuple(for_each_column(kinds, fit_column).values()), target=target)


def _is_one_hot(feature: Feature) -> bool:
    return isinstance(feature, CategoricalFeature) and feature.encode_as == "one_hot"
