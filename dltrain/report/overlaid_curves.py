"""A learning curve of several runs over one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dltrain.report.charts.curves_chart import RunCurve, curves_chart
from dltrain.report.chosen_epochs import chosen_epochs
from dltrain.report.figure import figure, table
from dltrain.report.learning import MOST_POINTS, MOST_ROWS
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import better_text, number


@dataclass(frozen=True)
class TrainedRun:
    """A run that has learning curves.

    Attributes:
        name: Unlike those of the others.
        position: Among all, from 0: what its curves look like follows from it.
        history: One row per epoch; at least one.
        best_epoch: Whose weights were kept, counted from 1.
    """

    name: str
    position: int
    history: Sequence[Mapping[str, float]]
    best_epoch: int

    def values(self, column: str) -> np.ndarray:
        """A column of the history, float64 `(n_epochs,)`."""
        return np.array([row[column] for row in self.history], np.float64)


def overlaid_curves(key: str, title: str, column: str, runs: Sequence[TrainedRun], *, what: str = "") -> Markup:
    """A figure with the curve of every run.

    Args:
        key: Unique on the page.
        title: What is shown.
        column: Of the histories.
        runs: At least one.
        what: What the numbers are, in words; empty where the title says it.
    """
    picture, height = curves_chart(
        [_curve(run, column) for run in runs], x_name="epoch", y_name=column.removeprefix("val_")
    )
    told = "; ".join(
        f"{run.name} from {number(run.values(column)[0])} to {number(run.values(column)[-1])}, "
        f"{number(run.values(column)[run.best_epoch - 1])} at the kept epoch {run.best_epoch:,}"
        for run in runs
    )
    better = better_text(column)
    return figure(
        key,
        title=title,
        description=f"{title}: {told}.",
        picture=picture,
        height=height,
        table=_table(runs, column, title),
        note=f"{what}; {better}." if what else f"{better.capitalize()}.",
    )


def _curve(run: TrainedRun, column: str) -> RunCurve:
    values = run.values(column)
    kept = np.array(chosen_epochs(len(values), run.best_epoch, MOST_POINTS))
    epochs = np.arange(1, len(values) + 1, dtype=np.float64)
    at = int(np.searchsorted(kept, run.best_epoch - 1))
    return RunCurve(run.name, run.position, epochs[kept], values[kept], at)


def _table(runs: Sequence[TrainedRun], column: str, title: str) -> Markup:
    values = [run.values(column) for run in runs]
    longest = max(map(len, values))
    shown = {place for run in runs for place in chosen_epochs(longest, run.best_epoch, MOST_ROWS)}
    cells = [
        (f"{place + 1:,}", *(number(one[place]) if place < len(one) else "" for one in values))
        for place in sorted(shown)
    ]
    return table(["epoch", *(data(run.name) for run in runs)], cells, label=f"{title} by epoch", n_text=0)
