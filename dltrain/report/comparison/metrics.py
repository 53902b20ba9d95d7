"""The metrics of several runs side by side, and how sure their differences are."""

from dltrain.config.sections.metrics import higher_is_better
from dltrain.errors import counted
from dltrain.report.comparison.compared import ComparedFacts, ComparisonFacts
from dltrain.report.comparison.difference_chart import VERDICTS, difference_chart
from dltrain.report.comparison.words import interval_text, named
from dltrain.report.figure import figure, table
from dltrain.report.markup import Child, Markup, data, element
from dltrain.report.number_text import number, shortened_middle, signed
from dltrain.report.section import charts, paragraph, section

_MANY_INTERVALS = 10
_NAME_LENGTH = 24


def measured_section(facts: ComparisonFacts) -> Markup:
    """A table of all metrics."""
    has_thresholds = any(run.threshold not in {None, 0.5} for run in facts.runs)
    headings: list[Child] = ["run", *facts.metrics, "kept epoch", "parameters"]
    headings[1:1] = ["threshold"] if has_thresholds else []
    rows = [_measured_row(facts, run, has_thresholds=has_thresholds) for run in facts.runs]
    words = "Strong: the best figure of a column, whether or not it can be told from the others."
    decided = " A row has the positive label where its probability is greater than the threshold of the run."
    return section(
        "measured",
        "Metrics",
        paragraph(words + (decided if has_thresholds else "")),
        table(headings, rows, label="Metrics"),
        None
        if facts.task == "regression"
        else paragraph("Class weights do not count here, because runs may have different ones."),
    )


def _measured_row(facts: ComparisonFacts, run: ComparedFacts, *, has_thresholds: bool) -> list[Child]:
    threshold = 0.5 if run.threshold is None else run.threshold
    return [
        data(run.name),
        *([number(threshold)] if has_thresholds else []),
        *(_figure_text(facts, run, name) for name in facts.metrics),
        f"{run.best_epoch:,} of {run.epochs:,}" if run.epochs else "average",
        f"{sum(layer.parameters for layer in run.layers):,}",
    ]


def _figure_text(facts: ComparisonFacts, run: ComparedFacts, name: str) -> Child:
    """A figure, strong where no other run has a better one and not all have the same."""
    values = [value for other in facts.runs if (value := other.metrics[name]) == value]
    best = (max if higher_is_better(name) else min)(values, default=None)
    is_best = run.metrics[name] == best and min(values) < max(values)
    return element("strong", number(best)) if is_best else number(run.metrics[name])


def differences_section(facts: ComparisonFacts) -> Markup:
    """A chart for every metric, and all differences in a table."""
    first, *others = facts.runs
    rows = [
        (data(run.name), name, VERDICTS[found.verdict], signed(found.value), interval_text(found))
        for run in others
        for name, found in run.differences.items()
    ]
    many = (
        f" Of {counted(len(rows), 'interval')} one in twenty leaves out 0 by chance, even if no run is better."
        if len(rows) >= _MANY_INTERVALS
        else ""
    )
    return section(
        "differences",
        "Differences",
        paragraph(
            "Every figure less that of ",
            named(first),
            ". Both are measured on the same rows, drawn again many times with replacement: 95 of 100 draws "
            "lie in the interval. An interval that holds 0 says that on so many rows the two cannot be told "
            f"apart.{many} What another training would change is not in it: dltrain fit --seeds tells that.",
        ),
        charts(*(_chart(facts, name) for name in facts.metrics)),
        table(["run", "metric", "", "difference", "95 % interval"], rows, label="Differences", n_text=3),
    )


def _chart(facts: ComparisonFacts, name: str) -> Markup:
    first, *others = facts.runs
    is_higher_better = higher_is_better(name)
    picture, height = difference_chart(
        [(run.name, run.differences[name]) for run in others],
        x_name=f"{name} less that of {shortened_middle(first.name, _NAME_LENGTH)}",
        is_higher_better=is_higher_better,
    )
    found = [(run, run.differences[name]) for run in others]
    told = "; ".join(
        f"{run.name} {signed(one.value)}, interval {interval_text(one)}, {VERDICTS[one.verdict]}" for run, one in found
    )
    cells = [(data(run.name), VERDICTS[one.verdict], signed(one.value), interval_text(one)) for run, one in found]
    return figure(
        f"difference-{name}",
        title=name,
        description=f"Differences from {first.name}: {told}.",
        picture=picture,
        height=height,
        table=table(["run", "", "difference", "95 % interval"], cells, label=f"Differences of {name}", n_text=2),
        note=f"{'Higher' if is_higher_better else 'Lower'} is better. Full dots: sure; hollow: not.",
    )
