from typing import Any

import pytest

from dltrain.config.checks.cross_checks import check_config
from dltrain.config.config import Config
from dltrain.config.load import config_from_dict
from dltrain.config.resolve import resolve_config
from dltrain.config.sections.data import Task
from dltrain.config.sections.losses import TASK_LOSSES
from dltrain.config.sections.metrics import DEFAULT_METRICS

FEATURES = ["b", "a"]


def config_of(*overrides: str) -> Config:
    content: dict[str, Any] = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
    return config_from_dict(content, overrides).config


def resolved(task: Task, *overrides: str) -> Config:
    return resolve_config(config_of(*overrides), task=task, positive="yes", n_classes=3, features=FEATURES)


@pytest.mark.parametrize(
    ("task", "strategy", "positive", "scale", "units", "activation"),
    [
        ("regression", "random", None, "standard", 1, "linear"),
        ("binary", "stratified", "yes", None, 1, "sigmoid"),
        ("multiclass", "stratified", None, None, 3, "softmax"),
    ],
)
def test_every_default_follows_from_the_task(
    task: Task, strategy: str, positive: str | None, scale: str | None, units: int, activation: str
) -> None:
    config = resolved(task)
    assert config.data.task == task
    assert config.data.positive == positive
    assert config.data.features == ("b", "a")
    assert config.split.strategy == strategy
    assert config.preprocessing.target.scale == scale
    assert (config.model.output.units, config.model.output.activation) == (units, activation)
    assert config.training.loss is not None
    assert config.training.loss.type == TASK_LOSSES[task][0]
    assert config.metrics == DEFAULT_METRICS[task]


@pytest.mark.parametrize(("loss", "activation"), [("mape", "linear"), ("poisson", "exponential")])
def test_losses_that_depend_on_the_unit_leave_the_target_as_it_is(loss: str, activation: str) -> None:
    config = resolved("regression", f"training.loss={loss}")
    assert config.preprocessing.target.scale == "none"
    assert config.model.output.activation == activation


def test_what_the_config_says_is_kept() -> None:
    overrides = [
        "split.strategy=random",
        "preprocessing.target.scale=min_max",
        "model.output.activation=softplus",
        "training.loss=mae",
        "metrics=[r2]",
    ]
    config, given = resolved("regression", *overrides), config_of(*overrides)
    assert config.split == given.split
    assert config.preprocessing == given.preprocessing
    assert config.training == given.training
    assert config.model.output.activation == "softplus"
    assert config.metrics == ("r2",)


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_resolving_twice_changes_nothing_and_passes_the_checks(task: Task) -> None:
    config = resolved(task)
    assert resolve_config(config, task=task, positive="yes", n_classes=3, features=FEATURES) == config
    check_config(config, config_from_dict(config.model_dump()).document, task=task, n_classes=3)


def test_the_config_is_left_as_it_was() -> None:
    config = config_of()
    resolve_config(config, task="binary", positive="yes", n_classes=2, features=FEATURES)
    assert config == config_of()
