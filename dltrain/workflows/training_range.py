"""Numbers beyond those that training saw."""

from typing import assert_never

import numpy as np

from dltrain.features import Preprocessing
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import AffineScaler, QuantileNormalScaler, Scaler, Unscaled
from dltrain.table import Table, numeric_values


def count_out_of_range(preprocessing: Preprocessing, table: Table) -> dict[str, int]:
    """Counts the numbers below the minimum or above the maximum of the training rows.

    The run knows them of columns with `scale: min_max` and `scale: quantile_normal` only. Missing values count nowhere.

    Args:
        preprocessing: Fitted.
        table: A table that it can encode.

    Returns:
        Column → cells, for the columns whose range is known.
    """
    return {
        feature.name: int(np.count_nonzero(_is_outside(feature.scaler, numeric_values(table, feature.name))))
        for feature in preprocessing.features
        if isinstance(feature, NumericFeature) and _knows_range(feature.scaler)
    }


def _knows_range(scaler: Scaler) -> bool:
    return isinstance(scaler, QuantileNormalScaler) or scaler.type == "min_max"


def _is_outside(scaler: Scaler, values: np.ndarray) -> np.ndarray:
    """Which values lie beyond the range, bool `(n,)`, for scalers that know it."""
    match scaler:
        case QuantileNormalScaler():
            low, high = scaler.quantiles[0], scaler.quantiles[-1]
            return (values < low) | (values > high)
        case AffineScaler():
            # Scaled, the maximum is 1 to the last bit; offset + scale may miss it.
            scaled = scaler.transform(values)
            return (scaled < 0) | (scaled > 1)
        case Unscaled():
            return np.zeros(values.shape, np.bool_)
        case _:
            assert_never(scaler)
