"""What the differences of two runs say, as a sentence."""

from typing import Final

from dltrain.config.sections.metrics import Verdict
from dltrain.report.comparison.compared import ComparedFacts, DifferenceFacts
from dltrain.report.markup import Child, Markup, data, element
from dltrain.report.number_text import UNDEFINED, listed, signed

_SAID: Final[dict[Verdict, tuple[str, str]]] = {
    "better": ("is better than", "better"),
    "worse": ("is worse than", "worse"),
    "open": ("cannot be told from", "the two cannot be told apart"),
    "equal": ("equals", "they are equal"),
    "undefined": ("cannot be compared with", "they cannot be compared"),
}
"""Between the names of the runs, and behind another clause."""


def verdict_sentence(first: ComparedFacts, run: ComparedFacts) -> list[Child]:
    """Says by which metrics a run is better, worse, or neither.

    "wine-2 is better than wine-1 by log_loss −0.021 (−0.034 to −0.008); the two cannot be told apart by accuracy."

    Args:
        first: The run to compare with.
        run: The other one, which has the differences.
    """
    parts: list[Child] = []
    for verdict, (between, behind) in _SAID.items():
        names = [name for name, found in run.differences.items() if found.verdict == verdict]
        if not names:
            continue
        parts += ["; ", behind] if parts else [named(run), f" {between} ", named(first)]
        is_sure = verdict in {"better", "worse"}
        told = [f"{name} {_measured(run.differences[name])}" if is_sure else name for name in names]
        parts.append(f" by {listed(told)}")
    return [*parts, "."]


def named(run: ComparedFacts) -> Markup:
    """The name of a run, so that it stands out in a text."""
    return element("strong", data(run.name))


def interval_text(found: DifferenceFacts) -> str:
    """The 95 % interval of a difference."""
    return UNDEFINED if found.verdict == "undefined" else f"{signed(found.low)} to {signed(found.high)}"


def _measured(found: DifferenceFacts) -> str:
    return f"{signed(found.value)} ({interval_text(found)})"
