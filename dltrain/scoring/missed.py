"""Whether a network leaves something over that its inputs could tell: the sign of one that is too small.

More hidden units would help where they can predict what the network leaves over. So some are tried: random ReLU units
on the same inputs. A ridge regression fits their output weights to training rows; validation rows judge them.
What is left over is the negative gradient of the loss by the network's output, as in gradient boosting: for mse the
residual, for mae its sign, for cross-entropies the true value minus the probability.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.config.sections.losses import BinaryCrossentropy, CategoricalCrossentropy, Huber, Loss
from dltrain.scoring.row_errors import standard_error

UNITS: Final = 256
_PENALTIES: Final = np.geomspace(1e-6, 1e2, 17)
"""For each row."""
_LARGEST_INPUT: Final = 5.0
"""In standard deviations; a single odd row does not decide."""


@dataclass(frozen=True)
class LeftOver:
    """What a network leaves over on some rows.

    Attributes:
        inputs: float32 `(n, n_features)`.
        residuals: float64 `(n, n_outputs)`, see `loss_residuals`.
        weight: float64 `(n,)`, >= 0.
    """

    inputs: np.ndarray
    residuals: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Missed:
    """What more units could predict of it.

    Attributes:
        share: Of the validation rows' squared residuals, at most 1; below 0 where the units only guess.
        standard_errors: How far that is above 0, in standard errors.
        rows: Validation rows.
    """

    share: float
    standard_errors: float
    rows: int

    @property
    def at_most(self) -> float:
        """The share that chance may hide, two standard errors above the one that was seen."""
        return self.share + 2 * self.share / self.standard_errors if self.standard_errors else math.inf


def loss_residuals(loss: Loss, outputs: np.ndarray, answers: np.ndarray) -> np.ndarray | None:
    """The negative gradient of the loss by the last layer's sums, for linear, sigmoid and softmax outputs.

    Args:
        loss: The loss.
        outputs: float32 `(n, n_outputs)`.
        answers: As `Examples.y`.

    Returns:
        float64 `(n, n_outputs)`, or None for losses that are no sum of such residuals.
    """
    outputs = outputs.astype(np.float64)
    residuals: np.ndarray | None
    match loss:
        case CategoricalCrossentropy():
            residuals = loss.label_smoothing / outputs.shape[1] - outputs
            residuals[np.arange(len(answers)), answers] += 1 - loss.label_smoothing
        case BinaryCrossentropy():
            residuals = answers * (1 - loss.label_smoothing) + loss.label_smoothing / 2 - outputs
        case Huber():
            residuals = np.clip(answers - outputs, -loss.delta, loss.delta)
        case _:
            residuals = _plain_residuals(loss.type, answers - outputs)
    return residuals


def _plain_residuals(name: str, difference: np.ndarray) -> np.ndarray | None:
    match name:
        case "mse" | "poisson":
            return difference
        case "mae":
            return np.asarray(np.sign(difference))
        case "log_cosh":
            return np.asarray(np.tanh(difference))
        case _:
            return None


def find_missed(train: LeftOver, validation: LeftOver, *, seed: int) -> Missed | None:
    """Lets random units learn from some training rows and judges them on the validation rows.

    Returns:
        None where nothing is left over, or there are too few rows to tell.
    """
    train, validation = _counted(train), _counted(validation)
    mean, deviation = train.inputs.mean(axis=0), train.inputs.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    rng = np.random.default_rng(seed)
    n_features = train.inputs.shape[1]
    kernel = rng.normal(size=(n_features, UNITS)) / np.sqrt(max(n_features, 1))
    bias = rng.normal(size=UNITS)

    def hidden(inputs: np.ndarray) -> np.ndarray:
        scaled = np.clip((inputs - mean) / scale, -_LARGEST_INPUT, _LARGEST_INPUT)
        return np.asarray(np.maximum(scaled @ kernel + bias, 0.0))

    centre = np.average(train.residuals, axis=0, weights=train.weight)
    predict = _fit_ridge(hidden(train.inputs), train.residuals - centre, train.weight)
    left = validation.residuals - centre
    gain = np.sum(left**2 - (left - predict(hidden(validation.inputs))) ** 2, axis=1)
    total = float(np.average(np.sum(left**2, axis=1), weights=validation.weight))
    error = standard_error(gain, validation.weight)
    if not (total > 0 and error > 0):
        return None
    mean_gain = float(np.average(gain, weights=validation.weight))
    return Missed(mean_gain / total, mean_gain / error, len(gain))


def _counted(rows: LeftOver) -> LeftOver:
    """The rows that have a weight."""
    is_counted = rows.weight > 0
    return LeftOver(rows.inputs[is_counted], rows.residuals[is_counted], rows.weight[is_counted])


def _fit_ridge(hidden: np.ndarray, residuals: np.ndarray, weight: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Fits the output weights; generalised cross-validation chooses the penalty (Golub, Heath and Wahba, 1979)."""
    centre = np.average(hidden, axis=0, weights=weight)
    weight = weight[:, np.newaxis] / weight.mean()
    hidden = hidden - centre
    sizes, vectors = np.linalg.eigh(hidden.T @ (hidden * weight))
    sizes = np.maximum(sizes, 0.0)
    projected = vectors.T @ (hidden.T @ (residuals * weight))
    total = float(np.sum(weight * residuals**2))

    def score(penalty: float) -> float:
        kept = sizes / (sizes + penalty)
        # Twice what the projection takes off, less the square of it: the residual sum of squares of a ridge fit.
        taken = np.sum(projected**2, axis=1) / (sizes + penalty) * (2 - kept)
        return (total - float(taken.sum())) / (len(hidden) - float(kept.sum())) ** 2

    penalty = min(_PENALTIES * len(hidden), key=score)
    coefficients = vectors @ (projected / (sizes + penalty)[:, np.newaxis])
    return lambda rows: np.asarray((rows - centre) @ coefficients)
