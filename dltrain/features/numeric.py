"""Numeric features: missing values are filled, then the column is scaled."""

from typing import Literal

import numpy as np

from dltrain.config.preprocessing import NumericImpute, NumericSection
from dltrain.config.section import Section
from dltrain.errors import DataError
from dltrain.features.encoded import CellRemarks, EncodedColumn, FittedColumn, found
from dltrain.features.precision import compute_float32
from dltrain.features.scaling import Scaler, fit_scaler
from dltrain.table import Table, numeric_values


class NumericFeature(Section):
    """A fitted numeric column.

    Attributes:
        name: The column.
        impute: Where `fill_value` comes from.
        fill_value: Replaces a missing value, before scaling.
        scaler: Fitted on the filled column.
        minimum, maximum: Of the values in the training rows; None where there are none, and in the first runs of
            format 1, which do not have them.
    """

    kind: Literal["numeric"] = "numeric"
    name: str
    impute: NumericImpute
    fill_value: float
    scaler: Scaler
    minimum: float | None = None
    maximum: float | None = None

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
        return self.encode_values(numeric_values(table, self.name), table)

    def encode_values(self, values: np.ndarray, table: Table) -> EncodedColumn:
        """Encodes what `numeric_values` gives for the column of a table.

        Raises:
            DataError: Some numbers are too large for float32.
        """
        is_missing = found(np.isnan(values))
        filled = values if is_missing is None else np.where(is_missing, self.fill_value, values)
        numbers = compute_float32(self.scaler.transform, filled, table=table, name=self.name)
        return EncodedColumn(numbers, CellRemarks(missing=is_missing, out_of_range=self._out_of_range(values)))

    def _out_of_range(self, values: np.ndarray) -> np.ndarray | None:
        if self.minimum is None or self.maximum is None:
            return None
        # Comparisons with NaN are false: what is missing lies nowhere.
        return found((values < self.minimum) | (values > self.maximum))


def fit_numeric(table: Table, name: str, rows: np.ndarray, options: NumericSection) -> FittedColumn[NumericFeature]:
    """Fits a numeric column and encodes it.

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows.
        options: What to do with the column; `fill_value` is set for `impute: constant`.

    Raises:
        DataError: A cell is not a number, no training row has one, or they are too large to compute with.
    """
    values = numeric_values(table, name)
    feature = _fit_values(values[rows], table, name, options)
    return FittedColumn(feature, feature.encode_values(values, table))


def _fit_values(values: np.ndarray, table: Table, name: str, options: NumericSection) -> NumericFeature:
    """Fits a column to the values of the training rows."""
    fill_value, known = options.fill_value, values[~np.isnan(values)]
    if fill_value is None:
        if known.size == 0:
            raise no_values_error(table, name, options.impute)
        with np.errstate(over="ignore"):
            fill_value = float(_median(known) if options.impute == "median" else np.mean(known))
    try:
        scaler = fit_scaler(options.scale, np.where(np.isnan(values), fill_value, values))
    except OverflowError as error:
        raise DataError(
            f"{table.source}: column '{name}': the values are too large to compute with, "
            f"from {np.nanmin(values):.6g} to {np.nanmax(values):.6g}",
            hint=f"data.drop: [{name}]",
        ) from error
    return NumericFeature(
        name=name,
        impute=options.impute,
        fill_value=fill_value,
        scaler=scaler,
        minimum=float(known.min()) if known.size else None,
        maximum=float(known.max()) if known.size else None,
    )


def _median(values: np.ndarray) -> np.float64:
    """`np.median` by NumPy's vectorised sort, which beats its own way of sorting no more than needed."""
    ascending = np.sort(values)
    middle: np.float64 = np.mean(ascending[(values.size - 1) // 2 : values.size // 2 + 1])
    return middle


def no_values_error(table: Table, name: str, impute: str) -> DataError:
    """The error for a column without a single value in the training rows."""
    return DataError(
        f"{table.source}: column '{name}': impute: {impute} needs a value in a training row, all are missing",
        hint=f"leave the column out: data.drop: [{name}]",
    )
