"""How well one column alone foretells the target, by the cheapest model there is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

_FOLDS: Final = 10


@dataclass(frozen=True)
class Column:
    """A column to predict from.

    Attributes:
        values: float64 `(n,)`: numbers, or codes of categories; NaN where missing.
        is_ordered: Whether values between two known ones mean something: numbers do, codes do not.
    """

    values: np.ndarray
    is_ordered: bool


@dataclass(frozen=True)
class Answers:
    """What is to be foretold.

    Attributes:
        values: `(n,)`: int class codes, or float64 ranks of a numeric target.
        are_classes: Which of the two.
    """

    values: np.ndarray
    are_classes: bool


@dataclass(frozen=True)
class Skill:
    """How good the predictions of one column are.

    Attributes:
        share: Of what can be gained over the trivial prediction, 1 for perfect ones: errors avoided for classes,
            variance explained (R²) for numbers. 0 when the trivial prediction is perfect.
        n_rows: Rows it was measured on.
        n_right: Rows with the right class; 0 for numbers.
        n_right_trivially: Rows that are right when the most frequent class is always predicted; 0 for numbers.
    """

    share: float
    n_rows: int
    n_right: int = 0
    n_right_trivially: int = 0


def rank(values: np.ndarray) -> np.ndarray:
    """Ranks of numbers, equal ones share theirs: outliers then weigh as much as others.

    >>> rank(np.array([5.0, 1e9, 5.0, -1.0])).tolist()
    [1.5, 3.0, 1.5, 0.0]
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts) - 1
    ranks: np.ndarray = (last - (counts - 1) / 2)[places]
    return ranks


def one_column_skill(column: Column, answers: Answers, *, train: np.ndarray, scored: np.ndarray) -> Skill:
    """Predicts rows by the training rows with the same value.

    The prediction is the most frequent class, or the mean, of the training rows with this value. For a number that
    none of them has, it is that of the nearest (classes) or the line between the two next to it (numbers); for an
    unknown category, that of all training rows. Missing counts as a value.

    Args:
        column: What to predict from.
        answers: What to predict.
        train: int64, rows to learn from, at least one.
        scored: int64, rows to score, at least one.
    """
    known = np.unique(column.values[train])
    known = known[~np.isnan(known)]
    at_train = _places(column.values[train], known, is_ordered=False)
    if answers.are_classes:
        at_scored = _places(column.values[scored], known, is_ordered=column.is_ordered)
        return _class_skill(answers.values[train], at_train, answers.values[scored], at_scored, known.size + 2)
    return _number_skill(column, answers.values, known, at_train, train, scored)


def cross_validated_skill(column: Column, answers: Answers, rows: np.ndarray) -> float:
    """The mean share over folds, where every row is predicted by the other folds; for few rows.

    Args:
        column: What to predict from.
        answers: What to predict.
        rows: int64, at least `_FOLDS` rows, in an order that has nothing to do with the target.
    """
    fold = np.arange(rows.size) % _FOLDS
    skills = [
        one_column_skill(column, answers, train=rows[fold != number], scored=rows[fold == number])
        for number in range(_FOLDS)
    ]
    return float(np.mean([skill.share for skill in skills]))


def _places(values: np.ndarray, known: np.ndarray, *, is_ordered: bool) -> np.ndarray:
    """The position of every value among those known; one more for missing values, two more for unknown ones."""
    if not known.size:
        return np.where(np.isnan(values), 0, 1)
    above = np.clip(np.searchsorted(known, values), 0, known.size - 1)
    below = np.maximum(above - 1, 0)
    if is_ordered:
        nearest = np.where(np.abs(values - known[below]) < np.abs(known[above] - values), below, above)
    else:
        nearest = np.where(known[above] == values, above, known.size + 1)
    return np.where(np.isnan(values), known.size, nearest)


def _class_skill(
    y_train: np.ndarray, at_train: np.ndarray, y_scored: np.ndarray, at_scored: np.ndarray, n_places: int
) -> Skill:
    n_classes = int(max(y_train.max(), y_scored.max())) + 1
    trivial = int(np.argmax(np.bincount(y_train)))
    pairs, counts = np.unique(at_train.astype(np.int64) * n_classes + y_train, return_counts=True)
    by_count = np.argsort(counts, kind="stable")
    predictions = np.full(n_places, trivial)
    # The most frequent class of a place comes last and stays.
    predictions[pairs[by_count] // n_classes] = pairs[by_count] % n_classes
    n_right = int((predictions[at_scored] == y_scored).sum())
    n_trivially = int((y_scored == trivial).sum())
    n_wrong = y_scored.size - n_trivially
    share = (n_right - n_trivially) / n_wrong if n_wrong else 0.0
    return Skill(share, y_scored.size, n_right, n_trivially)


def _number_skill(
    column: Column, y: np.ndarray, known: np.ndarray, at_train: np.ndarray, train: np.ndarray, scored: np.ndarray
) -> Skill:
    trivial = float(y[train].mean())
    counts = np.bincount(at_train, minlength=known.size + 2)
    sums = np.bincount(at_train, y[train], minlength=known.size + 2)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), trivial)
    values = column.values[scored]
    if column.is_ordered and known.size:
        predictions = np.interp(values, known, means[: known.size])
        predictions[np.isnan(values)] = means[known.size]
    else:
        predictions = means[_places(values, known, is_ordered=False)]
    trivial_error = float(((y[scored] - trivial) ** 2).sum())
    error = float(((y[scored] - predictions) ** 2).sum())
    return Skill(1 - error / trivial_error if trivial_error else 0.0, scored.size)
