"""What `dltrain fit` and `dltrain show` print of a config that was fitted with several seeds."""

import sys
from collections.abc import Iterable
from pathlib import Path

from rich.table import Table

from dltrain.cli.folds_page import print_widest, spread_text
from dltrain.cli.output import console, number, plain_table
from dltrain.errors import counted
from dltrain.run.seeds import SeedsSummary


def print_seeds(summary: SeedsSummary, *, path: Path | None = None) -> None:
    """Prints every metric over the seeds beside the baseline, and each seed where there is room.

    Args:
        summary: The result.
        path: The directory, for a heading; None for none.
    """
    out = console(sys.stdout)
    if path is not None:
        out.print(f"{path}  ({len(summary.seeds)} seeds, {summary.task}, made {summary.created})")
        out.print()
    print_widest(out, _table(summary, range(len(summary.seeds))), _table(summary, ()))
    rows = counted(summary.rows, "test row")
    out.print(f"mean ± standard deviation over the seeds of training, on the same {rows}")


def _table(summary: SeedsSummary, positions: Iterable[int]) -> Table:
    """The table with columns for some seeds, counted from 0."""
    shown = list(positions)
    headings = ["mean ± sd", "baseline", *(f"seed {summary.seeds[position]}" for position in shown)]
    rows = [
        [name, spread_text(spread), number(spread.baseline), *(number(spread.values[position]) for position in shown)]
        for name, spread in summary.metrics.items()
    ]
    return plain_table([("", "left"), *((heading, "right") for heading in headings)], rows)
