"""What commands print in columns: results to standard output, progress to standard error."""

import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table

from dltrain.config.architecture import LayerSummary
from dltrain.config.sections.data import Task
from dltrain.errors import counted, escaped, escaped_lines
from dltrain.machine import peak_megabytes
from dltrain.run import Diagnosis, RunMetrics, Scores
from dltrain.run.unfinished import UnfinishedState
from dltrain.stopwatch import Stopwatch

if TYPE_CHECKING:
    # It would bring ONNX Runtime to commands that only print.
    from dltrain.workflows.evaluate import GroupScores

UNDEFINED = "–"
MISSING = "(missing)"
SHOWN_GROUPS = 20
SHOWN_CHARACTERS = 48
"""Of a group's name; the longest are ranges of times, 2024-01-31T08:30:00 to 2024-01-31T09:45:30 UTC."""
STATE_WORDS: Final[dict[UnfinishedState, str]] = {
    "training": "being trained",
    "interrupted": "interrupted",
    "diverged": "diverged",
}


class PlainConsole(Console):
    """A console whose texts are no commands for the terminal: they may be those of a stranger's run or table."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Called by rich for everything that is printed."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=escaped_lines(segment.text))


class ProgressConsole(PlainConsole):
    """A console that falls silent when it cannot be written any more.

    Nobody loses a fit because `head` has read enough, a terminal was closed, or the disk of a log is full.
    """

    def on_broken_pipe(self) -> None:
        """Called by rich instead of an exception."""
        self.quiet = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Called by rich when something is to be written."""
        try:
            super().__exit__(kind, error, at)
        except OSError:
            self.quiet = True


def console(stream: TextIO, *, kind: type[Console] = PlainConsole) -> Console:
    """A console that prints text as it is: no markup, no colours of its own choice for numbers and paths.

    Characters that cannot be printed are escaped.
    """
    # A file or a pipe has no width that lines would have to fit into.
    width = None if stream.isatty() else 10_000
    return kind(file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=True)


def number(value: float | None) -> str:
    """A number in about four digits.

    >>> number(0.85312), number(48123.4), number(None)
    ('0.8531', '48,123', '–')
    """
    if value is None or value != value:
        return UNDEFINED
    if 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    if 1e-4 <= abs(value) < 1e4:
        digits = 4 if abs(value) < 10 else 3 if abs(value) < 100 else 1
        return f"{value:.{digits}f}"
    return f"{value:.4g}"


def plain_table(columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]) -> Table:
    """A table without lines; columns are (heading, "left" or "right")."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, justify in columns:
        is_number = justify == "right"
        table.add_column(heading, justify="right" if is_number else "left", header_style="dim", no_wrap=is_number)
    for row in rows:
        table.add_row(*row)
    return table


def metric_table(metrics: RunMetrics) -> Table:
    """Validation and test metrics beside the baseline."""
    validation, test = metrics.validation, metrics.test
    rows = [
        [name, number(validation.metrics[name]), number(test.metrics[name]), number(test.baseline[name])]
        for name in test.metrics
    ]
    rows.append(["rows", f"{validation.rows:,}", f"{test.rows:,}", ""])
    return plain_table([("", "left"), ("validation", "right"), ("test", "right"), ("baseline", "right")], rows)


def layer_table(layers: Iterable[LayerSummary]) -> Table:
    """The layers of a network."""
    rows = [
        [f"  {layer.name}", layer.activation or "", f"{layer.units:,}", f"{layer.parameters:,}"] for layer in layers
    ]
    columns = [("network", "left"), ("activation", "left"), ("units", "right"), ("parameters", "right")]
    return plain_table(columns, rows)


def print_profile(watch: Stopwatch) -> None:
    """Prints where the time of the command went. Stages may overlap: then they add up to more than the whole."""
    out, whole = console(sys.stderr), watch.elapsed
    rows = [
        [stage, f"{seconds:,.3f}", f"{seconds / whole:.0%}"]
        for stage, seconds in [*watch.seconds.items(), ("whole", whole)]
    ]
    out.print(plain_table([("stage", "left"), ("seconds", "right"), ("share", "right")], rows))
    if sum(watch.seconds.values()) > whole:
        out.print("stages that run at the same time add up to more than the whole")
    out.print(f"peak memory {peak_megabytes():,.0f} MB")


def print_result(metrics: RunMetrics, *, task: Task) -> None:
    """Prints the metrics of a fit."""
    out = console(sys.stdout)
    out.print(metric_table(metrics))
    explain_baseline(out, metrics.test, task=task, judges=not metrics.has_unseen_labels)


def print_diagnosis(out: Console, diagnosis: Iterable[Diagnosis]) -> None:
    """Prints what may be better, each with a change that can be pasted behind the command."""
    for found in diagnosis:
        print_finding(out, found)


def print_finding(out: Console, found: Diagnosis, *, where: str = "") -> None:
    """Prints one of them; `where` is written behind its topic."""
    out.print(f"{escaped(found.topic).replace('_', ' ')}{where}: {escaped(found.message)}", style="yellow")
    if found.change is not None:
        out.print(f"  try {shlex.quote(escaped(found.change))}")


def print_scores(scores: Scores, *, title: str, task: Task) -> None:
    """Prints the metrics of one set of rows."""
    out = console(sys.stdout)
    out.print(title)
    rows = [[name, number(value), number(scores.baseline[name])] for name, value in scores.metrics.items()]
    rows.append(["rows", f"{scores.rows:,}", ""])
    out.print(plain_table([("", "left"), ("score", "right"), ("baseline", "right")], rows))
    explain_baseline(out, scores, task=task)


def print_groups(by: str, groups: "Sequence[GroupScores]") -> None:
    """Prints the metrics of each group of rows, at most so many of them."""
    out = console(sys.stdout)
    names = list(groups[0].scores.metrics)
    rows = [
        [
            MISSING if group.name is None else _short(group.name),
            f"{group.scores.rows:,}",
            *(number(group.scores.metrics[name]) for name in names),
        ]
        for group in groups[:SHOWN_GROUPS]
    ]
    columns = [(_short(by), "left"), *((heading, "right") for heading in ("rows", *names))]
    out.print()
    out.print(plain_table(columns, rows))
    if len(groups) > SHOWN_GROUPS:
        out.print(f"and {counted(len(groups) - SHOWN_GROUPS, 'more group')}: --json has all")


def _short(text: str) -> str:
    """A text that takes no more than a column of a table, unprintable characters escaped."""
    return escaped(text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…")


def explain_baseline(out: Console, scores: Scores, *, task: Task, of_rows: str = "", judges: bool = True) -> None:
    """Says what the baseline is, what class weights do to the figures, and when nothing was learned.

    Args:
        out: Where.
        scores: The figures.
        task: What kind of prediction.
        of_rows: Which rows the figures without class weights are of, such as " of all rows"; empty when it is plain.
        judges: Whether to say when nothing was learned.
    """
    trivial = "the mean of the training rows" if task == "regression" else "the class shares of the training rows"
    if scores.unweighted is not None:
        trivial = "the weighted class shares of the training rows"
    out.print(f"baseline: always predicts {trivial}", style="dim")
    if scores.unweighted is not None:
        shown = ", ".join(_unweighted_text(scores, name) for name in scores.unweighted)
        out.print(f"class weights count in these metrics; without them{of_rows}: {shown}", style="dim")
    if judges and (remark := scores.remark()) is not None:
        out.print(remark, style="yellow")


def _unweighted_text(scores: Scores, name: str) -> str:
    """A metric without class weights, beside its baseline where that is known."""
    unweighted, baseline = scores.unweighted or {}, scores.unweighted_baseline
    beside = "" if baseline is None else f" (baseline {number(baseline[name])})"
    return f"{name} {number(unweighted[name])}{beside}"
