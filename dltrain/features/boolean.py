"""Boolean features: one number, 1 for true and 0 for false."""

from typing import Literal

import numpy as np
from pydantic import model_validator

from dltrain.config.sections.preprocessing import BooleanImpute, BooleanSection
from dltrain.config.sections.section import Section
from dltrain.features.encoded import CellRemarks, EncodedColumn, FittedColumn, found
from dltrain.features.missing_cells import (
    NEVER_FILLED,
    check_complete,
    indicator_names,
    no_values_error,
    with_indicator,
)
from dltrain.table import Table, boolean_values


class BooleanFeature(Section):
    """A fitted boolean column.

    Attributes:
        name: The column.
        impute: Where `fill_value` comes from.
        fill_value: Replaces a missing value; None for `impute: error` and `drop`.
        has_indicator: Whether a second number says that the value is missing.
    """

    kind: Literal["boolean"] = "boolean"
    name: str
    impute: BooleanImpute
    fill_value: bool | None
    has_indicator: bool = False

    @model_validator(mode="after")
    def _is_consistent(self) -> "BooleanFeature":
        if (self.impute in NEVER_FILLED) != (self.fill_value is None):
            raise ValueError("expected a fill_value unless impute is error or drop")
        return self

    @property
    def width(self) -> int:
        """Number of features that the column becomes."""
        return 1 + self.has_indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Their names."""
        return (self.name, *indicator_names(self.name, self.has_indicator))

    def encode(self, table: Table) -> EncodedColumn:
        """Encodes the column of a table as float32 numbers.

        Raises:
            DataError: The column is missing, or has cells that are neither true nor false.
        """
        return self.encode_values(boolean_values(table, self.name), table)

    def encode_values(self, values: np.ndarray, table: Table) -> EncodedColumn:
        """Encodes what `boolean_values` gives for the column of a table, float64 `(n_rows,)`.

        Raises:
            DataError: Some cells are missing and nothing says what they mean.
        """
        is_missing = found(np.isnan(values))
        check_complete(table, self.name, is_missing, impute=self.impute)
        filled = values if is_missing is None else np.where(is_missing, bool(self.fill_value), values)
        numbers = with_indicator(filled.astype(np.float32), is_missing, self.has_indicator)
        return EncodedColumn(numbers, CellRemarks(missing=is_missing))


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
    if options.impute != "constant":
        training_values = values[rows]
        known = training_values[~np.isnan(training_values)]
        if known.size == 0:
            raise no_values_error(table, name, options.impute)
        fill_value = None if options.impute in NEVER_FILLED else bool(known.mean() > 0.5)
    feature = BooleanFeature(name=name, impute=options.impute, fill_value=fill_value, has_indicator=options.indicator)
    return FittedColumn(feature, feature.encode_values(values, table))
