"""Strips: a metric from left to right, beside what is easily reached."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dltrain.report.charts.axes import line, text
from dltrain.report.charts.scale import Scale, scale_for
from dltrain.report.figure import WIDTH
from dltrain.report.markup import Child, element

HEIGHT: Final = 62.0
_MIDDLE: Final = 24.0
_SIDE: Final = 12.0
_NAME_ROOM: Final = 62.0


def dot_strip(*, value: float, bounds: Sequence[float] | None, others: Sequence[tuple[str, float]]) -> list[Child]:
    """The value of a network with its interval, beside others that are named below."""
    x = _scale([value, *(bounds or ())], others)
    parts = _others(x, others)
    if bounds is not None:
        parts.append(line(x.at(bounds[0]), _MIDDLE, x.at(bounds[1]), _MIDDLE, kind="band"))
    parts.append(_dot(x.at(value), kind="main", radius=5))
    parts.append(_named(x.at(value), "network"))
    return parts


def spread_strip(*, values: Sequence[float], mean: float, others: Sequence[tuple[str, float]]) -> list[Child]:
    """The values of several networks and their mean, beside others that are named below."""
    x = _scale([*values, mean], others)
    place = x.at(mean)
    return [
        *_others(x, others),
        *(_dot(x.at(value), kind="member", radius=4.5) for value in values),
        line(place, _MIDDLE - 9, place, _MIDDLE + 9, kind="mean"),
        _named(place, "mean"),
    ]


def _scale(values: Sequence[float], others: Sequence[tuple[str, float]]) -> Scale:
    return scale_for([np.array([*values, *(other for _, other in others)])], _SIDE, WIDTH - _SIDE)


def _others(x: Scale, others: Sequence[tuple[str, float]]) -> list[Child]:
    parts: list[Child] = [line(_SIDE, _MIDDLE, WIDTH - _SIDE, _MIDDLE, kind="grid")]
    taken: list[float] = []
    for name, other in sorted(others, key=lambda pair: pair[1]):
        place = x.at(other)
        is_near = any(abs(place - before) < _NAME_ROOM for before in taken)
        taken.append(place)
        parts.append(line(place, _MIDDLE - 7, place, _MIDDLE + 7, kind="other"))
        parts.append(text(place, 54 if is_near else 43, name, kind="tick", anchor=_anchor(place)))
    return parts


def _dot(place: float, *, kind: str, radius: float) -> Child:
    return element("circle", attributes={"class": kind, "cx": place, "cy": _MIDDLE, "r": radius})


def _named(place: float, name: str) -> Child:
    return text(place, 12, name, kind="name main", anchor=_anchor(place))


def _anchor(place: float) -> str:
    """Which end of a name stands at a place, so that the whole of it is seen."""
    return "start" if place < 50 else "end" if place > WIDTH - 50 else "middle"
