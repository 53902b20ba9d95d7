"""Which columns the predictions of all runs rest on."""

from typing import Final

import numpy as np

from dltrain.report.charts.bar_chart import Effect
from dltrain.report.columns_section import permutation_section
from dltrain.report.group.facts import GroupFacts
from dltrain.report.markup import Markup

_WHY_LONG: Final = {
    "fold": "each network may share it in its own way, and is asked about other rows: therefore the lines.",
    "seed": "each network may share it in its own way, and long lines tell of that.",
}


def importance_section(facts: GroupFacts) -> Markup | None:
    """The mean of the permutation importance of every column; None where it is not known of all runs."""
    found = [{one.name: one.increase for one in run.metrics.importance or ()} for run in facts.members]
    names = [name for name in found[0] if all(name in of_run for of_run in found)]
    if not names:
        return None
    effects = [_effect(name, np.array([of_run[name] for of_run in found])) for name in names]
    return permutation_section(
        sorted(effects, key=lambda one: -one.value),
        facts.target.task,
        words=_WHY_LONG[facts.word],
        lines=f"Bars: the mean of the {facts.word}s. Thin lines: from the smallest to the largest.",
        range_name=f"over the {facts.word}s",
    )


def _effect(name: str, increases: np.ndarray) -> Effect:
    return Effect(name, float(increases.mean()), float(increases.min()), float(increases.max()))
