"""Labels of classes: their order, which one is positive, how much each one weighs."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from dltrain.errors import ConfigError, quoted_list
from dltrain.table import Table, categorical_values


def class_labels(table: Table, name: str) -> tuple[str, ...]:
    """The different labels of a column: in numerical order if all are numbers, in that of their text otherwise.

    Raises:
        DataError: There is no such column, or its type cannot be used.
    """
    labels = categorical_values(table, name).drop_null().unique().dictionary
    return tuple(sort_labels(labels.to_pylist()))


def sort_labels(labels: Sequence[str]) -> list[str]:
    """Labels in their order.

    >>> sort_labels(["10", "9"]), sort_labels(["10", "9", "b"])
    (['9', '10'], ['10', '9', 'b'])
    """
    try:
        numbers = {label: float(label) for label in labels}
    except ValueError:
        return sorted(labels)
    if not all(map(math.isfinite, numbers.values())):
        return sorted(labels)
    return sorted(labels, key=lambda label: (numbers[label], label))


def find_positive(labels: Sequence[str], positive: str | None) -> tuple[str, str]:
    """The labels of a binary target in the order of their codes.

    Args:
        labels: The two labels in sorted order.
        positive: The label for class 1, in any case if that is clear; None chooses the last one.

    Returns:
        The negative and the positive label.

    Raises:
        ConfigError: There is no such label.
    """
    negative, found = labels
    if positive is not None:
        found = _find_label(positive, labels, where="data.positive")
        negative = labels[1 - labels.index(found)]
    return negative, found


def class_weights(
    section: Literal["balanced"] | Mapping[str, float] | None,
    labels: Sequence[str],
    codes: np.ndarray,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """How much the rows of every class count.

    Args:
        section: `training.class_weight`. balanced: n / (k · n_c) for a class with n_c of the n rows, where k is
            the number of classes that have rows, as in scikit-learn; a mapping: the weights of some labels.
        labels: In the order of their codes.
        codes: int `(n,)`, class of every training row, -1 for rows that do not count.
        weights: float64 `(n,)`, weight of every row, which then counts as that many rows; None means 1.

    Returns:
        float64 `(n_classes,)`; 1 for labels that the mapping leaves out and for classes without rows.

    Raises:
        ConfigError: The mapping names an unknown label.
    """
    result = np.ones(len(labels))
    if section == "balanced":
        is_labelled = codes >= 0
        counts = np.bincount(
            codes[is_labelled], None if weights is None else weights[is_labelled], minlength=len(labels)
        )
        has_rows = counts > 0
        result[has_rows] = counts.sum() / (has_rows.sum() * counts[has_rows])
    elif section is not None:
        # A run names all labels, and there may be many thousands.
        codes_of = {label: code for code, label in enumerate(labels)}
        for label, weight in section.items():
            if label not in codes_of:
                label = _find_label(label, labels, where=f"training.class_weight.{label}")
            result[codes_of[label]] = weight
    return result


def prediction_names(labels: Sequence[str]) -> tuple[str, ...]:
    """The columns that predictions add to those of a table.

    >>> prediction_names(()), prediction_names(("no", "yes"))
    (('prediction',), ('prediction', 'p_no', 'p_yes'))
    """
    return ("prediction", *(f"p_{label}" for label in labels))


def match_label(text: str, labels: Sequence[str]) -> str | None:
    """The label with this text, or the only one that differs in upper and lower case alone; None without one.

    >>> match_label("YES", ["no", "yes"]), match_label("maybe", ["no", "yes"])
    ('yes', None)
    """
    if text in labels:
        return text
    similar = [label for label in labels if label.casefold() == text.casefold()]
    return similar[0] if len(similar) == 1 else None


def _find_label(text: str, labels: Sequence[str], *, where: str) -> str:
    found = match_label(text, labels)
    if found is None:
        raise ConfigError(f"{where}: expected one of the labels {quoted_list(labels)}, got '{text}'")
    return found
