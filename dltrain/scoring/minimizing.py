"""Finding the minimum of a smooth convex function: limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4)."""

from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""From a point, float64 of any shape, to the value there and the gradient."""

_MEMORY: Final = 10
"""Steps whose curvature is remembered."""
_DECREASE: Final = 1e-4
"""A step has to bring at least this share of what the slope promises (Armijo's condition)."""
_MOST_HALVINGS: Final = 30
_TOLERANCE: Final = 1e-8
"""The search ends when a step decreases the value by less than this share of it."""


class _Change(NamedTuple):
    """One step: how far it went, how the gradient changed, and the product of both, which is positive."""

    step: np.ndarray
    gradient: np.ndarray
    curvature: float


def minimize(function: Function, start: np.ndarray, *, max_steps: int) -> np.ndarray:
    """The point where the function is smallest, or the best one after `max_steps`. No clock decides anything.

    >>> minimize(lambda x: (float(np.sum((x - 3) ** 2)), 2 * (x - 3)), np.zeros(2), max_steps=20).round(6).tolist()
    [3.0, 3.0]
    """
    point, (value, gradient) = start, function(start)
    changes = deque[_Change](maxlen=_MEMORY)
    for _ in range(max_steps):
        direction = _direction(gradient, changes)
        slope = float(np.sum(direction * gradient))
        if not slope < 0:
            return point
        found = _line_search(function, point, value, direction, slope)
        if found is None:
            return point
        next_point, next_value, next_gradient = found
        change = _Change(next_point - point, next_gradient - gradient, 0.0)
        curvature = float(np.sum(change.step * change.gradient))
        if curvature > 0:
            changes.append(change._replace(curvature=curvature))
        decrease = value - next_value
        point, value, gradient = next_point, next_value, next_gradient
        if decrease <= _TOLERANCE * abs(value):
            return point
    return point


def _direction(gradient: np.ndarray, changes: deque[_Change]) -> np.ndarray:
    """Downhill, by the remembered curvature."""
    if not changes:
        return -gradient / max(1.0, float(np.linalg.norm(gradient)))
    direction, shares = -gradient, []
    for change in reversed(changes):
        share = float(np.sum(change.step * direction)) / change.curvature
        direction = direction - share * change.gradient
        shares.append(share)
    last = changes[-1]
    direction = direction * (last.curvature / float(np.sum(last.gradient**2)))
    for change, share in zip(changes, reversed(shares), strict=True):
        correction = share - float(np.sum(change.gradient * direction)) / change.curvature
        direction = direction + correction * change.step
    return direction


def _line_search(
    function: Function, point: np.ndarray, value: float, direction: np.ndarray, slope: float
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """The first of ever smaller steps that brings enough; None when rounding lets none do so."""
    size = 1.0
    for _ in range(_MOST_HALVINGS):
        candidate = point + size * direction
        candidate_value, gradient = function(candidate)
        if candidate_value <= value + _DECREASE * size * slope:
            return candidate, candidate_value, gradient
        size /= 2
    return None
