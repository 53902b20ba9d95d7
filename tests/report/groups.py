"""Groups of runs to look at: folds, and seeds."""

import statistics
from dataclasses import replace
from typing import Any

from dltrain.config.sections.data import Task
from dltrain.report import group_page
from dltrain.report.group.facts import GroupFacts, MemberFacts, PooledFacts
from dltrain.run import Diagnosis, RunMetrics, Scores
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import FOLDS, SEEDS, Group, Spread
from dltrain.run.seeds import SeedsSummary
from dltrain.run.shared_diagnosis import SharedDiagnosis
from tests.report.pages import METRICS, facts_of


def metrics_of(task: Task, number: int, column: str) -> RunMetrics:
    """The result of a run: every metric is 0.7 and a hundredth of its number, beside 0.65 and 0.5."""
    value, names = 0.7 + number / 100, METRICS[task]
    metrics = facts_of(task, column=column).metrics
    assert metrics.linear is not None
    return metrics.model_copy(
        update={
            "test": Scores(rows=60 + number, metrics=dict.fromkeys(names, value), baseline=dict.fromkeys(names, 0.5)),
            "linear": metrics.linear.model_copy(update={"metrics": dict.fromkeys(names, 0.65)}),
            "best_epoch": 5 + number % 5,
        }
    )


def spread_of(values: list[float]) -> Spread:
    return Spread(mean=statistics.fmean(values), sd=statistics.stdev(values), values=tuple(values), baseline=0.5)


def group_of(
    group: Group, n_runs: int, task: Task = "binary", *, text: str | None = None, **changes: Any
) -> GroupFacts:
    """A group of some runs; `text` stands where texts come from data, configs or names of directories."""
    names = METRICS[task]
    page = facts_of(task) if text is None else facts_of(task, name=text, column=text, cell=text)
    members = [
        MemberFacts(
            name=f"{group.member}-{number}",
            page=f"{group.member}-{number}/report.html",
            seed=number - 1,
            metrics=metrics_of(task, number, text or "age"),
            history=[{**row, "val_loss": row["val_loss"] + number / 50} for row in page.history],
        )
        for number in range(1, n_runs + 1)
    ]
    spreads = {name: spread_of([run.metrics.test.metrics[name] or 0.0 for run in members]) for name in names}
    created = "2026-11-21T12:00:00+00:00"
    shared: dict[str, Any] = {"created": created, "config": "people", "task": task, "metrics": spreads}
    together = Scores(rows=400, metrics=dict.fromkeys(names, 0.7321), baseline=dict.fromkeys(names, 0.5))
    summary = (
        FoldsSummary(folds=n_runs, rows=tuple(run.metrics.test.rows for run in members), out_of_fold=together, **shared)
        if group == FOLDS
        else SeedsSummary(seeds=tuple(run.seed for run in members), rows=60, **shared)
    )
    found = Diagnosis(topic="overfitting", message=text or "it learned by heart", change="training.epochs=5")
    facts = GroupFacts(
        name=text or "people-1",
        summary=summary,
        members=members,
        average=page.metrics.model_copy(update={"test": together, "epochs": 0, "best_epoch": 0})
        if group == SEEDS
        else None,
        average_page="average/report.html" if group == SEEDS else None,
        pooled=PooledFacts(page.result, page.mistakes, page.places, dict.fromkeys(names, (0.7, 0.76)))
        if group == FOLDS
        else None,
        target=page.preprocessing.target,
        n_columns=3,
        diagnosis=(SharedDiagnosis(found, f"{group.member}-2", 2),),
        gates=(),
        is_weighted=False,
        has_class_weights=False,
        config_text=page.config_text,
        versions=page.versions,
        data=page.data,
    )
    return replace(facts, **changes)


def group_page_of(group: Group, n_runs: int, task: Task = "binary", **changes: Any) -> str:
    """The page of `group_of`."""
    return group_page(group_of(group, n_runs, task, **changes))
