"""Target encoding: a category becomes the mean of the target in its training rows, drawn to that of all of them.

Micci-Barreca (2001), "A preprocessing scheme for high-cardinality categorical attributes in classification and
prediction problems", SIGKDD Explorations 3(1), 27-32. With `smoothing: auto` the weight of a category's own mean is
the empirical Bayes estimate of its section 3.2, as in scikit-learn's TargetEncoder; with a number m it is n / (n + m).
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

N_FOLDS: Final = 5


@dataclass(frozen=True)
class TrainingAnswers:
    """The target of the training rows, as far as encodings need it.

    Attributes:
        values: float64 `(n,)`: the scaled target, 1 for class one of two, or the code of one of several classes.
        labels: The classes of a multiclass task, in the order of their codes; empty for other tasks.
        seed: Of the folds.
        weight: float64 `(n,)`, >= 0, on average 1: what each row counts as; None when all count alike.
        groups: int `(n,)`, from 0: rows of the same number stay in one fold; None when each stands for itself.
    """

    values: np.ndarray
    labels: tuple[str, ...] = ()
    seed: int = 0
    weight: np.ndarray | None = None
    groups: np.ndarray | None = None

    @property
    def n_outputs(self) -> int:
        """Numbers that a category becomes."""
        return len(self.labels) or 1

    def weight_of(self, rows: np.ndarray) -> np.ndarray:
        """float64: what some rows count as."""
        return np.ones(rows.size) if self.weight is None else self.weight[rows]


@dataclass(frozen=True)
class CategoryMoments:
    """Count, sum and sum of squares of the target, by category; a row counts as its weight.

    Attributes:
        counts: float64 `(n_categories,)`.
        sums, squares: float64 `(n_outputs, n_categories)`.
    """

    counts: np.ndarray
    sums: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray, answers: TrainingAnswers, rows: np.ndarray, n_categories: int) -> "CategoryMoments":
        """The moments of some rows.

        Args:
            codes: int `(n,)`, the category of every training row; rows with -1 count in none.
            answers: Their targets.
            rows: int64, which of them.
            n_categories: Number of categories.
        """
        rows = rows[codes[rows] >= 0]
        codes, values, weight = codes[rows], answers.values[rows], answers.weight_of(rows)
        counts = np.bincount(codes, weight, minlength=n_categories)
        if answers.labels:
            places = values.astype(np.int64) * n_categories + codes
            by_class = np.bincount(places, weight, minlength=len(answers.labels) * n_categories)
            by_class = by_class.reshape(-1, n_categories)
            # Zeros and ones are their own squares.
            return cls(counts, by_class, by_class)
        of_values, of_squares = (
            np.bincount(codes, weight * powers, minlength=n_categories) for powers in (values, values**2)
        )
        return cls(counts, of_values[np.newaxis], of_squares[np.newaxis])

    def encodings(self, prior: np.ndarray, variance: np.ndarray, smoothing: float | Literal["auto"]) -> np.ndarray:
        """The number of every category, float64 `(n_outputs, n_categories)`.

        Args:
            prior: float64 `(n_outputs,)`, the mean over all rows: that of a category without rows.
            variance: float64 `(n_outputs,)`, over all rows.
            smoothing: auto, or the rows that the prior counts as.
        """
        prior, counts = prior[:, np.newaxis], self.counts
        if smoothing != "auto":
            with np.errstate(invalid="ignore"):
                smoothed = (self.sums + smoothing * prior) / (counts + smoothing)
            return np.where(counts + smoothing > 0, smoothed, prior)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = self.sums / counts
            within = np.maximum(self.squares / counts - means**2, 0.0)
            between = variance[:, np.newaxis] * counts
            weight = between / (between + within)
        # 0 / 0: no rows, or a target that does not vary at all.
        return np.where(np.isnan(weight), prior, weight * means + (1 - weight) * prior)


def prior_of(answers: TrainingAnswers, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the target over some training rows, float64 `(n_outputs,)` each."""
    values, weight = answers.values[rows], answers.weight_of(rows)
    if not weight.any():
        weight = np.ones(rows.size)
    if answers.labels:
        shares = np.bincount(values.astype(np.int64), weight, minlength=len(answers.labels)) / weight.sum()
        return shares, shares * (1 - shares)
    mean = np.average(values, weights=weight)
    return np.array([mean]), np.array([np.average((values - mean) ** 2, weights=weight)])


def cross_fitted(
    codes: np.ndarray, answers: TrainingAnswers, n_categories: int, smoothing: float | Literal["auto"]
) -> np.ndarray:
    """The numbers of training rows, each from the rows of the other folds alone.

    A row's own answer in its input would be learned instead of the category, and so would those of its group.

    Args:
        codes: int `(n,)`, the category of every training row; -1 for none.
        answers: Their targets.
        n_categories: Number of categories.
        smoothing: auto, or the rows that the prior counts as.

    Returns:
        float64 `(n_outputs, n)`.
    """
    n_rows, every = codes.size, np.arange(codes.size)
    groups = every if answers.groups is None else answers.groups
    n_groups = int(groups.max()) + 1
    n_folds = min(N_FOLDS, n_groups)
    fold_of = (np.random.default_rng(answers.seed).permutation(n_groups) % n_folds)[groups]
    numbers = np.empty((answers.n_outputs, n_rows))
    for fold in range(n_folds):
        inside, outside = every[fold_of == fold], every[fold_of != fold]
        # A single row has no others to learn from.
        prior, variance = prior_of(answers, outside if outside.size else every)
        # Not all rows less these: their answers would leave rounding errors behind.
        others = CategoryMoments.of(codes, answers, outside, n_categories)
        table = np.column_stack([others.encodings(prior, variance, smoothing), prior])
        numbers[:, inside] = table[:, codes[inside]]
    return numbers
