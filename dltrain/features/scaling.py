"""Scalers of numeric features and regression targets: the numbers that fitting finds, and what is done with them."""

from functools import cached_property
from typing import Annotated, Final, Literal, assert_never

import numpy as np
from pydantic import Field, model_validator

from dltrain.config.sections.preprocessing import Scale
from dltrain.config.sections.section import Section
from dltrain.features.normal import normal_quantile
from dltrain.features.ranks import Ranks

N_QUANTILES: Final = 1_000
"""Quantiles that describe a distribution, at most: scikit-learn's default."""

_EPSILON: Final = float(np.finfo(np.float64).eps)
_SMALLEST_PROBABILITY: Final = 1e-7 - _EPSILON


class Unscaled(Section):
    """Leaves values as they are."""

    type: Literal["none"] = "none"

    def transform(self, values: np.ndarray) -> np.ndarray:
        """Returns the values."""
        return values

    def inverse(self, scaled: np.ndarray) -> np.ndarray:
        """Returns the values."""
        return scaled


class AffineScaler(Section):
    """Subtracts `offset`, then divides by `scale`.

    Attributes:
        type: What the numbers are. standard: mean and standard deviation; robust: median and quartile range;
            min_max: minimum and range.
        offset: In the unit of the values.
        scale: In the unit of the values; 1 when the values do not vary.
    """

    type: Literal["standard", "robust", "min_max"]
    offset: float
    scale: float = Field(gt=0)

    def transform(self, values: np.ndarray) -> np.ndarray:
        """Scales float64 values of any shape; the result may be infinite for values near the largest float64."""
        with np.errstate(over="ignore"):
            return (values - self.offset) / self.scale

    def inverse(self, scaled: np.ndarray) -> np.ndarray:
        """Undoes `transform` for float64 values of any shape."""
        with np.errstate(over="ignore"):
            return scaled * self.scale + self.offset


class QuantileNormalScaler(Section):
    """Replaces a value by the normal quantile of its rank, between -5.2 and 5.2.

    Attributes:
        quantiles: Values at equally spaced ranks from the minimum to the maximum, ascending.
    """

    type: Literal["quantile_normal"] = "quantile_normal"
    quantiles: tuple[float, ...] = Field(min_length=1, max_length=N_QUANTILES, fail_fast=True)

    @model_validator(mode="after")
    def _ascending(self) -> "QuantileNormalScaler":
        if list(self.quantiles) != sorted(self.quantiles):
            raise ValueError("expected quantiles in ascending order")
        with np.errstate(over="ignore"):
            if not np.isfinite(np.diff(self.quantiles)).all():
                raise ValueError("expected quantiles with finite differences")
        return self

    @cached_property
    def _ranks(self) -> Ranks:
        return Ranks(np.array(self.quantiles))

    def transform(self, values: np.ndarray) -> np.ndarray:
        """Scales float64 values `(n,)`.

        The minimum and the maximum become -5.2 and 5.2, and so does what lies beyond them. scikit-learn does
        the same to values closer than 1e-7 to them; an absolute distance would erase columns of a tiny unit.
        """
        probability = self._ranks.of(values)
        return normal_quantile(np.clip(probability, _SMALLEST_PROBABILITY, 1.0 - _SMALLEST_PROBABILITY))


TargetScaler = Annotated[Unscaled | AffineScaler, Field(discriminator="type")]
Scaler = Annotated[Unscaled | AffineScaler | QuantileNormalScaler, Field(discriminator="type")]


def fit_affine_scaler(scale: Literal["standard", "robust", "min_max", "none"], values: np.ndarray) -> TargetScaler:
    """Fits a scaler that can be undone.

    Args:
        scale: Which scaler.
        values: float64 `(n,)`, n >= 1, finite.

    Raises:
        OverflowError: The values are too large to compute with.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        match scale:
            case "none":
                return Unscaled()
            case "standard":
                return _affine(scale, float(np.mean(values)), _deviation(values))
            case "robust":
                low, median, high = _percentiles(values, np.array([25.0, 50.0, 75.0])).tolist()
                return _affine(scale, median, _without_zero(high - low))
            case "min_max":
                low, high = float(np.min(values)), float(np.max(values))
                return _affine(scale, low, _without_zero(high - low))
            case _:
                assert_never(scale)


def fit_scaler(scale: Scale, values: np.ndarray) -> Scaler:
    """Fits a scaler. Equal to scikit-learn's StandardScaler, RobustScaler, MinMaxScaler and QuantileTransformer.

    Args:
        scale: Which scaler.
        values: float64 `(n,)`, n >= 1, finite.

    Raises:
        OverflowError: The values are too large to compute with.
    """
    if scale != "quantile_normal":
        return fit_affine_scaler(scale, values)
    with np.errstate(over="ignore", invalid="ignore"):
        quantiles = _percentiles(values, 100.0 * np.linspace(0.0, 1.0, min(N_QUANTILES, values.size)))
    if not np.isfinite(quantiles).all():
        raise OverflowError
    # Interpolation may be off by the last digit, which must not break the order.
    return QuantileNormalScaler(quantiles=tuple(np.maximum.accumulate(quantiles).tolist()))


def _percentiles(values: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    # NumPy would only sort as much as it needs to, which takes up to four times as long as its vectorised sort.
    return np.asarray(np.percentile(np.sort(values), ranks, overwrite_input=True))


def _affine(scale: Literal["standard", "robust", "min_max"], offset: float, divisor: float) -> AffineScaler:
    if not np.isfinite([offset, divisor]).all():
        raise OverflowError
    return AffineScaler(type=scale, offset=offset, scale=divisor)


def _deviation(values: np.ndarray) -> float:
    """The standard deviation, or 1 when it is nothing but rounding error, with scikit-learn's limit."""
    mean, variance = np.mean(values), np.var(values)
    rounding_error = values.size * _EPSILON * variance + (values.size * _EPSILON * mean) ** 2
    is_constant = np.isfinite(variance) and variance <= rounding_error
    return 1.0 if is_constant else float(np.sqrt(variance))


def _without_zero(divisor: float) -> float:
    """1 instead of a range that is nothing but rounding error, with scikit-learn's limit."""
    return 1.0 if divisor < 10 * _EPSILON else divisor
