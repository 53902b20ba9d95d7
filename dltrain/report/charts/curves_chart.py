"""Curves of several runs over one another: each with a colour, a dash and a letter of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.report.charts.axes import BOTTOM, RIGHT, TOP, Axes, line, plot_width, text
from dltrain.report.charts.line_chart import HEIGHT, tight_scale
from dltrain.report.charts.scale import Scale, scale_for
from dltrain.report.markup import Child, element
from dltrain.report.number_text import shortened_middle

MOST_CURVES: Final = 12
_STYLES: Final = 6
_LETTER_ROOM: Final = 14.0
_LEGEND_ROW: Final = 17.0
_NAME_LENGTH: Final = 42


@dataclass(frozen=True)
class RunCurve:
    """What a run has to show.

    Attributes:
        name: Of the run.
        position: Of the run among all, from 0: what it looks like follows from it on every chart.
        x, y: float64 `(n,)` each; points that are not finite are left out.
        kept: Position of the point that gets a dot.
    """

    name: str
    position: int
    x: np.ndarray
    y: np.ndarray
    kept: int

    @property
    def letter(self) -> str:
        """What stands at its end."""
        return chr(ord("A") + self.position)

    @property
    def style(self) -> str:
        """Classes for colour and dash; the pairs repeat after 36 runs."""
        dash = self.position + self.position // _STYLES
        return f"hue-{self.position % _STYLES} dash-{dash % _STYLES}"


def curves_chart(curves: Sequence[RunCurve], *, x_name: str, y_name: str) -> tuple[list[Child], float]:
    """The curves over one another, and below them which is which.

    Returns:
        The elements, and the height they need.
    """
    start, end = plot_width(RIGHT + _LETTER_ROOM)
    x = tight_scale((one.x for one in curves), start, end)
    y = scale_for((one.y for one in curves), HEIGHT - BOTTOM, TOP, may_be_log=True)
    parts = Axes(x, y, x_name, y_name, HEIGHT, has_whole_x=True).draw()
    ends: list[tuple[float, float]] = []
    for one in curves:
        parts += _drawn(one, x, y, ends)
    for row, one in enumerate(curves):
        parts += _legend(one, HEIGHT + 14 + row * _LEGEND_ROW)
    return parts, HEIGHT + 8 + len(curves) * _LEGEND_ROW


def _drawn(one: RunCurve, x: Scale, y: Scale, ends: list[tuple[float, float]]) -> list[Child]:
    """A curve with its letter, which gives way to those that are there already."""
    is_finite = np.isfinite(one.x) & np.isfinite(one.y)
    places = np.column_stack([x(one.x[is_finite]), y(one.y[is_finite])]).round(1).tolist()
    if not places:
        return []
    path = " ".join(f"{left:g},{top:g}" for left, top in places)
    parts: list[Child] = [element("polyline", attributes={"class": f"run {one.style}", "points": path})]
    if is_finite[one.kept]:
        dot = {"cx": x.at(float(one.x[one.kept])), "cy": y.at(float(one.y[one.kept])), "r": 3.5}
        parts.append(element("circle", attributes={"class": f"run {one.style}", **dot}))
    left, top = _free_place(places[-1][0] + 6, places[-1][1] + 4, ends)
    parts.append(text(left, top, one.letter, kind=f"letter {one.style}", anchor="start"))
    return parts


def _free_place(left: float, top: float, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The nearest place upwards or downwards where no other letter stands."""
    lowest, highest = HEIGHT - BOTTOM - 2, TOP + 8

    def is_free(height: float) -> bool:
        return all(abs(left - other) >= 11 or abs(height - beside) >= 12 for other, beside in taken)

    steps = [0.0, *(step * sign for step in range(1, int(HEIGHT)) for sign in (-1.0, 1.0))]
    wanted = [min(max(top + step, highest), lowest) for step in steps]
    found = next(filter(is_free, wanted), top)
    taken.append((left, found))
    return left, found


def _legend(one: RunCurve, middle: float) -> list[Child]:
    start, _ = plot_width()
    return [
        line(start, middle, start + 44, middle, kind=f"run {one.style}"),
        text(start + 52, middle + 4, one.letter, kind=f"letter {one.style}", anchor="start"),
        text(start + 66, middle + 4, shortened_middle(one.name, _NAME_LENGTH), kind="label", anchor="start"),
    ]
