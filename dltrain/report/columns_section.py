"""Which columns the predictions rest on."""

from dltrain.errors import counted
from dltrain.report.charts.bar_chart import Effect, effect_chart
from dltrain.report.facts import ReportFacts
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import number
from dltrain.report.section import charts, paragraph, section

MOST_BARS = 20
_MOST_ROWS = 200


def importance_section(facts: ReportFacts) -> Markup:
    """Permutation importance of every column."""
    importance = facts.metrics.importance
    if not importance:
        words = "Left out: with this network and so many columns it would take too long."
        return section("importance", "What the predictions rest on", paragraph(words))
    rows = importance[:_MOST_ROWS]
    loss = "absolute error" if facts.config.data.task == "regression" else "log loss"
    largest = rows[:MOST_BARS]
    picture, height = effect_chart(
        [Effect(one.name, one.increase, one.low, one.high) for one in largest], x_name=f"mean {loss} grows by"
    )
    words = (
        f"How much the mean {loss} grows when the cells of one column change places among the test rows, so that they "
        "say nothing any more. Columns that say the same share their importance: without one the other is still there. "
        "It shows what this network uses, not what causes what."
    )
    three = ", ".join(f"{one.name} {number(one.increase)}" for one in rows[:3])
    cells = [(data(one.name), number(one.increase), f"{number(one.low)} to {number(one.high)}") for one in rows]
    n_without = sum(one.low <= 0 <= one.high for one in importance)
    none = f" For {n_without:,} of {counted(len(importance), 'column')} it holds 0: they may not matter at all."
    lines = f"Thin lines: the 95 % interval.{none if n_without else ''}"
    return section(
        "importance",
        "What the predictions rest on",
        paragraph(words),
        charts(
            figure(
                "importance-chart",
                title="Importance of columns",
                description=f"The largest: {three}. {lines}",
                picture=picture,
                height=height,
                table=table(["column", f"{loss} grows by", "95 % interval"], cells, label="Importance of columns"),
                note=lines,
            )
        ),
    )
