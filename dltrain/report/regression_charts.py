"""Numbers: predicted beside true, and where the errors are."""

from typing import Literal

import numpy as np

from dltrain.report.charts.bar_chart import HEIGHT as HISTOGRAM_HEIGHT
from dltrain.report.charts.bar_chart import histogram
from dltrain.report.charts.line_chart import HEIGHT as LINE_HEIGHT
from dltrain.report.charts.line_chart import Series, line_chart
from dltrain.report.charts.scatter_chart import HEIGHT, MOST_POINTS, scatter
from dltrain.report.facts import RegressionResult
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup
from dltrain.report.number_text import number, percent
from dltrain.report.section import charts

N_GROUPS = 10
_N_BINS = 30


def regression_charts(result: RegressionResult, target: str) -> Markup:
    """The charts of a regression task."""
    with np.errstate(all="ignore"):
        return _charts(result.truth, result.predicted, target)


def _charts(truth: np.ndarray, predicted: np.ndarray, target: str) -> Markup:
    groups = _groups(truth)
    dense = "The darker, the more rows. " if len(truth) > MOST_POINTS else "A dot a row. "
    correlation = f", correlation {np.corrcoef(truth, predicted)[0, 1]:.3f}" if _vary(truth, predicted) else ""
    return charts(
        figure(
            "predicted-true",
            title="Predicted and true values",
            description=f"{len(truth):,} test rows{correlation}; true values from {number(float(truth.min()))} to "
            f"{number(float(truth.max()))}, predicted ones from {number(float(predicted.min()))} to "
            f"{number(float(predicted.max()))}.",
            picture=scatter(
                truth, predicted, x_name=f"true {_short(target)}", y_name="predicted", guide="diagonal", is_square=True
            ),
            height=HEIGHT,
            table=_group_table(truth, predicted, groups, "Predicted and true values"),
            note=f"{dense}On the dashed line both are equal.",
        ),
        figure(
            "residuals",
            title="Residuals",
            description="Predicted less true value, by predicted value; a pattern is something left to learn.",
            picture=scatter(
                predicted,
                predicted - truth,
                x_name=f"predicted {_short(target)}",
                y_name="predicted − true",
                guide="zero",
                is_square=False,
            ),
            height=HEIGHT,
            table=_group_table(truth, predicted, _groups(predicted), "Residuals by predicted value", by="predicted"),
            note=f"{dense}Without a pattern, nothing simple is left to learn.",
        ),
        _histogram(truth, predicted),
        _by_size(truth, predicted, groups, target),
    )


def _short(target: str) -> str:
    return target if len(target) <= 30 else target[:29] + "…"


def _vary(*values: np.ndarray) -> bool:
    return all(len(one) > 1 and np.ptp(one) > 0 and np.isfinite(np.var(one)) for one in values)


def _groups(values: np.ndarray) -> list[np.ndarray]:
    """Positions of up to ten groups of about equally many rows, from the smallest values up; equal ones together."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, N_GROUPS + 1)[1:-1], method="inverted_cdf"))
    group_of_row = np.searchsorted(edges, values)
    groups = (np.flatnonzero(group_of_row == group) for group in range(len(edges) + 1))
    return [group for group in groups if len(group)]


def _group_table(
    truth: np.ndarray,
    predicted: np.ndarray,
    groups: list[np.ndarray],
    label: str,
    by: Literal["true", "predicted"] = "true",
) -> Markup:
    """What there is to say of groups of rows; `by` names the values that they are groups of."""
    values = truth if by == "true" else predicted
    rows = [
        (
            f"{number(float(values[group].min()))} to {number(float(values[group].max()))}",
            f"{len(group):,}",
            number(float(np.mean(truth[group]))),
            number(float(np.mean(predicted[group]))),
            number(float(np.mean(np.abs(predicted[group] - truth[group])))),
        )
        for group in groups
    ]
    headings = [f"{by} values", "rows", "mean true", "mean predicted", "mean absolute error"]
    return table(headings, rows, label=label)


def _histogram(truth: np.ndarray, predicted: np.ndarray) -> Markup:
    errors = predicted - truth
    low, high = np.quantile(errors, [0.005, 0.995])
    size = max(abs(low), abs(high)) or 1.0
    shown = np.clip(errors, -size, size)
    counts, edges = np.histogram(shown, bins=_N_BINS, range=(-size, size))
    within = float(np.quantile(np.abs(errors), 0.9))
    cells = [
        (f"{number(float(a))} to {number(float(b))}", f"{n:,}")
        for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    too_high = percent(float(np.mean(errors > 0)))
    return figure(
        "errors",
        title="Errors",
        description=f"Nine of ten predictions are at most {number(within)} off; {too_high} are too high.",
        picture=histogram(edges, [("bar main", counts)], x_name="predicted − true"),
        height=HISTOGRAM_HEIGHT,
        table=table(["error", "rows"], cells, label="Errors"),
        note=f"Nine of ten are at most {number(within)} off. The last bars hold what is beyond.",
    )


def _by_size(truth: np.ndarray, predicted: np.ndarray, groups: list[np.ndarray], target: str) -> Markup:
    middle = np.array([np.mean(truth[group]) for group in groups])
    error = np.array([np.mean(np.abs(predicted[group] - truth[group])) for group in groups])
    rows = np.array([len(group) for group in groups])
    worst = int(np.argmax(error))
    return figure(
        "error-by-size",
        title="Error by size of the true value",
        description=f"Mean absolute error in {len(groups)} groups of rows; the largest, "
        f"{number(float(error[worst]))}, where the true value is about {number(float(middle[worst]))}.",
        picture=line_chart(
            [Series("", middle, error, sizes=2 + 4 * np.sqrt(rows / rows.max()))],
            x_name=f"true {_short(target)}",
            y_name="mean absolute error",
        ),
        height=LINE_HEIGHT,
        table=_group_table(truth, predicted, groups, "Error by size of the true value"),
        note="Every dot is a group of rows whose true values are alike; large dots hold many rows.",
    )
