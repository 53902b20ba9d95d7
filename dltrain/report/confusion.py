"""A confusion matrix as a figure."""

from collections.abc import Sequence

import numpy as np

from dltrain.report.charts.matrix_chart import confusion_chart, matrix_height
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import percent


def confusion_figure(confusion: np.ndarray, labels: Sequence[str], *, note: str) -> Markup:
    """A confusion matrix.

    Args:
        confusion: int64 `(n_classes, n_classes)`, true classes first.
        labels: Of the classes.
        note: A line below the title.
    """
    n_right, n_rows = int(np.trace(confusion)), int(confusion.sum())
    cells = [(data(label), *(f"{n:,}" for n in row)) for label, row in zip(labels, confusion.tolist(), strict=True)]
    return figure(
        "confusion",
        title="Confusion matrix",
        description=f"{n_right:,} of {n_rows:,} test rows ({percent(n_right / max(n_rows, 1))}) got their true label.",
        picture=confusion_chart(confusion, labels),
        height=matrix_height(len(labels)),
        table=table(["true \\ predicted", *map(data, labels)], cells, label="Confusion matrix"),
        note=note,
    )
