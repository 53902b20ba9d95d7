"""The error of every single row, and what the means of such errors can tell."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.config import Config
from dltrain.scoring.row_values import log_losses

_QUIET: Final = np.errstate(over="ignore", invalid="ignore")
"""Infinite errors are told in words."""


@dataclass(frozen=True)
class RowErrors:
    """How wrong predictions are, row by row; infinitely where they are too large to compute with.

    Attributes:
        name: What is measured, in words.
        values: float64 `(n,)`, >= 0.
        weight: float64 `(n,)`, >= 0 with a positive sum.
    """

    name: str
    values: np.ndarray
    weight: np.ndarray

    @property
    @_QUIET
    def mean(self) -> float:
        """Mean error of a row."""
        return float(np.average(self.values, weights=self.weight))

    @property
    def standard_error(self) -> float:
        """Standard error of the mean."""
        return standard_error(self.values, self.weight)

    @property
    def relative_standard_error(self) -> float:
        """The same as a share of the mean; infinite where that is 0."""
        return self.standard_error / self.mean if self.mean > 0 else math.inf

    @_QUIET
    def minus(self, other: "RowErrors") -> tuple[float, float]:
        """How much larger these errors are than others of the same rows, on average, and its standard error."""
        difference = self.values - other.values
        return float(np.average(difference, weights=self.weight)), standard_error(difference, self.weight)


@_QUIET
def row_errors(config: Config, truth: np.ndarray, predicted: np.ndarray, weight: np.ndarray | None = None) -> RowErrors:
    """Measures predictions by what the network was trained on: cross-entropy, squared or absolute error.

    Args:
        config: Resolved.
        truth: As `LabelledRows.truth`.
        predicted: As `Predictions.values`.
        weight: `(n,)`, or None where every row counts alike.
    """
    weight = np.ones(len(truth)) if weight is None else weight
    if predicted.ndim == 2:
        return RowErrors("cross-entropy", log_losses(truth, predicted), weight)
    if learns_means(config):
        return RowErrors("squared error", (truth - predicted) ** 2, weight)
    return RowErrors("absolute error", np.abs(truth - predicted), weight)


def learns_means(config: Config) -> bool:
    """Whether a regression predicts means, which have the least squared error, in the target's units."""
    assert config.training.loss is not None  # noqa: S101 - the config is resolved
    return config.training.loss.type in ("mse", "poisson") and config.preprocessing.target.transform == "none"


@_QUIET
def standard_error(values: np.ndarray, weight: np.ndarray) -> float:
    """Standard error of a weighted mean of independent values, `(n,)` each; infinite for a single value.

    It is NaN where a value is infinite.

    >>> standard_error(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4))
    0.6454972243679028
    """
    if np.count_nonzero(weight) < 2:
        return math.inf
    mean = np.average(values, weights=weight)
    n_counted = np.count_nonzero(weight)
    variance = np.sum((weight * (values - mean)) ** 2) * n_counted / (n_counted - 1)
    return float(np.sqrt(variance) / np.sum(weight))
