"""Two classes: what is taken for what, at every threshold."""

import numpy as np

from dltrain.report.charts.bar_chart import HEIGHT as HISTOGRAM_HEIGHT
from dltrain.report.charts.bar_chart import histogram
from dltrain.report.charts.line_chart import HEIGHT, Series, line_chart
from dltrain.report.confusion import confusion_figure
from dltrain.report.facts import BinaryResult, Line
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import number, percent
from dltrain.report.section import charts
from dltrain.run.decision_in_words import threshold_text

_UNIT = (0.0, 1.0)
_DIAGONAL = Series("", np.array(_UNIT), np.array(_UNIT), "guide")
_MOST_ROWS = 60


def binary_charts(result: BinaryResult, labels: tuple[str, ...]) -> Markup:
    """The charts of a binary task; `labels` are negative, positive."""
    note = "Predicted is the more probable label."
    if result.thresholds is not None:
        limit = _limit_text(*result.thresholds)
        note = f"Predicted is the positive label where its probability is greater than {limit}."
    figures = [confusion_figure(result.confusion, labels, note=note)]
    if result.roc is not None:
        figures.append(
            _curve(
                "roc",
                "ROC curve",
                result.roc,
                ("false positive rate", "true positive rate"),
                note="Positive rows that are found, beside false alarms. The dashed line is guessing.",
                guide=_DIAGONAL,
            )
        )
    if result.precision_recall is not None:
        # Whoever takes all rows for positive has this precision.
        share = float(result.precision_recall[1][-1])
        figures.append(
            _curve(
                "precision-recall",
                "Precision and recall",
                result.precision_recall,
                ("recall", "precision"),
                note="Of the rows taken for positive, how many are, and how many of all positive ones they find. "
                f"The dashed line is guessing: {percent(share)}.",
                guide=Series("", np.array(_UNIT), np.array([share, share]), "guide"),
            )
        )
    return charts(*figures, _calibration(result), _histogram(result, labels))


def _limit_text(low: float, high: float) -> str:
    """The threshold, or those of the folds."""
    limits = [threshold_text(limit, number) for limit in (low, high)]
    return limits[0] if low == high else f"the threshold of its fold, {limits[0]} to {limits[1]}"


def _curve(key: str, title: str, curve: Line, names: tuple[str, str], *, note: str, guide: Series) -> Markup:
    x, y = curve
    shown = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_ROWS)).round().astype(int))
    middle = float(np.interp(0.5, x, y))
    return figure(
        key,
        title=title,
        description=f"{names[1].capitalize()} over {names[0]}, {len(x):,} points; "
        f"where the {names[0]} is 0.5, the {names[1]} is {middle:.3f}.",
        picture=line_chart([guide, Series("", x, y)], x_name=names[0], y_name=names[1], limits=_UNIT),
        height=HEIGHT,
        table=table(names, [(f"{x[n]:.4f}", f"{y[n]:.4f}") for n in shown], label=title, n_text=0),
        note=note,
    )


def _calibration(result: BinaryResult) -> Markup:
    predicted, observed, rows = result.calibration
    off = float(np.sum(np.abs(predicted - observed) * rows) / max(rows.sum(), 1))
    cells = [
        (percent(float(p)), percent(float(o)), f"{n:,.0f}") for p, o, n in zip(predicted, observed, rows, strict=True)
    ]
    return figure(
        "calibration",
        title="Calibration",
        description=f"How often rows are positive beside how often they were predicted to be, in {len(rows)} groups; "
        f"the two differ by {percent(off)} in the mean.",
        picture=line_chart(
            [_DIAGONAL, Series("", predicted, observed, sizes=2 + 4 * np.sqrt(rows / max(rows.max(), 1)))],
            x_name="predicted probability",
            y_name="observed share",
            limits=_UNIT,
        ),
        height=HEIGHT,
        table=table(["predicted", "observed", "rows"], cells, label="Calibration", n_text=0),
        note="On the dashed line, 70 % means 70 of 100. Large dots hold many rows.",
    )


def _histogram(result: BinaryResult, labels: tuple[str, ...]) -> Markup:
    edges, (negative, positive) = result.edges, result.histogram
    low, high = result.thresholds or (0.5, 0.5)
    limit = _limit_text(low, high)
    (_, n_taken), (_, n_found) = result.confusion.tolist()
    cells = [
        (f"{low:.2f} to {high:.2f}", f"{n:,}", f"{p:,}")
        for low, high, n, p in zip(edges[:-1], edges[1:], negative, positive, strict=True)
    ]
    return figure(
        "scores",
        title="Predicted probabilities by class",
        description=f"{n_found:,} of {positive.sum():,} rows of the label {labels[1]} got more than {limit}, "
        f"and {n_taken:,} of {negative.sum():,} rows of the label {labels[0]}.",
        picture=histogram(
            edges,
            [("bar other", negative), ("bar main", positive)],
            x_name="predicted probability of the positive label",
            mark=(low, f"┊ threshold {limit}") if result.thresholds is not None and low == high else None,
        ),
        height=HISTOGRAM_HEIGHT,
        table=table(["probability", data(labels[0]), data(labels[1])], cells, label="Predicted probabilities by class"),
        note="Coloured: rows of the positive label; grey: of the negative one.",
    )
