"""A linear model of the same inputs: what a network has to beat to be worth its trouble.

Ridge regression or logistic regression with penalty 1, scikit-learn's `Ridge()` and `LogisticRegression()` on numbers
of mean 0 and deviation 1. It is our own because importing scikit-learn takes longer than fitting a small table; and
because one-hot blocks stay compact here, a column of a thousand categories costs no more than a number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.features import EncodedFeatures
from dltrain.scoring.minimizing import minimize

MAX_ROWS: Final = 20_000
"""More rows hardly change a linear model, and take longer."""
MAX_WORK: Final = 2_000_000
"""Rows times what one row costs in a step: a second or two for all steps together."""
MAX_NUMBERS: Final = 8_000_000
"""Rows times numbers in a row: 64 MB."""
MIN_ROWS_BY_OUTPUT: Final = 10
"""A model of fewer rows, when there are more, would make the network look better than it is."""
MAX_STEPS: Final = 100
_ROWS_AT_ONCE: Final = 65_536


@dataclass(frozen=True)
class LinearModel:
    """A fitted linear model.

    Attributes:
        offset, scale: float64 `(n_numbers,)`: what is taken from the numbers, and what they are divided by.
        coefficients: float64 `(n_features, n_outputs)`, for numbers and then one-hot blocks.
        intercept: float64 `(n_outputs,)`.
        is_regression: Whether outputs are numbers; else they are probabilities.
    """

    offset: np.ndarray
    scale: np.ndarray
    coefficients: np.ndarray
    intercept: np.ndarray
    is_regression: bool

    def outputs(self, features: EncodedFeatures) -> np.ndarray:
        """What the network's outputs would be: float64 `(n, n_outputs)`."""
        outputs = np.empty((features.n_rows, len(self.intercept)))
        for start in range(0, features.n_rows, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            design = _Design.of(features.take(rows), self.offset, self.scale)
            scores = design.times(self.coefficients) + self.intercept
            outputs[rows] = scores if self.is_regression else _probabilities(scores)
        return outputs


@dataclass(frozen=True)
class _Design:
    """The inputs of some rows, one-hot blocks as positions.

    Attributes:
        numbers: float64 `(n, n_numbers)`.
        places: int64 `(n, n_blocks)`: rows of the coefficients below those of the numbers; one more than the last for
            all zeros.
        width: Of all blocks together.
    """

    numbers: np.ndarray
    places: np.ndarray
    width: int

    @classmethod
    def of(cls, features: EncodedFeatures, offset: np.ndarray, scale: np.ndarray) -> "_Design":
        starts = np.cumsum((0, *features.widths), dtype=np.int64)
        places = np.where(features.codes < 0, starts[-1], features.codes + starts[:-1])
        return cls((features.numbers - offset) / scale, places, int(starts[-1]))

    def times(self, coefficients: np.ndarray) -> np.ndarray:
        """The matrix times coefficients `(n_features, n_outputs)`."""
        n_numbers = self.numbers.shape[1]
        result: np.ndarray = self.numbers @ coefficients[:n_numbers]
        of_categories = np.vstack([coefficients[n_numbers:], np.zeros(coefficients.shape[1])])
        for places in self.places.T:
            result += of_categories[places]
        return result

    def transposed_times(self, values: np.ndarray) -> np.ndarray:
        """The transposed matrix times values `(n, n_outputs)`."""
        n_blocks = self.places.shape[1]
        places = self.places.ravel()
        of_categories = [
            np.bincount(places, np.repeat(column, n_blocks), self.width + 1)[: self.width] for column in values.T
        ]
        return np.vstack([self.numbers.T @ values, np.transpose(of_categories)])


def fit_linear(
    features: EncodedFeatures, answers: np.ndarray, weight: np.ndarray | None, *, n_outputs: int, is_regression: bool
) -> LinearModel | None:
    """Fits a linear model.

    Args:
        features: Training rows.
        answers: What the network should answer: float32 `(n, 1)`, or int32 `(n,)` class codes.
        weight: `(n,)`, >= 0; None weighs all rows alike.
        n_outputs: Of the network.
        is_regression: Whether answers are numbers.

    Returns:
        The model; None where the rows that were chosen have no weight, or where there are so many outputs that too few
        rows can be afforded.
    """
    n_numbers = features.numbers.shape[1]
    affordable = min(MAX_WORK // _row_cost(features, n_outputs), MAX_NUMBERS // max(n_numbers, 1))
    n_rows = min(features.n_rows, MAX_ROWS, affordable)
    if n_rows < min(features.n_rows, MIN_ROWS_BY_OUTPUT * n_outputs):
        return None
    rows = np.sort(np.random.default_rng(0).choice(features.n_rows, n_rows, replace=False))
    features, answers = features.take(rows), _dense_answers(answers[rows], n_outputs)
    row_weight = np.ones(n_rows) if weight is None else np.asarray(weight, np.float64)[rows]
    if not row_weight.any():
        return None
    row_weight = row_weight / np.mean(row_weight)
    with np.errstate(all="ignore"):
        numbers = features.numbers.astype(np.float64)
        offset = np.average(numbers, axis=0, weights=row_weight)
        scale = np.sqrt(np.average((numbers - offset) ** 2, axis=0, weights=row_weight))
        scale[scale < np.finfo(np.float32).eps * np.maximum(1.0, np.abs(offset))] = 1.0
        design = _Design.of(features, offset, scale)
        n_inputs = features.n_features
        found = minimize(
            lambda point: _loss(point, design, answers, row_weight, is_regression=is_regression),
            np.vstack([np.zeros((n_inputs, n_outputs)), _start(answers, row_weight, is_regression=is_regression)]),
            max_steps=MAX_STEPS,
        )
    return LinearModel(offset, scale, found[:-1], found[-1], is_regression)


def _row_cost(features: EncodedFeatures, n_outputs: int) -> int:
    """What a row costs in a step: an exponential and a place in every block for each output; products are cheap."""
    n_numbers, n_blocks = features.numbers.shape[1], features.codes.shape[1]
    return int(n_outputs * (4 + n_numbers // 8 + n_blocks))


def _dense_answers(answers: np.ndarray, n_outputs: int) -> np.ndarray:
    """float64 `(n, n_outputs)`; class codes become ones and zeros."""
    dense: np.ndarray = answers.astype(np.float64) if answers.ndim == 2 else np.eye(n_outputs)[answers]
    return dense


def _start(answers: np.ndarray, weight: np.ndarray, *, is_regression: bool) -> np.ndarray:
    """The intercept of the trivial prediction."""
    mean = np.average(answers, axis=0, weights=weight)
    if is_regression:
        return np.asarray(mean)
    share = np.clip(mean, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(share) if len(share) > 1 else np.log(share / (1 - share)))


def _loss(
    point: np.ndarray, design: _Design, answers: np.ndarray, weight: np.ndarray, *, is_regression: bool
) -> tuple[float, np.ndarray]:
    """Half the squared coefficients plus the weighted losses of the rows, and the gradient; the intercept is free."""
    coefficients, intercept = point[:-1], point[-1]
    scores = design.times(coefficients) + intercept
    if is_regression:
        predicted, losses = scores, np.sum((scores - answers) ** 2, axis=1) / 2
    else:
        predicted, losses = _probabilities_and_losses(scores, answers)
    residual = (predicted - answers) * weight[:, np.newaxis]
    value = float(np.sum(coefficients**2) / 2 + weight @ losses)
    return value, np.vstack([coefficients + design.transposed_times(residual), residual.sum(axis=0)])


def _probabilities(scores: np.ndarray) -> np.ndarray:
    """Sigmoid of a single output, softmax of several."""
    return _probabilities_and_losses(scores, np.zeros_like(scores))[0]


def _probabilities_and_losses(scores: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities `(n, n_outputs)` and the cross-entropy of every row `(n,)`, from the same exponentials."""
    if scores.shape[1] == 1:
        log_sum = np.logaddexp(0.0, scores)
        return np.exp(scores - log_sum), (log_sum - scores * answers)[:, 0]
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    total = np.sum(exponentials, axis=1, keepdims=True)
    return exponentials / total, np.log(total[:, 0]) - np.einsum("ij,ij->i", shifted, answers)
