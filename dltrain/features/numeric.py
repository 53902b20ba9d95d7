"""Numeric features: far values are clipped, missing ones filled, then the column is scaled."""

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from dltrain.config.sections.preprocessing import NumericImpute, NumericSection
from dltrain.config.sections.section import Section
from dltrain.errors import DataError
from dltrain.features.encoded import CellRemarks, EncodedColumn, FittedColumn, found
from dltrain.features.missing_cells import (
    NEVER_FILLED,
    check_complete,
    indicator_names,
    no_values_error,
    with_indicator,
)
from dltrain.features.precision import compute_float32
from dltrain.features.scaling import Scaler, fit_scaler
from dltrain.table import Table, mapped_values, numeric_values


class MappedText(Section):
    """A text, and the number that it means."""

    text: str
    number: float


class NumericFeature(Section):
    """A fitted numeric column.

    Attributes:
        name: The column.
        impute: Where `fill_value` comes from.
        fill_value: Replaces a missing value, before scaling; None for `impute: error` and `drop`.
        scaler: Fitted on the filled column.
        minimum, maximum: Of the values in the training rows; None where there are none, and in the first runs of
            format 1, which do not have them.
        bounds: Values beyond these become the nearer one, before missing ones are filled; None without `clip`.
        map: Texts and the numbers that they mean; empty without.
        has_indicator: Whether a second number says that the value is missing.
    """

    kind: Literal["numeric"] = "numeric"
    name: str
    impute: NumericImpute
    fill_value: float | None
    scaler: Scaler
    minimum: float | None = None
    maximum: float | None = None
    bounds: tuple[float, float] | None = None
    map: tuple[MappedText, ...] = Field(default=(), fail_fast=True)
    has_indicator: bool = False

    @model_validator(mode="after")
    def _is_consistent(self) -> "NumericFeature":
        if (self.impute in NEVER_FILLED) != (self.fill_value is None):
            raise ValueError("expected a fill_value unless impute is error or drop")
        if self.bounds is not None and self.bounds[0] > self.bounds[1]:
            raise ValueError("expected ascending bounds")
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
            DataError: The column is missing, or has cells that are not numbers or too large for float32.
        """
        return self.encode_values(numbers_of(table, self.name, {pair.text: pair.number for pair in self.map}), table)

    def encode_values(self, values: np.ndarray, table: Table) -> EncodedColumn:
        """Encodes what `numeric_values` gives for the column of a table, float64 `(n_rows,)`.

        Raises:
            DataError: Some numbers are too large for float32, or cells are missing and nothing says what they mean.
        """
        is_missing = found(np.isnan(values))
        check_complete(table, self.name, is_missing, impute=self.impute)
        filled = _filled(_clipped(values, self.bounds), self.fill_value)
        numbers = compute_float32(self.scaler.transform, filled, table=table, name=self.name)
        numbers = with_indicator(numbers, is_missing, self.has_indicator)
        return EncodedColumn(numbers, CellRemarks(missing=is_missing, out_of_range=self._out_of_range(values)))

    def _out_of_range(self, values: np.ndarray) -> np.ndarray | None:
        if self.minimum is None or self.maximum is None:
            return None
        # Comparisons with NaN are false: what is missing lies nowhere.
        return found((values < self.minimum) | (values > self.maximum))


def numbers_of(table: Table, name: str, mapping: Mapping[str, float] | None) -> np.ndarray:
    """The numbers of a numeric column, float64 `(n_rows,)`, NaN where the cell is missing.

    Raises:
        DataError: There is no such column, or cells are neither numbers nor in the mapping.
    """
    return mapped_values(table, name, mapping) if mapping else numeric_values(table, name)


def fit_numeric(
    table: Table,
    name: str,
    rows: np.ndarray,
    options: NumericSection,
    *,
    mapping: Mapping[str, float] | None = None,
) -> FittedColumn[NumericFeature]:
    """Fits a numeric column and encodes it.

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows.
        options: What to do with the column; `fill_value` is set for `impute: constant`.
        mapping: Texts and the numbers that they mean.

    Raises:
        DataError: A cell is not a number, no training row has one, or they are too large to compute with.
    """
    values = numbers_of(table, name, mapping)
    training_values = values[rows]
    feature = _fit_values(training_values, table, name, options)
    if mapping is not None:
        feature = feature.model_copy(
            update={"map": tuple(MappedText(text=text, number=number) for text, number in mapping.items())}
        )
    n_clipped = 0
    if feature.bounds is not None:
        low, high = feature.bounds
        n_clipped = int(np.count_nonzero((training_values < low) | (training_values > high)))
    return FittedColumn(feature, feature.encode_values(values, table), n_clipped=n_clipped)


def _fit_values(values: np.ndarray, table: Table, name: str, options: NumericSection) -> NumericFeature:
    """Fits a column to the values of the training rows."""
    known = values[~np.isnan(values)]
    if known.size == 0 and options.impute != "constant":
        raise no_values_error(table, name, options.impute)
    bounds = None
    if options.clip is not None and known.size:
        low, high = np.quantile(np.sort(known), options.clip).tolist()
        # Interpolation between huge values may overflow; rounding may cross equal ones.
        bounds = (low, max(low, high)) if np.isfinite([low, high]).all() else None
    clipped = _clipped(known, bounds)
    try:
        fill_value = options.fill_value if options.impute == "constant" else _statistic(clipped, options.impute)
        scaler = fit_scaler(options.scale, _filled(_clipped(values, bounds), fill_value))
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
        bounds=bounds,
        has_indicator=options.indicator,
    )


def _clipped(values: np.ndarray, bounds: tuple[float, float] | None) -> np.ndarray:
    return values if bounds is None else np.clip(values, *bounds)


def _filled(values: np.ndarray, fill_value: float | None) -> np.ndarray:
    """The values, or those that are not missing where nothing fills them."""
    is_missing = np.isnan(values)
    if not is_missing.any():
        return values
    return values[~is_missing] if fill_value is None else np.where(is_missing, fill_value, values)


def _statistic(known: np.ndarray, impute: NumericImpute) -> float | None:
    """What replaces a missing value; None where nothing does.

    Raises:
        OverflowError: It is infinite.
    """
    match impute:
        case "median" | "mean":
            # Sums of huge numbers are infinite.
            with np.errstate(over="ignore"):
                value = float(_median(known) if impute == "median" else np.mean(known))
            if not math.isfinite(value):
                raise OverflowError
            return value
        case "most_frequent":
            # The smallest of those that are equally frequent, as scikit-learn's.
            values, counts = np.unique(known, return_counts=True)
            return float(values[np.argmax(counts)])
        case _:
            return None


def _median(values: np.ndarray) -> np.float64:
    """`np.median` by NumPy's vectorised sort, which beats its own way of sorting no more than needed."""
    ascending = np.sort(values)
    middle: np.float64 = np.mean(ascending[(values.size - 1) // 2 : values.size // 2 + 1])
    return middle
