"""Differences with their intervals, on both sides of zero."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dltrain.config.sections.metrics import Verdict
from dltrain.report.charts.axes import BOTTOM, line, text, tick_text
from dltrain.report.charts.scale import Scale, scale_for
from dltrain.report.comparison.compared import DifferenceFacts
from dltrain.report.figure import WIDTH
from dltrain.report.markup import Child, element
from dltrain.report.number_text import shortened_middle

VERDICTS: Final[dict[Verdict, str]] = {
    "better": "better",
    "worse": "worse",
    "equal": "equal",
    "open": "cannot be told apart",
    "undefined": "undefined",
}
_TOP: Final = 24.0
_ROW: Final = 40.0
_NAME_LENGTH: Final = 34
_LEAST_SIDE: Final = 0.35
"""Room on either side of zero, as a share of the largest number."""


def difference_chart(
    rows: Sequence[tuple[str, DifferenceFacts]], *, x_name: str, is_higher_better: bool
) -> tuple[list[Child], float]:
    """A dot with its interval for every run: full where it is sure, hollow where zero lies in the interval.

    Args:
        rows: Name of the run, and its difference.
        x_name: What goes from left to right.
        is_higher_better: Whether the better runs lie on the right.

    Returns:
        The elements, and the height they need.
    """
    height = _TOP + _ROW * len(rows) + BOTTOM - 4
    bottom = height - BOTTOM
    x = _scale([one for _, one in rows])
    sides = ("← worse", "better →") if is_higher_better else ("← better", "worse →")
    parts: list[Child] = [
        text(0.0, 10, sides[0], kind="axis", anchor="start"),
        text(WIDTH, 10, sides[1], kind="axis", anchor="end"),
    ]
    for tick in x.ticks():
        kind = "base" if tick == 0 else "grid"
        parts.append(line(x.at(tick), _TOP - 6, x.at(tick), bottom, kind=kind))
        parts.append(text(x.at(tick), bottom + 15, tick_text(tick), kind="tick", anchor="middle"))
    for row, (name, one) in enumerate(rows):
        parts += _row(x, _TOP + _ROW * row, name, one)
    parts.append(text(WIDTH / 2, height - 6, x_name, kind="axis", anchor="middle"))
    return parts, height


def _scale(differences: Sequence[DifferenceFacts]) -> Scale:
    numbers = np.array([[one.low, one.value, one.high] for one in differences])
    numbers = numbers[np.isfinite(numbers)]
    side = float(np.abs(numbers).max(initial=0.0)) * _LEAST_SIDE or 1.0
    return scale_for([numbers, np.array([-side, side])], 8.0, WIDTH - 8.0)


def _row(x: Scale, top: float, name: str, one: DifferenceFacts) -> list[Child]:
    middle = top + 24
    is_sure = one.verdict in {"better", "worse"}
    parts: list[Child] = [
        text(0.0, top + 10, shortened_middle(name, _NAME_LENGTH), kind="label over", anchor="start"),
        text(WIDTH, top + 10, VERDICTS[one.verdict], kind=f"over verdict {one.verdict}", anchor="end"),
    ]
    if np.isfinite([one.low, one.high]).all():
        parts.append(line(x.at(one.low), middle, x.at(one.high), middle, kind=f"span {one.verdict}"))
    if np.isfinite(one.value):
        kind = f"{'dot' if is_sure else 'dot hollow'} {one.verdict}"
        parts.append(element("circle", attributes={"class": kind, "cx": x.at(one.value), "cy": middle, "r": 5}))
    return parts
