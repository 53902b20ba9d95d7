"""The fitted state of all columns, and the way from a table to the network's input."""

from typing import Annotated

from pydantic import Field, model_validator

from dltrain.config.sections.section import Section
from dltrain.errors import DataError, quoted_list
from dltrain.features.boolean import BooleanFeature
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.columns import for_each_column
from dltrain.features.datetimes import DatetimeFeature
from dltrain.features.distribution import Distribution
from dltrain.features.encoded import CellRemarks, ColumnBuffers, ColumnCounts, EncodedFeatures
from dltrain.features.numeric import NumericFeature
from dltrain.features.target import ClassTarget, RegressionTarget
from dltrain.table import Table

Feature = Annotated[NumericFeature | CategoricalFeature | BooleanFeature | DatetimeFeature, Field(discriminator="kind")]
Target = Annotated[RegressionTarget | ClassTarget, Field(discriminator="task")]


class Preprocessing(Section):
    """Everything that was learned from the training rows before the network saw them.

    Attributes:
        features: The feature columns, in the order of the training table.
        target: The target column.
        distribution: How the training rows are distributed; None in the first runs of format 1, which do not tell.
    """

    features: tuple[Feature, ...] = Field(min_length=1, fail_fast=True)
    target: Target
    distribution: Distribution | None = None

    @model_validator(mode="after")
    def _names_differ(self) -> "Preprocessing":
        names = [self.target.name, *self.column_names]
        if len(set(names)) < len(names):
            raise ValueError("expected different columns for all features and the target")
        return self

    @model_validator(mode="after")
    def _distribution_fits(self) -> "Preprocessing":
        if self.distribution is None:
            return self
        expected = [
            (feature.width + 1,) if is_one_hot(feature) else (None,) * feature.width for feature in self.features
        ]
        found = [
            tuple(len(bins.shares) if bins.edges is None else None for bins in column.parts)
            for column in self.distribution.columns
        ]
        if found != expected:
            raise ValueError("distribution: expected the bins of every feature")
        return self

    @property
    def class_target(self) -> ClassTarget | None:
        """The target with its labels; None for regression."""
        return self.target if isinstance(self.target, ClassTarget) else None

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
    def n_outputs(self) -> int:
        """The width of the network's output."""
        return self.target.n_outputs

    @property
    def n_compact(self) -> int:
        """Numbers and codes of a row in compact form."""
        return sum(1 if is_one_hot(feature) else feature.width for feature in self.features)

    @property
    def n_one_hot(self) -> int:
        """The width of all one-hot blocks together."""
        return sum(feature.width for feature in self._blocks)

    @property
    def _numbers(self) -> list[Feature]:
        return [feature for feature in self.features if not is_one_hot(feature)]

    @property
    def _blocks(self) -> list[Feature]:
        return [feature for feature in self.features if is_one_hot(feature)]

    def encode(self, table: Table, *, with_remarks: bool = False) -> EncodedFeatures:
        """Encodes all rows of a table. The order of its columns, and further columns, make no difference.

        Args:
            table: The table.
            with_remarks: Whether to note which cells are remarkable, and not only how many.

        Raises:
            DataError: Columns are missing, or cells do not fit their column; all columns in one message.
        """
        self._check_columns(table)
        features = {feature.name: feature for feature in self.features}
        buffers = ColumnBuffers(
            table.n_rows, {name: 0 if is_one_hot(feature) else feature.width for name, feature in features.items()}
        )

        def encode(name: str) -> tuple[ColumnCounts, CellRemarks | None]:
            remarks = buffers.put(name, features[name].encode(table))
            return remarks.counts, remarks if with_remarks else None

        columns = for_each_column(features, encode, n_rows=table.n_rows)
        return buffers.features(
            tuple(feature.width for feature in self._blocks),
            counts={name: counts for name, (counts, _) in columns.items()},
            remarks={name: remarks for name, (_, remarks) in columns.items() if remarks is not None},
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


def is_one_hot(feature: Feature) -> bool:
    """Whether the feature becomes a one-hot block."""
    return isinstance(feature, CategoricalFeature) and feature.encode_as == "one_hot"
