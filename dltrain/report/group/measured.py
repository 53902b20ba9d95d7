"""The metrics of a group: their mean and spread, and those of every run."""

from dltrain.report.charts.strips import HEIGHT, spread_strip
from dltrain.report.figure import figure, table
from dltrain.report.group.facts import GroupFacts, MemberFacts
from dltrain.report.markup import Child, Markup, data, element
from dltrain.report.measured import groups_text
from dltrain.report.number_text import better_text, interval, number
from dltrain.report.section import charts, paragraph, section
from dltrain.run import RunMetrics
from dltrain.run.folds import FoldsSummary


def metrics_section(facts: GroupFacts) -> Markup:
    """Mean and spread of all metrics, and a picture of each."""
    spreads = facts.summary.metrics
    together = facts.together(facts.main_metric)
    intervals = None if facts.pooled is None else facts.pooled.intervals
    headings = ["metric", "mean", "sd", *([together[0]] if together else []), facts.linear_name, "trivial"]
    headings[4:4] = [] if intervals is None else ["95 % interval"]
    rows = [
        (
            name,
            number(spread.mean),
            number(spread.sd),
            *(number(value) for _, value in [facts.together(name) or ("", None)] if together),
            *([] if intervals is None else [interval(intervals.get(name))]),
            number(facts.linear(name)),
            number(spread.baseline),
        )
        for name, spread in spreads.items()
    ]
    words = f"Mean and standard deviation over the {facts.word}s; beside them what is easily reached."
    chance = " The interval is that of all rows, over their choice." if intervals is not None else ""
    if facts.pooled is not None and facts.pooled.n_groups is not None:
        chance += f" {groups_text(facts.pooled.n_groups)}"
    weights = " Rows count with their weights." if facts.is_weighted else ""
    return section(
        "metrics",
        "Test metrics",
        paragraph(words + chance + weights),
        *(paragraph(text) for text in _undefined(facts)),
        table(headings, rows, label="Test metrics"),
        _without_class_weights(facts),
        charts(*(_strip(facts, name) for name, spread in spreads.items() if spread.mean is not None)),
    )


def _undefined(facts: GroupFacts) -> list[str]:
    """Which metrics are undefined in some runs."""
    n_runs = len(facts.members)
    found = {name: n for name in facts.summary.metrics if 0 < (n := facts.n_defined(name)) < n_runs}
    return [f"{name} is defined in {n:,} of {n_runs:,} {facts.word}s; its mean is theirs." for name, n in found.items()]


def _without_class_weights(facts: GroupFacts) -> Markup | None:
    if not isinstance(facts.summary, FoldsSummary) or not facts.summary.out_of_fold.unweighted:
        return None
    told = "; ".join(f"{name} {number(value)}" for name, value in facts.summary.out_of_fold.unweighted.items())
    return paragraph(f"All rows without class weights: {told}.")


def _strip(facts: GroupFacts, name: str) -> Markup:
    spread = facts.summary.metrics[name]
    mean = spread.mean or 0.0
    found = {"linear": facts.linear(name), "trivial": spread.baseline}
    others = [(other, value) for other, value in found.items() if value is not None]
    # One is enough to go by, and the trivial prediction may be so far off that all dots fall together.
    beside = others[:1]
    values = {run.name: value for run, value in zip(facts.members, spread.values, strict=True) if value is not None}
    rows = [(data(run), number(value)) for run, value in values.items()]
    reached = ", ".join(f"{other} {number(value)}" for other, value in others)
    return figure(
        f"metric-{name}",
        title=name,
        description=f"The {facts.word}s lie between {number(min(values.values()))} and {number(max(values.values()))}, "
        f"their mean is {number(mean)}; beside it {reached}.",
        picture=spread_strip(values=list(values.values()), mean=mean, others=beside),
        height=HEIGHT,
        table=table(["", name], [("mean", number(mean)), *rows, *((k, number(v)) for k, v in others)], label=name),
        note=f"A dot for every {facts.word}; {better_text(name)}.",
    )


def members_section(facts: GroupFacts) -> Markup:
    """Every run with its metrics."""
    has_thresholds = any(run.metrics.threshold is not None for run in facts.members)
    of_kind = "test rows" if isinstance(facts.summary, FoldsSummary) else "training.seed"
    headings = ["run", of_kind, *facts.summary.metrics, *(["threshold"] if has_thresholds else []), "kept epoch"]
    rows = [
        _row(facts, run.metrics, name=run.name, page=run.page, about=_about(facts, run), has_threshold=has_thresholds)
        for run in facts.members
    ]
    if (average := facts.average) is not None:
        page = facts.average_page
        rows.append(_row(facts, average, name="average", page=page, about="", has_threshold=has_thresholds))
    has_pages = any(run.page is not None for run in facts.members)
    return section(
        "members",
        f"Every {facts.word}",
        paragraph("Each is a run like any other, with a page of its own.") if has_pages else None,
        table(headings, rows, label=f"Every {facts.word}"),
    )


def _about(facts: GroupFacts, run: MemberFacts) -> str:
    return f"{run.metrics.test.rows:,}" if isinstance(facts.summary, FoldsSummary) else f"{run.seed}"


def _row(
    facts: GroupFacts, metrics: RunMetrics, *, name: str, page: str | None, about: str, has_threshold: bool
) -> list[Child]:
    return [
        data(name) if page is None else element("a", data(name), attributes={"href": page}),
        about,
        *(number(metrics.test.metrics[metric]) for metric in facts.summary.metrics),
        *([number(metrics.threshold)] if has_threshold else []),
        f"{metrics.best_epoch:,} of {metrics.epochs:,}" if metrics.epochs else "not trained",
    ]
