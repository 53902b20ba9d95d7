"""What `dltrain runs` prints."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from rich.table import Table

from dltrain.cli.output import console, number, plain_table
from dltrain.cli.pages.folds import print_widest, spread_text
from dltrain.errors import counted, escaped
from dltrain.workflows.listing.run_entry import RunEntry

_COLUMNS: Final = (
    ("run", "left"),
    ("epochs", "right"),
    ("test rows", "left"),
    ("made (UTC)", "left"),
    ("rows", "right"),
    ("table", "left"),
)
# A run is told by what it reached; the rest helps to tell it from others.
_MOST_TELLING: Final = ("run", "test rows", "epochs", "made (UTC)", "rows", "table")
_LAYOUTS: Final = ((6, 2), (5, 2), (4, 2), (3, 2), (4, 1), (3, 1), (2, 1))
"""So many of the columns, and so many metrics: the first of these that fits the window is taken."""

_MOST_PROBLEMS: Final = 5


def print_runs(entries: Sequence[RunEntry], *, metric: str | None) -> None:
    """Prints a line for every run.

    Args:
        entries: In order.
        metric: The one to show; None for the first two of every run.
    """
    out = console(sys.stdout)
    print_widest(out, *(_table(entries, metric, n_columns, n_metrics) for n_columns, n_metrics in _LAYOUTS))
    problems = [f"{entry.name}: {entry.problem}" for entry in entries if entry.problem is not None]
    for problem in problems[:_MOST_PROBLEMS]:
        out.print(escaped(problem), style="yellow")
    if len(problems) > _MOST_PROBLEMS:
        out.print(f"and {len(problems) - _MOST_PROBLEMS:,} more; --filter damaged lists them")


def _table(entries: Sequence[RunEntry], metric: str | None, n_columns: int, n_metrics: int) -> Table:
    shown = [column for column in _COLUMNS if column[0] in _MOST_TELLING[:n_columns]]
    rows = []
    for entry in entries:
        rows.append([_cell(entry, heading, metric, n_metrics) for heading, _ in shown])
        members = [[_cell(member, heading, metric, n_metrics) for heading, _ in shown] for member in entry.members]
        rows += [[f"  {name}", *cells] for name, *cells in members]
    table = plain_table(shown, rows)
    # A name that is cut is no name.
    table.columns[0].overflow = "fold"
    return table


def _cell(entry: RunEntry, heading: str, metric: str | None, n_metrics: int) -> str:
    match heading:
        case "run":
            return escaped(entry.name) + ("" if entry.kind == "run" else f" ({entry.total} {entry.kind})")
        case "epochs":
            if entry.average is not None:
                return str(entry.average)
            if entry.epochs is None:
                return ""
            return f"{entry.epochs:,}" if entry.best_epoch is None else f"{entry.best_epoch:,} of {entry.epochs:,}"
        case "test rows":
            return _result(entry, metric, n_metrics)
        case "made (UTC)":
            return utc_text(entry.created)
        case "rows":
            return "" if entry.rows is None else f"{entry.rows:,}"
        case _:
            return escaped(entry.table)


def utc_text(created: str) -> str:
    """When a run was made, to the minute: runs hold the time zone of the machine that made them.

    >>> utc_text("2026-11-21T01:30:00+05:30")
    '2026-11-20 20:00'
    """
    try:
        time = datetime.fromisoformat(created)
        return (time.astimezone(UTC).isoformat() if time.tzinfo else created)[:16].replace("T", " ")
    except (ValueError, OverflowError):
        return escaped(created[:16])


def _result(entry: RunEntry, metric: str | None, n_metrics: int) -> str:
    match entry.state:
        case "finished":
            names = [metric] if metric in entry.metrics else list(entry.metrics)[:n_metrics]
            figures = "  ".join(f"{name} {_figure(entry, name)}" for name in names if name is not None)
            return ", ".join(filter(None, [figures, _missed_text(entry)]))
        case "training":
            return "being trained" + _how_far(entry)
        case "interrupted":
            return f"interrupted{_how_far(entry)}, can be resumed"
        case _:
            return entry.state


def _missed_text(entry: RunEntry) -> str:
    return f"{counted(entry.n_missed, 'gate')} missed" if entry.n_missed else ""


def _figure(entry: RunEntry, metric: str) -> str:
    spread = entry.spreads.get(metric)
    return number(entry.metrics[metric]) if spread is None else spread_text(spread)


def _how_far(entry: RunEntry) -> str:
    return "" if entry.kind == "run" else f", {entry.n_finished} of {entry.total} finished"
