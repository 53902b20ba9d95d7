"""Labels at the ends of a scale of numbers, such as "10 - extremely likely" beside 0 to 9, or "80+" beside ages."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

_LABEL: Final = re.compile(r"\s*(\d{1,9})(?:\s*(\+)|\s*[-–—:=(,]\s*[^\W\d_].*|\s+or (?:more|less|fewer)\b.*)\s*")
"""A whole number with a plus, or with words behind a sign: 12 Main Street is a place."""

_NO_ANSWER: Final = re.compile(
    r"know|refus|ask|answer|applicable|missing|response|skip|unsure|\bn\W?a\b", re.IGNORECASE
)
"""Of codes for answers that nobody gave."""

MOST_LABELS: Final = 3
_FEWEST_VALUES: Final = 6
"""Of a scale; fewer are categories, whatever they look like."""

_FEWEST_BESIDE_PLUS: Final = 11
"""The same where the last one is open: among few numbers 3+ is a category beside 3."""


def scale_labels(numbers: np.ndarray, others: Sequence[str]) -> dict[str, float]:
    """The number that each label begins with; empty where some are no labels, or do not go on where the numbers end.

    Args:
        numbers: float64 `(n,)`, the different numbers of a column.
        others: Its different texts that are no numbers and do not mean missing.

    >>> scale_labels(np.arange(10.0), ["10 - extremely likely"])
    {'10 - extremely likely': 10.0}
    >>> scale_labels(np.arange(10.0), ["5 - neutral"])
    {}
    """
    matches = [None if _NO_ANSWER.search(text) else _LABEL.fullmatch(text) for text in others]
    found = [match for match in matches if match is not None]
    labels = {match[0]: float(match[1]) for match in found}
    if not 0 < len(matches) <= MOST_LABELS or len(found) < len(matches) or (numbers != np.floor(numbers)).any():
        return {}
    fewest = _FEWEST_BESIDE_PLUS if any(match[2] for match in found) else _FEWEST_VALUES
    is_repeated = len({*labels.values(), *numbers.tolist()}) < numbers.size + len(labels)
    if numbers.size + len(labels) < fewest or numbers.size <= len(labels) or is_repeated:
        return {}
    return labels if all(_goes_on(match, numbers, len(labels)) for match in found) else {}


def _goes_on(label: re.Match[str], numbers: np.ndarray, n_labels: int) -> bool:
    """Whether a label is next to the ends of the numbers, but for other labels; an open end may be anywhere above."""
    number, highest = float(label[1]), float(numbers.max())
    if label[2]:
        return number > highest
    return bool(numbers.min() - n_labels <= number <= highest + n_labels)
