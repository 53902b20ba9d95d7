"""Which columns the predictions rest on."""

from collections.abc import Sequence
from typing import Final

from dltrain.config.sections.data import Task
from dltrain.errors import counted
from dltrain.report.charts.bar_chart import Effect, effect_chart
from dltrain.report.facts import ReportFacts
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import number
from dltrain.report.section import charts, paragraph, section

MOST_BARS: Final = 20
_MOST_ROWS: Final = 200


def importance_section(facts: ReportFacts) -> Markup:
    """Permutation importance of every column."""
    importance = facts.metrics.importance
    if not importance:
        words = "Left out: with this network and so many columns it would take too long."
        return section("importance", "What the predictions rest on", paragraph(words))
    n_without = sum(one.low <= 0 <= one.high for one in importance)
    none = f" For {n_without:,} of {counted(len(importance), 'column')} it holds 0: they may not matter at all."
    return permutation_section(
        [Effect(one.name, one.increase, one.low, one.high) for one in importance],
        facts.preprocessing.target.task,
        words="without one the other is still there. It shows what this network uses, not what causes what.",
        lines=f"Thin lines: the 95 % interval.{none if n_without else ''}",
        range_name="95 % interval",
    )


def permutation_section(effects: Sequence[Effect], task: Task, *, words: str, lines: str, range_name: str) -> Markup:
    """A chart of how much the loss grows without the columns.

    Args:
        effects: Of the columns, the largest first; at least one.
        task: What kind of prediction.
        words: Goes on after "Columns that say the same share their importance: ".
        lines: What the thin lines are.
        range_name: The same in a heading.
    """
    loss = "absolute error" if task == "regression" else "log loss"
    picture, height = effect_chart(effects[:MOST_BARS], x_name=f"mean {loss} grows by")
    how = (
        f"How much the mean {loss} grows when the cells of one column change places among test rows (2,000 at most), "
        "so that they say nothing any more. Columns that say the same share their importance: "
    )
    three = ", ".join(f"{one.name} {number(one.value)}" for one in effects[:3])
    cells = [
        (data(one.name), number(one.value), f"{number(one.low)} to {number(one.high)}") for one in effects[:_MOST_ROWS]
    ]
    return section(
        "importance",
        "What the predictions rest on",
        paragraph(how + words),
        charts(
            figure(
                "importance-chart",
                title="Importance of columns",
                description=f"The largest: {three}. {lines}",
                picture=picture,
                height=height,
                table=table(["column", f"{loss} grows by", range_name], cells, label="Importance of columns"),
                note=lines,
            )
        ),
    )
