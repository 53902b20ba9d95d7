"""What `dltrain runs` prints."""

import sys
from collections.abc import Sequence
from typing import Final

from dltrain.cli.output import console, number, plain_table
from dltrain.errors import escaped
from dltrain.workflows.runs import RunEntry

_LEAST_WIDTHS: Final = {"table": 100, "rows": 85, "made": 70}
"""Windows that are narrower than this leave a column out."""

_MOST_PROBLEMS: Final = 5


def print_runs(entries: Sequence[RunEntry], *, metric: str | None) -> None:
    """Prints a line for every run.

    Args:
        entries: In order.
        metric: The one to show; None for the first two of every run.
    """
    out = console(sys.stdout)
    # A run is told by what it reached; the rest helps to tell it from others.
    columns = [("run", "left"), ("epochs", "right"), ("test rows", "left"), ("made", "left"), ("rows", "right")]
    columns.append(("table", "left"))
    shown = [column for column in columns if out.width >= _LEAST_WIDTHS.get(column[0], 0)]
    rows = [[_cell(entry, heading, metric) for heading, _ in shown] for entry in entries]
    out.print(plain_table(shown, rows), soft_wrap=False)
    problems = [f"{entry.name}: {entry.problem}" for entry in entries if entry.problem is not None]
    for problem in problems[:_MOST_PROBLEMS]:
        out.print(escaped(problem), style="yellow")
    if len(problems) > _MOST_PROBLEMS:
        out.print(f"and {len(problems) - _MOST_PROBLEMS:,} more; --filter damaged lists them")


def _cell(entry: RunEntry, heading: str, metric: str | None) -> str:
    match heading:
        case "run":
            return escaped(entry.name)
        case "epochs":
            if entry.average is not None:
                return str(entry.average)
            if entry.epochs is None:
                return ""
            return f"{entry.epochs:,}" if entry.best_epoch is None else f"{entry.best_epoch:,} of {entry.epochs:,}"
        case "test rows":
            return _result(entry, metric)
        case "made":
            return entry.created[:16].replace("T", " ")
        case "rows":
            return "" if entry.rows is None else f"{entry.rows:,}"
        case _:
            return escaped(entry.table)


def _result(entry: RunEntry, metric: str | None) -> str:
    match entry.state:
        case "finished":
            names = [metric] if metric in entry.metrics else list(entry.metrics)[:2]
            return "  ".join(f"{name} {number(entry.metrics[name])}" for name in names if name is not None)
        case "training":
            return "being trained"
        case "interrupted":
            return "interrupted, can be resumed"
        case _:
            return entry.state
