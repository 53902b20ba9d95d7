"""The metrics of the test rows, beside what is easily reached."""

from dltrain.report.charts.strips import HEIGHT, dot_strip
from dltrain.report.facts import ReportFacts
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup
from dltrain.report.number_text import better_text, interval, number
from dltrain.report.section import charts, paragraph, section


def metrics_section(facts: ReportFacts) -> Markup:
    """A table of all metrics, and a picture of each."""
    metrics = facts.metrics
    intervals, linear = metrics.test_intervals or {}, metrics.linear
    rows = [
        (
            name,
            number(value),
            interval(intervals.get(name)),
            number(linear.metrics[name]) if linear else "–",
            number(metrics.test.baseline[name]),
            number(metrics.validation.metrics[name]),
        )
        for name, value in metrics.test.metrics.items()
    ]
    headings = ["metric", "network", "95 % interval", "linear model", "trivial", "validation"]
    words = (
        "All but the last column are of the same test rows. Other rows of the same sort would give other values: in 95 "
        "of 100 such tests, the interval holds the value of endlessly many rows. What another training would change is "
        "not in it. " + _dependent_rows(facts) + "Trivial is a prediction that is the same for every row."
    )
    weights = " Rows count with their weights." if facts.is_weighted else ""
    unweighted = metrics.test.unweighted
    trivial = metrics.test.unweighted_baseline or {}
    without = "; ".join(
        f"{name} {number(value)}" + (f" (trivial {number(trivial[name])})" if name in trivial else "")
        for name, value in (unweighted or {}).items()
    )
    return section(
        "metrics",
        "Test metrics",
        paragraph(words + weights + _linear_decision(facts)),
        table(headings, rows, label="Test metrics"),
        paragraph(f"Without class weights: {without}.") if without else None,
        charts(*(_strip(facts, name) for name, value in metrics.test.metrics.items() if value is not None)),
    )


def _dependent_rows(facts: ReportFacts) -> str:
    """What the intervals take for one, or ought to."""
    if facts.n_test_groups is not None:
        return f"{groups_text(facts.n_test_groups)} "
    is_in_time = facts.config.split.strategy == "time"
    return "Rows that follow each other in time are often alike: then it is too narrow. " if is_in_time else ""


def groups_text(n_groups: int) -> str:
    """Says that an interval is over the choice of groups of rows.

    >>> groups_text(40)
    'Rows that the split keeps together count as one in it: there are 40 such groups.'
    """
    if n_groups == 1:
        return "The split keeps all of these rows together: there is no interval over the choice of one group."
    return f"Rows that the split keeps together count as one in it: there are {n_groups:,} such groups."


def _linear_decision(facts: ReportFacts) -> str:
    """How the probabilities of the linear model become labels, where that is not the usual way."""
    decision = facts.config.decision
    if facts.metrics.linear is None or facts.metrics.decision is None or decision is None:
        return ""
    if decision.is_fixed:
        return " The linear model decides by the same threshold."
    return " The linear model has a decision of its own, settled on the validation rows as that of the network."


def _strip(facts: ReportFacts, name: str) -> Markup:
    metrics = facts.metrics
    value = metrics.test.metrics[name] or 0.0
    found = {"linear": metrics.linear.metrics[name] if metrics.linear else None, "trivial": metrics.test.baseline[name]}
    others = [(other, number_) for other, number_ in found.items() if number_ is not None]
    bounds = (metrics.test_intervals or {}).get(name)
    beside = ", ".join(f"{other} {number(number_)}" for other, number_ in others)
    better = better_text(name)
    rows = [("network", number(value)), ("95 % interval", interval(bounds))]
    return figure(
        f"metric-{name}",
        title=name,
        description=f"The network reaches {number(value)}, 95 % interval {interval(bounds)}; beside it {beside}.",
        picture=dot_strip(value=value, bounds=bounds, others=others),
        height=HEIGHT,
        table=table(["", name], [*rows, *((other, number(number_)) for other, number_ in others)], label=name),
        note=better,
    )
