"""Boolean features: one number, 1 for true and 0 for false."""

from typing import Literal

import numpy as np

from dltrain.config.preprocessing import BooleanImpute, BooleanSection
from dltrain.config.section import Section
from dltrain.features.encoded import CellRemarks, EncodedColumn, FittedColumn, found
from dltrain.features.numeric import no_values_error
from dltrain.table import Table, boolean_values


class BooleanFeature(Section):
    """A fitted boolean column.

    Attributes:
        name: The column.
        impute: Where `fill_value` comes from.
        fill_value: Replaces a missing value.
    """

    kind: Literal["boolean"] = "boolean"
    name: str
    impute: BooleanImpute
    fill_value: bool

    @property
    def width(self) -> int:
        """Number of features that the column becomes."""
        return 1

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Their names."""
        return (self.name,)

    def encode(self, table: Table) -> EncodedColumn:
        """Encodes the column of a table as float32 numbers.

        Raises:
            DataError: The column is missing, or has cells that are neither true nor false.
        """
        return self.encode_values(boolean_values(table, self.name))

    def encode_values(self, values: np.ndarray) -> EncodedColumn:
        """Encodes what `boolean_values` gives for the column of a table."""
        is_missing = np.isnan(values)
        numbers = np.where(is_missing, self.fill_value, values).astype(np.float32)
        return EncodedColumn(numbers, CellRemarks(missing=found(is_missing)))


def fit_boolean(table: Table, name: str, rows: np.ndarray, options: BooleanSection) -> FittedColumn[BooleanFeature]:
    """Fits a boolean column and encodes it.

    When true and false are equally frequent, false counts as the most frequent.

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows.
        options: What to do with the column; `fill_value` is set for `impute: constant`.

    Raises:
        DataError: A cell is neither true nor false, or every training row lacks the value to fill with.
    """
    values = boolean_values(table, name)
    fill_value = options.fill_value
    if fill_value is None:
        training_values = values[rows]
        known = training_values[~np.isnan(training_values)]
        if known.size == 0:
            raise no_values_error(table, name, options.impute)
        fill_value = bool(known.mean() > 0.5)
    feature = BooleanFeature(name=name, impute=options.impute, fill_value=fill_value)
    return FittedColumn(feature, feature.encode_values(values))
