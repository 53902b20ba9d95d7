"""Numeric features: missing values are filled, then the column is scaled."""

from typing import Literal

import numpy as np

from dltrain.config.preprocessing import NumericImpute, NumericSection
from dltrain.config.section import Section
from dltrain.errors import DataError
from dltrain.features.encoded import ColumnCounts, EncodedColumn
from dltrain.features.precision import to_float32
from dltrain.features.scaling import Scaler, fit_scaler
from dltrain.table import Table, numeric_values


class NumericFeature(Section):
    """A fitted numeric column.

    Attributes:
        name: The column.
        impute: Where `fill_value` comes from.
        fill_value: Replaces a missing value, before scaling.
        scaler: Fitted on the filled column.
    """

    kind: Literal["numeric"] = "numeric"
    name: str
    impute: NumericImpute
    fill_value: float
    scaler: Scaler

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
            DataError: The column is missing, or has cells that are not numbers or too large for float32.
        """
        values = numeric_values(table, self.name)
        is_missing = np.isnan(values)
        scaled = self.scaler.transform(np.where(is_missing, self.fill_value, values))
        numbers = to_float32(scaled, table=table, name=self.name)
        return EncodedColumn(numbers, ColumnCounts(missing=int(is_missing.sum())))


def fit_numeric(table: Table, name: str, rows: np.ndarray, options: NumericSection) -> NumericFeature:
    """Fits a numeric column.

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows.
        options: What to do with the column; `fill_value` is set for `impute: constant`.

    Raises:
        DataError: A cell is not a number, no training row has one, or they are too large to compute with.
    """
    values = numeric_values(table, name)[rows]
    is_missing = np.isnan(values)
    fill_value = options.fill_value
    if fill_value is None:
        if is_missing.all():
            raise no_values_error(table, name, options.impute)
        with np.errstate(over="ignore"):
            fill_value = float((np.median if options.impute == "median" else np.mean)(values[~is_missing]))
    try:
        scaler = fit_scaler(options.scale, np.where(is_missing, fill_value, values))
    except OverflowError as error:
        raise DataError(
            f"{table.source}: column '{name}': the values are too large to compute with, "
            f"from {np.nanmin(values):.6g} to {np.nanmax(values):.6g}",
            hint=f"data.drop: [{name}]",
        ) from error
    return NumericFeature(name=name, impute=options.impute, fill_value=fill_value, scaler=scaler)


def no_values_error(table: Table, name: str, impute: str) -> DataError:
    """The error for a column without a single value in the training rows."""
    return DataError(
        f"{table.source}: column '{name}': impute: {impute} needs a value in a training row, all are missing",
        hint=f"leave the column out: data.drop: [{name}]",
    )
