"""Comparisons to look at."""

from dataclasses import replace
from typing import Any

import numpy as np

from dltrain.config.architecture import describe_network
from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import Verdict
from dltrain.report import comparison_page
from dltrain.report.comparison.compared import ComparedFacts, ComparisonFacts, DifferenceFacts, LossKind
from tests.report.pages import METRICS, facts_of

VERDICTS: tuple[Verdict, ...] = ("better", "worse", "open", "equal", "undefined")


def difference(verdict: Verdict, *, is_higher_better: bool = True) -> DifferenceFacts:
    """A difference that means this."""
    side = 1.0 if (verdict == "better") == is_higher_better else -1.0
    match verdict:
        case "better" | "worse":
            low, high = sorted((side * 0.01, side * 0.05))
            return DifferenceFacts(side * 0.03, low, high, verdict)
        case "open":
            return DifferenceFacts(0.01, -0.02, 0.04, verdict)
        case "equal":
            return DifferenceFacts(0.0, 0.0, 0.0, verdict)
        case _:
            return DifferenceFacts(float("nan"), float("nan"), float("nan"), verdict)


def compared(position: int, task: Task = "binary", *, name: str | None = None, n_epochs: int = 30) -> ComparedFacts:
    """One of the runs; every verdict comes up among them."""
    page = facts_of(task)
    names = METRICS[task]
    # Two by two they end in one place.
    n_epochs = n_epochs + 7 * (position // 2)
    rng = np.random.default_rng(position)
    history = [
        {
            "epoch": epoch,
            "loss": 1 / epoch,
            "val_loss": 1 / epoch + 0.05 * position + 0.02 * float(rng.random()),
            **{f"val_{metric}": 1 - 1 / epoch - 0.02 * (position // 2) for metric in names},
        }
        for epoch in range(1, n_epochs + 1)
    ]
    differences = {
        metric: difference(
            VERDICTS[(position + place - 1) % 5], is_higher_better=metric in {"accuracy", "roc_auc", "r2"}
        )
        for place, metric in enumerate(names)
    }
    return ComparedFacts(
        name=name or f"people-{position + 1}",
        path=f"runs/{name or f'people-{position + 1}'}",
        created="2026-11-21T12:00:00+00:00",
        versions={"python": "3.11", "dltrain": "0.1"},
        metrics=dict.fromkeys(names, 0.75 + 0.01 * position),
        differences=differences if position else {},
        threshold=0.3 if position == 1 else None,
        epochs=n_epochs,
        best_epoch=n_epochs - 5,
        layers=describe_network(page.config.model, n_features=4 + position % 2, n_outputs=1),
        history=history,
    )


def comparison_of(n_runs: int, task: Task = "binary", *, text: str | None = None, **changes: Any) -> ComparisonFacts:
    """A comparison of some runs; `text` stands where texts come from data, configs or names of directories."""
    runs = tuple(
        compared(position, task, name=None if text is None else f"{text}{position or ''}") for position in range(n_runs)
    )
    facts = ComparisonFacts(
        source=f"held-out test rows of {text or 'runs/people-1'}",
        rows=48,
        task=task,
        target=text or "bought",
        is_weighted=False,
        metrics=METRICS[task],
        runs=runs,
        config={text or "training.batch_size": tuple(text or str(32 + position) for position in range(n_runs))},
        loss_kinds=(LossKind(tuple(range(n_runs)), "binary crossentropy"),),
        epoch_metrics=METRICS[task],
    )
    return replace(facts, **changes)


def comparison_page_of(n_runs: int, task: Task = "binary", **changes: Any) -> str:
    """The page of `comparison_of`."""
    return comparison_page(comparison_of(n_runs, task, **changes))
