"""Bars: histograms upwards, and effects with their intervals from left to right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dltrain.report.charts.axes import BOTTOM, TOP, Axes, line, plot_width, rectangle, text, tick_text
from dltrain.report.charts.scale import Scale, scale_for
from dltrain.report.figure import WIDTH
from dltrain.report.markup import Child
from dltrain.report.number_text import shortened

HEIGHT = 240.0
ROW = 22.0
"""Height of a row of effects."""
_NAME_WIDTH = 118.0
_NAME_LENGTH = 17


def histogram(
    edges: np.ndarray,
    counts: Sequence[tuple[str, np.ndarray]],
    *,
    x_name: str,
    y_name: str = "rows",
    mark: tuple[float, str] | None = None,
) -> list[Child]:
    """The elements of a histogram; several counts stand side by side in each bin.

    Args:
        edges: Of the bins, ascending, `(n_bins + 1,)`.
        counts: Class for the style and count of every bin, `(n_bins,)`.
        x_name: What goes from left to right.
        y_name: What goes upwards.
        mark: A line at a place from left to right, and what it is.
    """
    start, end = plot_width()
    bottom = HEIGHT - BOTTOM
    x = Scale(float(edges[0]), float(edges[-1]), start, end)
    y = scale_for([values for _, values in counts], bottom, TOP, from_zero=True)
    parts = Axes(x, y, x_name, y_name, HEIGHT).draw()
    left, right = x(edges[:-1]), x(edges[1:])
    width = (right - left) / len(counts)
    for position, (kind, values) in enumerate(counts):
        for place, wide, n in zip(left + position * width, width, values, strict=True):
            if n:
                top = min(y.at(float(n)), bottom - 1)
                parts.append(rectangle(float(place) + 0.5, top, max(float(wide) - 1, 0.5), bottom - top, kind=kind))
    if mark is not None:
        parts.append(line(x.at(mark[0]), TOP, x.at(mark[0]), bottom, kind="mark"))
        parts.append(text(end, 10, mark[1], kind="axis", anchor="end"))
    return parts


@dataclass(frozen=True)
class Effect:
    """A row of a chart: a name, a value and its interval."""

    name: str
    value: float
    low: float
    high: float


def effect_chart(effects: Sequence[Effect], *, x_name: str) -> tuple[list[Child], float]:
    """Bars from 0 with their intervals.

    Returns:
        The elements, and the height they need.
    """
    height = TOP + ROW * len(effects) + BOTTOM - 4
    bottom = height - BOTTOM
    values = np.array([[one.low, one.value, one.high] for one in effects])
    x = scale_for([values], _NAME_WIDTH, WIDTH - 14.0, from_zero=True)
    parts: list[Child] = []
    for tick in x.ticks():
        parts.append(line(x.at(tick), TOP - 6, x.at(tick), bottom, kind="grid"))
        parts.append(text(x.at(tick), bottom + 15, tick_text(tick), kind="tick", anchor="middle"))
    for row, one in enumerate(effects):
        middle = TOP + ROW * (row + 0.5) - 4
        name = shortened(one.name, _NAME_LENGTH)
        parts.append(text(_NAME_WIDTH - 8, middle + 4, name, kind="label", anchor="end"))
        left, right = sorted((x.at(0.0), x.at(one.value)))
        parts.append(rectangle(left, middle - 5, max(right - left, 0.8), 10, kind="bar effect"))
        parts.append(line(x.at(one.low), middle, x.at(one.high), middle, kind="whisker"))
    parts.append(line(x.at(0.0), TOP - 6, x.at(0.0), bottom, kind="base"))
    parts.append(text((_NAME_WIDTH + WIDTH) / 2, height - 6, x_name, kind="axis", anchor="middle"))
    return parts, height
