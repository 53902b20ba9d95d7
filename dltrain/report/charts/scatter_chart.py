"""Predicted against true values: points, or the density of many."""

import numpy as np

from dltrain.report.charts.axes import BOTTOM, TOP, Axes, line, plot_width, rectangle
from dltrain.report.charts.scale import Scale, scale_for
from dltrain.report.markup import Child, element

HEIGHT = 300.0
MOST_POINTS = 2_000
N_CELLS = 36
"""Along each side of a density."""


def scatter(
    x_values: np.ndarray, y_values: np.ndarray, *, x_name: str, y_name: str, guide: str, is_square: bool
) -> list[Child]:
    """The elements of a chart of the height `HEIGHT`.

    Args:
        x_values: float64 `(n,)`, finite.
        y_values: Likewise.
        x_name: What goes from left to right.
        y_name: What goes upwards.
        guide: "diagonal" for a line where both are equal, "zero" for one where y is 0.
        is_square: Whether both axes have the same range.
    """
    start, end = plot_width()
    bottom = HEIGHT - BOTTOM
    x = scale_for([x_values, y_values] if is_square else [x_values], start, end)
    y = Scale(x.low, x.high, bottom, TOP) if is_square else scale_for([y_values, np.zeros(1)], bottom, TOP)
    parts = Axes(x, y, x_name, y_name, HEIGHT).draw()
    draw = _points if len(x_values) <= MOST_POINTS else _density
    parts += draw(x(x_values), y(y_values), (start, end), (TOP, bottom))
    if guide == "diagonal":
        parts.append(line(start, bottom, end, TOP, kind="guide"))
    else:
        parts.append(line(start, y.at(0.0), end, y.at(0.0), kind="guide"))
    return parts


def _points(
    left: np.ndarray, top: np.ndarray, _x_range: tuple[float, float], _y_range: tuple[float, float]
) -> list[Child]:
    """All points as one path of dots, which is a fifth of the text of circles."""
    path = "".join(f"M{x:g} {y:g}h0" for x, y in np.column_stack([left, top]).round(1).tolist())
    return [element("path", attributes={"class": "dots", "d": path})]


def _density(
    left: np.ndarray, top: np.ndarray, x_range: tuple[float, float], y_range: tuple[float, float]
) -> list[Child]:
    counts, x_edges, y_edges = np.histogram2d(left, top, bins=N_CELLS, range=[x_range, y_range])
    # The root lets the rare rows be seen beside the many.
    strength = np.sqrt(counts / counts.max())
    width, height = float(x_edges[1] - x_edges[0]), float(y_edges[1] - y_edges[0])
    return [
        rectangle(
            float(x_edges[column]),
            float(y_edges[row]),
            width,
            height,
            kind="density",
            opacity=max(0.06, float(strength[column, row])),
        )
        for column, row in np.argwhere(counts > 0).tolist()
    ]
