"""The learning curves of several runs over one another."""

from collections.abc import Sequence

import numpy as np

from dltrain.errors import counted
from dltrain.report.charts.curves_chart import MOST_CURVES, RunCurve, curves_chart
from dltrain.report.chosen_epochs import chosen_epochs
from dltrain.report.comparison.compared import ComparedFacts, ComparisonFacts, LossKind
from dltrain.report.figure import figure, table
from dltrain.report.learning import MOST_POINTS, MOST_ROWS
from dltrain.report.markup import Child, Markup, data, element, join
from dltrain.report.number_text import better_text, listed, number
from dltrain.report.section import charts, paragraph, section


def curves_section(facts: ComparisonFacts) -> Markup:
    """The validation losses, those of one kind over one another, and the metrics of the validation rows."""
    drawn = [position for position, run in enumerate(facts.runs[:MOST_CURVES]) if run.epochs]
    figures: list[Child] = []
    for number_, kind in enumerate(facts.loss_kinds, start=1):
        if positions := [position for position in kind.runs if position in drawn]:
            of_runs = f" of {_names(facts, positions)}" if len(facts.loss_kinds) > 1 else ""
            figures.append(
                _chart(
                    facts, f"losses-{number_}", "val_loss", positions, title=f"Validation loss{of_runs}", what=kind.loss
                )
            )
    figures += [
        _chart(facts, f"curves-{name}", f"val_{name}", drawn, title=f"Validation {name}")
        for name in facts.epoch_metrics
        if drawn
    ]
    remarks = [*_other_kinds(facts), *_remarks(facts)]
    return section(
        "learning",
        "Learning curves",
        paragraph("Epoch by epoch, on the validation rows; the dots are the epochs whose weights were kept."),
        element("ul", *(element("li", remark) for remark in remarks)) if remarks else None,
        charts(*figures),
    )


def _other_kinds(facts: ComparisonFacts) -> list[Markup]:
    """Why some losses have a chart of their own."""
    return [_reason(facts, kind) for kind in facts.loss_kinds if kind.reasons]


def _reason(facts: ComparisonFacts, kind: LossKind) -> Markup:
    has_one = len(kind.runs) == 1
    return join(
        [
            *("The loss of " if has_one else "The losses of ", _names(facts, kind.runs)),
            *(f" {'is' if has_one else 'are'} not laid over that of ", data(facts.runs[0].name)),
            f", because {'it has' if has_one else 'they have'} {listed(kind.reasons)}.",
        ]
    )


def _names(facts: ComparisonFacts, positions: Sequence[int]) -> str:
    return listed([facts.runs[position].name for position in positions])


def _remarks(facts: ComparisonFacts) -> list[str]:
    remarks = []
    if facts.other_validation:
        keys = listed(facts.other_validation)
        remarks.append(
            f"The validation rows are not the same in all runs ({keys}), so heights differ for that as well."
        )
    if averages := [position for position, run in enumerate(facts.runs) if not run.epochs]:
        remarks.append(f"No curve for {_names(facts, averages)}: an average of other networks was not trained itself.")
    if facts.left_out:
        remarks.append(facts.left_out)
    if len(facts.runs) > MOST_CURVES:
        remarks.append(f"Drawn are the first {MOST_CURVES} of {counted(len(facts.runs), 'run')}.")
    return remarks


def _chart(
    facts: ComparisonFacts, key: str, column: str, positions: Sequence[int], *, title: str, what: str = ""
) -> Markup:
    runs = [facts.runs[position] for position in positions]
    curves = [_curve(run, position, column) for run, position in zip(runs, positions, strict=True)]
    picture, height = curves_chart(curves, x_name="epoch", y_name=column.removeprefix("val_"))
    told = "; ".join(
        f"{run.name} from {number(_values(run, column)[0])} to {number(_values(run, column)[-1])}, "
        f"{number(_values(run, column)[run.best_epoch - 1])} at the kept epoch {run.best_epoch:,}"
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


def _values(run: ComparedFacts, column: str) -> np.ndarray:
    return np.array([row[column] for row in run.history], np.float64)


def _curve(run: ComparedFacts, position: int, column: str) -> RunCurve:
    values = _values(run, column)
    kept = np.array(chosen_epochs(len(values), run.best_epoch, MOST_POINTS))
    epochs = np.arange(1, len(values) + 1, dtype=np.float64)
    at = int(np.searchsorted(kept, run.best_epoch - 1))
    return RunCurve(run.name, position, epochs[kept], values[kept], at)


def _table(runs: Sequence[ComparedFacts], column: str, title: str) -> Markup:
    values = [_values(run, column) for run in runs]
    longest = max(map(len, values))
    shown = {place for run in runs for place in chosen_epochs(longest, run.best_epoch, MOST_ROWS)}
    cells = [
        (f"{place + 1:,}", *(number(one[place]) if place < len(one) else "" for one in values))
        for place in sorted(shown)
    ]
    return table(["epoch", *(data(run.name) for run in runs)], cells, label=f"{title} by epoch", n_text=0)
