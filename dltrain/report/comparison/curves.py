"""The learning curves of several runs over one another."""

from collections.abc import Sequence

from dltrain.errors import counted
from dltrain.report.charts.curves_chart import MOST_CURVES
from dltrain.report.comparison.compared import ComparisonFacts, LossKind
from dltrain.report.markup import Child, Markup, data, element, join
from dltrain.report.number_text import listed
from dltrain.report.overlaid_curves import TrainedRun, overlaid_curves
from dltrain.report.section import charts, paragraph, section


def curves_section(facts: ComparisonFacts) -> Markup:
    """The validation losses, those of one kind over one another, and the metrics of the validation rows."""
    drawn = [position for position, run in enumerate(facts.runs[:MOST_CURVES]) if run.epochs]
    figures: list[Child] = []
    for number, kind in enumerate(facts.loss_kinds, start=1):
        if positions := [position for position in kind.runs if position in drawn]:
            of_runs = f" of {_names(facts, positions)}" if len(facts.loss_kinds) > 1 else ""
            title, runs = f"Validation loss{of_runs}", _trained(facts, positions)
            figures.append(overlaid_curves(f"losses-{number}", title, "val_loss", runs, what=kind.loss))
    figures += [
        overlaid_curves(f"curves-{name}", f"Validation {name}", f"val_{name}", _trained(facts, drawn))
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


def _trained(facts: ComparisonFacts, positions: Sequence[int]) -> list[TrainedRun]:
    runs = facts.runs
    return [TrainedRun(runs[at].name, at, runs[at].history, runs[at].best_epoch) for at in positions]


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
