"""Results as Markdown, aligned so that they also read well on a terminal."""

from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the first column is text, the others are numbers."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [headings, rule, *rows]
    return "\n".join(f"| {' | '.join(_aligned(line, widths))} |" for line in lines)


def target(text: str, *, is_reached: bool) -> str:
    """A list item about a goal."""
    return f"- Target: {text}: {'reached' if is_reached else 'MISSED'}."


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = cells
    return [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
