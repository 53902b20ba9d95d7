from typing import Any

import pytest

from dltrain.config.checks.cross_checks import check_config
from dltrain.config.load import LoadedConfig, config_from_dict
from dltrain.config.sections.decision import RULES
from dltrain.errors import ConfigError

ONE_RULE = (
    "decision.threshold: expected exactly one of the rules 'maximize', 'min_recall', 'min_precision', 'cost', got "
)


def config_of(task: str | None, *overrides: str) -> LoadedConfig:
    content: dict[str, Any] = {"data": {"path": "a.csv", "target": "y", "task": task}, "model": {"layers": []}}
    return config_from_dict(content, overrides)


@pytest.mark.parametrize(
    "override",
    [
        "decision.threshold=0.3",
        "decision.threshold={maximize: youden}",
        "decision.threshold.min_recall=0.9",
        "decision.threshold.cost.false_negative=5",
        "decision.calibrate=temperature",
        "decision={threshold: {min_precision: 1}, calibrate: temperature}",
    ],
)
def test_a_binary_task_has_rules_of_every_kind(override: str) -> None:
    assert config_of("binary", override).config.decision is not None


def test_the_rules_are_the_keys() -> None:
    assert RULES == ("maximize", "min_recall", "min_precision", "cost")


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("decision.threshold={}", f"{ONE_RULE}none"),
        ("decision.threshold={maximize: f1, min_recall: 0.9}", f"{ONE_RULE}'maximize', 'min_recall'"),
        (
            "decision.threshold={maximise: f1}",
            "decision.threshold.maximise: unknown key\n    hint: did you mean 'maximize'?",
        ),
        (
            "decision.threshold={maximize: recall}",
            "expected one of 'accuracy', 'balanced_accuracy', 'f1', 'youden', got",
        ),
        ("decision.threshold=1", "decision.threshold: expected a number > 0 and < 1, got 1"),
        ("decision.threshold=50", "hint: 50 % is 0.5"),
        ("decision.threshold=f1", "hint: write {maximize: f1}"),
        ("decision.threshold.min_recall=0", "expected a number > 0 and <= 1, got 0"),
        ("decision.threshold.cost.false_negative=0", "expected a number > 0, got 0"),
        ("decision.calibrate=platt", "decision.calibrate: expected 'temperature', got 'platt'"),
    ],
)
def test_a_wrong_rule_is_told(override: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of("binary", override)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("task", "override", "text"),
    [
        (
            "regression",
            "decision.threshold=0.3",
            "decision.threshold: only binary tasks have a threshold, got a regression task",
        ),
        (
            "multiclass",
            "decision.threshold={maximize: f1}",
            "decision.threshold: only binary tasks have a threshold, got a multiclass task\n"
            "    hint: the most probable label is predicted",
        ),
        (
            "regression",
            "decision.calibrate=temperature",
            "decision.calibrate: only probabilities are calibrated, got a regression task",
        ),
    ],
)
def test_other_tasks_have_no_threshold(task: str, override: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(task, override)
    assert text in str(caught.value)
    later = config_of(None, override)
    with pytest.raises(ConfigError, match=r"a \w+ task \(inferred from the target\)"):
        check_config(later.config, later.document, task=task)  # type: ignore[arg-type]


def test_several_classes_are_calibrated() -> None:
    assert config_of("multiclass", "decision.calibrate=temperature").config.decision is not None
