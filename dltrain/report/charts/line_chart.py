"""Lines with their names at the end of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dltrain.report.charts.axes import BOTTOM, RIGHT, TOP, Axes, line, plot_width, text
from dltrain.report.charts.scale import Scale, scale_for
from dltrain.report.markup import Child, Markup, element

HEIGHT = 240.0
_LINE_HEIGHT = 13.0
_CHARACTER = 6.2


@dataclass(frozen=True)
class Series:
    """A line of a chart.

    Attributes:
        name: Stands at its end; empty for none.
        x, y: float64 `(n,)` each; points that are not finite are left out.
        kind: A class for the style: "main", "other" or "guide".
        sizes: Radius of the mark of every point, `(n,)`; None marks none.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    kind: str = "main"
    sizes: np.ndarray | None = None


def line_chart(
    series: Sequence[Series],
    *,
    x_name: str,
    y_name: str,
    mark: tuple[float, str] | None = None,
    limits: tuple[float, float] | None = None,
    may_be_log: bool = False,
    has_whole_x: bool = False,
) -> list[Child]:
    """The elements of a chart of the height `HEIGHT`.

    Args:
        series: The lines, the most important one last.
        x_name: What goes from left to right.
        y_name: What goes upwards.
        mark: A place on the x axis and what is there.
        limits: Both axes go from the first to the second number; None fits them to the lines.
        may_be_log: Whether the y axis may be logarithmic.
        has_whole_x: Whether what goes from left to right is counted.
    """
    longest = max(len(one.name) for one in series)
    start, end = plot_width(RIGHT if limits else max(RIGHT, longest * _CHARACTER + 8))
    bottom = HEIGHT - BOTTOM
    if limits is not None:
        x, y = Scale(*limits, start, end), Scale(*limits, bottom, TOP)
    else:
        x = tight_scale((one.x for one in series), start, end)
        y = scale_for((one.y for one in series), bottom, TOP, may_be_log=may_be_log)
    parts = Axes(x, y, x_name, y_name, HEIGHT, has_whole_x=has_whole_x).draw()
    if mark is not None:
        place = x.at(mark[0])
        parts.append(line(place, TOP, place, bottom, kind="mark"))
        parts.append(text(end, 10, mark[1], kind="axis", anchor="end"))
    parts += [part for one in series for part in _drawn(one, x, y)]
    return parts + (_names(series, end, y) if limits is None else [])


def tight_scale(values: Iterable[np.ndarray], start: float, end: float) -> Scale:
    """A scale from the smallest to the largest number, with no room beside them.

    Args:
        values: float64 `(n,)` each, finite, at least one number in all.
        start: Place of the smallest.
        end: Place of the largest.
    """
    numbers = np.concatenate(list(values))
    low, high = float(numbers.min()), float(numbers.max())
    half = max(0.5, abs(low) * 0.1)
    return Scale(low, high, start, end) if low < high else Scale(low - half, high + half, start, end)


def _drawn(one: Series, x: Scale, y: Scale) -> list[Markup]:
    is_finite = np.isfinite(one.x) & np.isfinite(one.y)
    places = np.column_stack([x(one.x[is_finite]), y(one.y[is_finite])]).round(1).tolist()
    path = " ".join(f"{left:g},{top:g}" for left, top in places)
    parts = [element("polyline", attributes={"class": one.kind, "points": path})] if len(places) > 1 else []
    sizes = np.full(len(is_finite), 3.0) if one.sizes is None and len(places) == 1 else one.sizes
    if sizes is not None:
        radii = sizes[is_finite].tolist()
        parts += [
            element("circle", attributes={"class": one.kind, "cx": cx, "cy": cy, "r": r})
            for (cx, cy), r in zip(places, radii, strict=True)
        ]
    return parts


def _names(series: Sequence[Series], end: float, y: Scale) -> list[Child]:
    """The names beside the last points, moved apart where they would lie on one another."""
    named = [(one, one.y[np.isfinite(one.y)]) for one in series if one.name]
    wanted = sorted(((y.at(values[-1]), one) for one, values in named if values.size), key=lambda pair: pair[0])
    places: list[float] = []
    for place, _ in wanted:
        places.append(max(place, places[-1] + _LINE_HEIGHT) if places else place)
    # Below the lowest line stand the numbers of the axis.
    too_low = max(0.0, places[-1] - (HEIGHT - BOTTOM - 4)) if places else 0.0
    return [
        text(end + 6, place - too_low + 3.5, one.name, kind=f"name {one.kind}", anchor="start")
        for place, (_, one) in zip(places, wanted, strict=True)
    ]
