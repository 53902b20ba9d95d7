"""The network, from its inputs down to its output."""

import math
from collections.abc import Sequence

from dltrain.config.architecture import LayerSummary
from dltrain.errors import counted
from dltrain.report.charts.axes import line, rectangle, text
from dltrain.report.figure import WIDTH
from dltrain.report.markup import Child

MOST_LAYERS = 30
_ROW, _BAR, _TOP = 38.0, 20.0, 8.0
_WIDEST = 176.0
_NARROWEST = 34.0


def network_drawing(layers: Sequence[LayerSummary]) -> tuple[list[Child], float]:
    """A bar for every layer, the wider the more units it has.

    Returns:
        The elements, and the height they need.
    """
    shown = [*layers[: MOST_LAYERS - 1], layers[-1]] if len(layers) > MOST_LAYERS else list(layers)
    most = max(layer.units for layer in shown)
    centre = _WIDEST / 2 + 2
    parts: list[Child] = []
    for row, layer in enumerate(shown):
        top = _TOP + row * _ROW
        share = math.log1p(layer.units) / math.log1p(most)
        width = max(_NARROWEST, _WIDEST * share)
        if row:
            parts.append(line(centre, top - _ROW + _BAR, centre, top, kind="base"))
        is_end = layer.kind == "input" or layer is shown[-1]
        kind = "layer end" if is_end else "layer" if layer.parameters else "layer light"
        parts.append(rectangle(centre - width / 2, top, width, _BAR, kind=kind))
        parts.append(text(centre, top + 14, f"{layer.units:,}", kind="units", anchor="middle"))
        parts.append(text(_WIDEST + 14, top + 8, _name(layer), kind="label", anchor="start"))
        if layer.parameters:
            parts.append(
                text(_WIDEST + 14, top + 21, counted(layer.parameters, "parameter"), kind="tick", anchor="start")
            )
    if len(shown) < len(layers):
        place = _TOP + (len(shown) - 1) * _ROW - 6
        parts.append(text(WIDTH, place, f"{len(layers) - len(shown)} more layers", kind="tick", anchor="end"))
    return parts, _TOP + len(shown) * _ROW


def _name(layer: LayerSummary) -> str:
    kind = "inputs" if layer.kind == "input" else layer.name
    return kind if layer.activation is None or layer.kind == "activation" else f"{kind} · {layer.activation}"
