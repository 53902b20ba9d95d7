"""A matrix of counts as shades."""

from collections.abc import Sequence

import numpy as np

from dltrain.report.charts.axes import rectangle, text
from dltrain.report.figure import WIDTH
from dltrain.report.markup import Child
from dltrain.report.number_text import shortened

MOST_NUMBERS = 8
"""With more classes the cells are too small for numbers."""
_LEFT, _TOP, _BOTTOM = 86.0, 30.0, 26.0
_LABEL_LENGTH = 12


def matrix_height(n_classes: int) -> float:
    """Height of the chart: cells are square, but not higher than they need to be."""
    return _TOP + _BOTTOM + n_classes * _cell(n_classes)[1]


def confusion_chart(confusion: np.ndarray, labels: Sequence[str]) -> list[Child]:
    """The elements of a confusion matrix: true classes from top to bottom, predicted ones from left to right.

    Args:
        confusion: int64 `(n_classes, n_classes)`, true classes first.
        labels: In the order of the classes.
    """
    n_classes = len(labels)
    width, height = _cell(n_classes)
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    parts: list[Child] = [
        text(_LEFT, 10, "predicted →", kind="axis", anchor="start"),
        text(_LEFT - 8, 10, "true ↓", kind="axis", anchor="end"),
    ]
    length = min(_LABEL_LENGTH, max(2, int(width / 6.5)))
    for row, label in enumerate(labels):
        middle = _TOP + height * (row + 0.5)
        size = "label" if height >= 13 else "tiny"
        parts.append(text(_LEFT - 8, middle + 3.5, shortened(label, _LABEL_LENGTH), kind=size, anchor="end"))
        if width >= 22:
            place = _LEFT + width * (row + 0.5)
            parts.append(text(place, _TOP - 6, shortened(label, length), kind="tick", anchor="middle"))
        for column in range(n_classes):
            left, top = _LEFT + column * width, _TOP + row * height
            share = float(shares[row, column])
            kind = "cell right" if row == column else "cell wrong"
            parts.append(rectangle(left + 1, top + 1, width - 2, height - 2, kind="cell"))
            if share:
                parts.append(rectangle(left + 1, top + 1, width - 2, height - 2, kind=kind, opacity=max(share, 0.04)))
            if n_classes <= MOST_NUMBERS:
                shown = f"{confusion[row, column]:,}"
                parts.append(text(left + width / 2, top + height / 2 + 4, shown, kind="count", anchor="middle"))
    parts.append(
        text(WIDTH, _TOP + n_classes * height + 18, "shade: share of the true class", kind="tick", anchor="end")
    )
    return parts


def _cell(n_classes: int) -> tuple[float, float]:
    width = (WIDTH - _LEFT) / n_classes
    return width, min(width, 64.0)
