"""What `dltrain fit` and `dltrain show` print of a config that was fitted with several seeds."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table

from dltrain.cli.output import console, number, plain_table
from dltrain.cli.pages.folds import print_widest, spread_text
from dltrain.errors import counted
from dltrain.run import RunMetrics
from dltrain.run.seeds import SeedsSummary


def print_seeds(summary: SeedsSummary, *, average: RunMetrics | None = None, path: Path | None = None) -> None:
    """Prints every metric over the seeds beside the baseline, and each seed where there is room.

    Args:
        summary: The result.
        average: That of the average; None when there is none.
        path: The directory, for a heading; None for none.
    """
    out = console(sys.stdout)
    if path is not None:
        out.print(f"{path}  ({len(summary.seeds)} seeds, {summary.task}, made {summary.created})")
        out.print()
    print_widest(out, _table(summary, average, range(len(summary.seeds))), _table(summary, average, ()))
    rows = counted(summary.rows, "test row")
    out.print(f"mean ± standard deviation over the seeds of training, on the same {rows}")
    if summary.seeds[0] != 1:
        last = len(summary.seeds)
        out.print(f"runs are numbered from 1: seed-1 has the seed {summary.seeds[0]}, seed-{last} {summary.seeds[-1]}")
    if average is not None:
        parameters = counted(average.parameters, "parameter")
        out.print(f"average: one network of {parameters}; predict and evaluate with this directory use it")


def seeds_content(summary: SeedsSummary, average: RunMetrics | None) -> dict[str, Any]:
    """The result as JSON content; arguments as for `print_seeds`."""
    return summary.model_dump() | ({} if average is None else {"average": average.model_dump()})


def _table(summary: SeedsSummary, average: RunMetrics | None, positions: Iterable[int]) -> Table:
    """The table with columns for some seeds, counted from 0."""
    shown = list(positions)
    headings = ["mean ± sd", *(["average"] if average else []), "baseline"]
    headings += [f"seed {summary.seeds[position]}" for position in shown]
    rows = [
        [
            name,
            spread_text(spread),
            *([number(average.test.metrics[name])] if average else []),
            number(spread.baseline),
            *(number(spread.values[position]) for position in shown),
        ]
        for name, spread in summary.metrics.items()
    ]
    return plain_table([("", "left"), *((heading, "right") for heading in headings)], rows)
