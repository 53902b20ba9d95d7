"""The frame of a chart: axes with round numbers, thin grid lines, names of the axes."""

from dataclasses import dataclass

from dltrain.report.charts.scale import Scale
from dltrain.report.figure import WIDTH
from dltrain.report.markup import Child, Markup, element
from dltrain.report.number_text import exact

LEFT, RIGHT, TOP, BOTTOM = 48.0, 12.0, 22.0, 40.0
"""Room around the plot, for numbers and names."""


@dataclass(frozen=True)
class Axes:
    """The frame of a chart.

    Attributes:
        x, y: Where numbers lie.
        x_name, y_name: What they are.
        height: Of the whole picture.
        has_whole_x: Whether only whole numbers are on the x axis.
    """

    x: Scale
    y: Scale
    x_name: str
    y_name: str
    height: float
    has_whole_x: bool = False

    def draw(self) -> list[Child]:
        """The elements of the frame."""
        bottom = self.height - BOTTOM
        parts: list[Child] = [text(LEFT, 10, self.y_name, kind="axis", anchor="start")]
        for tick in self.y.ticks():
            place = self.y.at(tick)
            parts.append(line(self.x.start, place, self.x.end, place, kind="grid"))
            parts.append(text(self.x.start - 6, place + 3.5, tick_text(tick), kind="tick", anchor="end"))
        for tick in self.x.ticks():
            if self.has_whole_x and tick != round(tick):
                continue
            place = self.x.at(tick)
            parts.append(line(place, bottom, place, bottom + 4, kind="base"))
            parts.append(text(place, bottom + 16, tick_text(tick), kind="tick", anchor="middle"))
        parts.append(line(self.x.start, bottom, self.x.end, bottom, kind="base"))
        parts.append(text((self.x.start + self.x.end) / 2, self.height - 6, self.x_name, kind="axis", anchor="middle"))
        return parts


def plot_width(right: float = RIGHT) -> tuple[float, float]:
    """Where a plot begins and ends from left to right."""
    return LEFT, WIDTH - right


def tick_text(tick: float) -> str:
    """The number at a tick, short.

    >>> tick_text(0.25), tick_text(20_000.0), tick_text(3e6)
    ('0.25', '20k', '3M')
    """
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size <= abs(tick) < 1e12:
            return exact(tick / (size if sign != "k" else 1e3)) + sign
    return exact(tick)


def line(x1: float, y1: float, x2: float, y2: float, *, kind: str) -> Markup:
    """A straight line; `kind` is its class."""
    return element("line", attributes={"class": kind, "x1": x1, "y1": y1, "x2": x2, "y2": y2})


def text(x: float, y: float, words: str, *, kind: str, anchor: str) -> Markup:
    """A text at a place; `anchor` says which end of it stands there."""
    return element("text", words, attributes={"class": kind, "x": x, "y": y, "text-anchor": anchor})


def rectangle(x: float, y: float, width: float, height: float, *, kind: str, opacity: float | None = None) -> Markup:
    """A rectangle; an opacity in [0, 1] lets the paper through."""
    place: dict[str, str | float] = {"class": kind, "x": x, "y": y, "width": width, "height": height}
    if opacity is not None:
        place["fill-opacity"] = opacity
    return element("rect", attributes=place)
