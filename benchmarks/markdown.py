"""Results as Markdown, aligned so that they also read well on a terminal."""

import statistics
from collections.abc import Sequence

NOT_MEASURED = "not measured"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, n_text: int = 1) -> str:
    """A table; the first `n_text` columns are text, the others are numbers."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    rule = ["-" * width if place < n_text else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
    return "\n".join(f"| {' | '.join(_aligned(line, widths, n_text))} |" for line in (headings, rule, *rows))


def target(text: str, *, is_reached: bool | None, measured: str = "") -> str:
    """A list item about a goal.

    Args:
        text: The goal.
        is_reached: None when it could not be measured.
        measured: What was reached, in the unit of the goal.
    """
    result = NOT_MEASURED if is_reached is None else "reached" if is_reached else "MISSED"
    return f"- Target: {text}: {result}{f', {measured}' if measured else ''}."


def spread(values: Sequence[float], *, digits: int = 2) -> str:
    """The median with the least and the greatest value."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _aligned(cells: Sequence[str], widths: Sequence[int], n_text: int) -> list[str]:
    pairs = list(zip(cells, widths, strict=True))
    return [cell.ljust(width) for cell, width in pairs[:n_text]] + [cell.rjust(width) for cell, width in pairs[n_text:]]
