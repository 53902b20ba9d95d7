"""What `dltrain fit` and `dltrain show` print of a cross-validation."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from dltrain.cli.output import STATE_WORDS, console, explain_baseline, number, plain_table
from dltrain.errors import escaped
from dltrain.run.checkpoint import resume_command
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import Spread
from dltrain.workflows.show import UnfinishedGroup

_ANY_WIDTH: Final = 10_000


def print_folds(summary: FoldsSummary, *, path: Path | None = None, judges: bool = True) -> None:
    """Prints every metric over the folds beside the baseline, and each fold where there is room.

    Args:
        summary: The result.
        path: The directory, for a heading; None for none.
        judges: Whether to say when nothing was learned.
    """
    out = console(sys.stdout)
    if path is not None:
        out.print(f"{path}  (cross-validation, {summary.task}, {summary.folds} folds, made {summary.created})")
        out.print()
    print_widest(out, _fold_table(summary, range(summary.folds)), _fold_table(summary, ()))
    out.print("mean ± standard deviation over the folds; all rows: each predicted by a network that did not see it")
    explain_baseline(out, summary.out_of_fold, task=summary.task, of_rows=" of all rows", judges=judges)


def print_widest(out: Console, *tables: Table) -> None:
    """Prints the first table that fits the window, the last one if none does."""
    # Measured as if the window had room: what is measured in it is never wider.
    room = out.options.update(width=_ANY_WIDTH)
    fitting = (table for table in tables if out.measure(table, options=room).maximum <= out.width)
    out.print(next(fitting, tables[-1]))


def _fold_table(summary: FoldsSummary, folds: Sequence[int]) -> Table:
    """The table with columns for some folds, counted from 0."""
    headings = ["mean ± sd", "baseline", "all rows", *(f"fold {fold + 1}" for fold in folds)]
    rows = [
        [
            name,
            spread_text(spread),
            number(spread.baseline),
            number(summary.out_of_fold.metrics[name]),
            *(number(spread.values[fold]) for fold in folds),
        ]
        for name, spread in summary.metrics.items()
    ]
    rows.append(["rows", "", "", f"{summary.out_of_fold.rows:,}", *(f"{summary.rows[fold]:,}" for fold in folds)])
    return plain_table([("", "left"), *((heading, "right") for heading in headings)], rows)


def spread_text(spread: Spread) -> str:
    """Mean and standard deviation, the second one to the places of the first.

    >>> spread_text(Spread(mean=0.85312, sd=0.01, values=(0.84, 0.86), baseline=0.5))
    '0.8531 ± 0.0100'
    """
    if spread.mean is None or spread.sd is None:
        return number(spread.mean)
    mean = number(spread.mean)
    if "e" in mean:
        return f"{mean} ± {number(spread.sd)}"
    places = len(mean.partition(".")[2])
    return f"{mean} ± {spread.sd:,.{places}f}"


def print_unfinished_group(unfinished: UnfinishedGroup) -> None:
    """Prints how far a cross-validation or a set of seeds without a result has come, and how to go on."""
    out = console(sys.stdout)
    what = STATE_WORDS[unfinished.state]
    group = unfinished.group
    out.print(f"{unfinished.path}  ({group.noun}, unfinished: {what}, begun {unfinished.origin.created})")
    out.print(f"{'finished':<11}{len(unfinished.finished)} of {unfinished.total} {group.member}s")
    if unfinished.problem is not None:
        out.print(f"{'stopped':<11}{escaped(unfinished.problem)}")
    if unfinished.state == "interrupted":
        out.print(f"{'go on':<11}{resume_command(unfinished.path)}")
