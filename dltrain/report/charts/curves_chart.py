"""Curves of several runs over one another: each with a colour, a dash and a letter of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np

from dltrain.report.charts.axes import BOTTOM, RIGHT, TOP, Axes, line, plot_width, text
from dltrain.report.charts.line_chart import HEIGHT, tight_scale
from dltrain.report.charts.scale import scale_for
from dltrain.report.markup import Child, element
from dltrain.report.number_text import shortened_middle

MOST_CURVES: Final = 12
_STYLES: Final = 6
_LETTER_ROOM: Final = 14.0
_LETTER_WIDTH: Final = 11.0
_LETTER_HEIGHT: Final = 12.0
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
    ends = []
    for one in curves:
        is_finite = np.isfinite(one.x) & np.isfinite(one.y)
        if not is_finite.any():
            continue
        places = np.column_stack([x(one.x[is_finite]), y(one.y[is_finite])]).round(1).tolist()
        parts.append(_polyline(one, places))
        if is_finite[one.kept]:
            dot = {"cx": x.at(float(one.x[one.kept])), "cy": y.at(float(one.y[one.kept])), "r": 3.5}
            parts.append(element("circle", attributes={"class": f"run {one.style}", **dot}))
        ends.append((one, *places[-1]))
    tops = _letter_tops([(left, top) for _, left, top in ends])
    for (one, left, _), top in zip(ends, tops, strict=True):
        parts.append(text(left + 6, top + 4, one.letter, kind=f"letter {one.style}", anchor="start"))
    for row, one in enumerate(curves):
        parts += _legend(one, HEIGHT + 14 + row * _LEGEND_ROW)
    return parts, HEIGHT + 8 + len(curves) * _LEGEND_ROW


def _polyline(one: RunCurve, places: Sequence[Sequence[float]]) -> Child:
    path = " ".join(f"{left:g},{top:g}" for left, top in places)
    return element("polyline", attributes={"class": f"run {one.style}", "points": path})


def _letter_tops(ends: Sequence[tuple[float, float]]) -> list[float]:
    """Heights for the letters of curves that end at these places: in the order of the ends, near them, and apart."""
    tops = [0.0] * len(ends)
    columns: list[list[int]] = []
    for one in sorted(range(len(ends)), key=lambda one: ends[one][0]):
        if columns and ends[one][0] - ends[columns[-1][-1]][0] < _LETTER_WIDTH:
            columns[-1].append(one)
        else:
            columns.append([one])
    for column in columns:
        column.sort(key=lambda one: ends[one][1])
        for one, top in zip(column, _spread([ends[one][1] for one in column]), strict=True):
            tops[one] = top
    return tops


def _spread(tops: Sequence[float]) -> list[float]:
    """Ascending heights at least a letter apart, moved as little as that takes, within the plot."""
    highest, lowest = TOP + 4, HEIGHT - BOTTOM - 6
    gap = min(_LETTER_HEIGHT, (lowest - highest) / max(len(tops) - 1, 1))
    # Less their gaps, heights have to ascend: those that do not are moved to their mean, as in isotonic regression.
    blocks: list[list[float]] = []
    for place, top in enumerate(tops):
        blocks.append([top - place * gap])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = [fmean(block) for block in blocks for _ in block]
    first_at_most = lowest - (len(tops) - 1) * gap
    return [min(max(top, highest), first_at_most) + place * gap for place, top in enumerate(moved)]


def _legend(one: RunCurve, middle: float) -> list[Child]:
    start, _ = plot_width()
    return [
        line(start, middle, start + 44, middle, kind=f"run {one.style}"),
        text(start + 52, middle + 4, one.letter, kind=f"letter {one.style}", anchor="start"),
        text(start + 66, middle + 4, shortened_middle(one.name, _NAME_LENGTH), kind="label", anchor="start"),
    ]
