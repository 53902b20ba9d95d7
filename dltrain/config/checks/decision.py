"""Cross-checks of section `decision`."""

from collections.abc import Iterator

from dltrain.config.config import Config
from dltrain.config.problems.problems import Problem
from dltrain.config.sections.data import Task
from dltrain.config.sections.decision import RULES, ThresholdSection
from dltrain.errors import quoted_list


def decision_problems(config: Config, task: Task | None) -> Iterator[Problem]:
    """What several keys, or the task, do not allow.

    Args:
        config: As read, or resolved.
        task: None while it is not known.
    """
    if config.decision is None:
        return
    threshold, calibrate = config.decision.threshold, config.decision.calibrate
    if isinstance(threshold, ThresholdSection) and len(threshold.rules) != 1:
        got = quoted_list(threshold.rules) or "none"
        yield Problem(("decision", "threshold"), f"expected exactly one of the rules {quoted_list(RULES)}, got {got}")
    given = f"a {task} task" + (" (inferred from the target)" if config.data.task is None else "")
    if threshold is not None and task not in (None, "binary"):
        hint = "the most probable label is predicted" if task == "multiclass" else None
        yield Problem(("decision", "threshold"), f"only binary tasks have a threshold, got {given}", hint, is_key=True)
    if calibrate is not None and task == "regression":
        text = f"only probabilities are calibrated, got {given}"
        yield Problem(("decision", "calibrate"), text, is_key=True)
