"""Several classes: which are taken for which, and how each one fares."""

import numpy as np

from dltrain.errors import counted
from dltrain.report.confusion import confusion_figure
from dltrain.report.facts import MulticlassResult
from dltrain.report.figure import table
from dltrain.report.markup import Markup, data, element
from dltrain.report.number_text import UNDEFINED, percent
from dltrain.report.section import charts, paragraph

MOST_CLASSES = 20
"""More are shown as the pairs that are confused most."""
_MOST_ROWS = 200


def multiclass_charts(result: MulticlassResult, labels: tuple[str, ...]) -> Markup:
    """The charts and tables of a multiclass task."""
    confusion = result.confusion
    if len(labels) <= MOST_CLASSES:
        matrix = charts(confusion_figure(confusion, labels, note="Predicted is the most probable label."))
    else:
        matrix = _confused_pairs(confusion, labels)
    return element("div", matrix, _by_class(confusion, labels))


def _confused_pairs(confusion: np.ndarray, labels: tuple[str, ...]) -> Markup:
    wrong = confusion * (1 - np.eye(len(labels), dtype=np.int64))
    worst = np.argsort(wrong, axis=None, kind="stable")[::-1][:20]
    rows = [
        (
            data(labels[true]),
            data(labels[predicted]),
            f"{wrong[true, predicted]:,}",
            percent(_share(confusion, true, predicted)),
        )
        for true, predicted in zip(*np.unravel_index(worst, wrong.shape), strict=True)
        if wrong[true, predicted]
    ]
    heading = element("h3", "The labels that are confused most")
    headings = ["true", "predicted", "rows", "of the true label"]
    return element("div", heading, table(headings, rows, label="Confused labels", n_text=2))


def _share(confusion: np.ndarray, true: int, predicted: int) -> float:
    return float(confusion[true, predicted] / confusion[true].sum())


def _by_class(confusion: np.ndarray, labels: tuple[str, ...]) -> Markup:
    right, actual, predicted = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    order = np.argsort(-actual, kind="stable")[:_MOST_ROWS]
    rows = [
        (
            data(labels[code]),
            f"{actual[code]:,}",
            _ratio(right[code], actual[code]),
            _ratio(right[code], predicted[code]),
            _ratio(2 * right[code], actual[code] + predicted[code]),
        )
        for code in order
    ]
    more = len(labels) - len(rows)
    words = "Recall: of the rows of a label, how many were found. Precision: of the rows predicted as it, how many are."
    return element(
        "div",
        element("h3", "By label"),
        paragraph(words),
        table(["label", "rows", "recall", "precision", "f1"], rows, label="By label"),
        paragraph(f"{counted(more, 'label')} with fewer rows not shown.") if more else None,
    )


def _ratio(numerator: int, denominator: int) -> str:
    return percent(float(numerator / denominator)) if denominator else UNDEFINED
