from typing import Any

import pytest

from dltrain.config.checks.cross_checks import check_config
from dltrain.config.load import LoadedConfig, config_from_dict
from dltrain.errors import ConfigError

LEAVE_OUT = "\n    hint: leave it out: it follows from the task"
REGRESSION_LOSSES = "one of 'mse', 'mae', 'huber', 'log_cosh', 'mape', 'poisson'"
BINARY_LOSSES = "one of 'binary_crossentropy', 'binary_focal_crossentropy'"
REGRESSION_METRICS = "one of 'rmse', 'mae', 'r2', 'median_absolute_error', 'mape'"
CLASS_METRICS = "one of 'accuracy', 'roc_auc', 'log_loss', 'balanced_accuracy', 'brier_score', 'f1_macro', 'top_k'"
REGRESSION_ENDS = "one of 'linear', 'relu', 'softplus', 'exponential', 'sigmoid', 'tanh'"
POSITIVE_ENDS = "one of 'relu', 'softplus', 'exponential', 'sigmoid'"


def config_of(task: str | None, *overrides: str, **data: Any) -> LoadedConfig:
    content = {"data": {"path": "a.csv", "target": "y", "task": task} | data, "model": {"layers": []}}
    return config_from_dict(content, overrides)


@pytest.mark.parametrize(
    ("task", "override", "text"),
    [
        ("binary", "training.loss=mse", f"expected {BINARY_LOSSES} for a binary task, got 'mse'"),
        ("multiclass", "training.loss=mae", "expected 'categorical_crossentropy' for a multiclass task, got 'mae'"),
        (
            "regression",
            "training.loss=binary_crossentropy",
            f"expected {REGRESSION_LOSSES} for a regression task, got 'binary_crossentropy'",
        ),
        ("regression", "metrics=[f1]", f"expected {REGRESSION_METRICS} for a regression task, got 'f1'"),
        ("multiclass", "metrics=[f1]", f"expected {CLASS_METRICS} for a multiclass task, got 'f1'"),
        ("regression", "data.positive=1", "only binary tasks have a positive label, got a regression task"),
        ("multiclass", "data.positive=a", "only binary tasks have a positive label, got a multiclass task"),
        ("regression", "model.output.units=2", "expected 1 for a regression task, got 2" + LEAVE_OUT),
        ("binary", "model.output.units=2", "expected 1 for a binary task, got 2" + LEAVE_OUT),
        (
            "regression",
            "model.output.activation=softmax",
            f"expected {REGRESSION_ENDS} for a regression task, got 'softmax'{LEAVE_OUT}",
        ),
        (
            "binary",
            "model.output.activation=softmax",
            f"expected 'sigmoid' for a binary task, got 'softmax'{LEAVE_OUT}",
        ),
        (
            "multiclass",
            "model.output.activation=sigmoid",
            f"expected 'softmax' for a multiclass task, got 'sigmoid'{LEAVE_OUT}",
        ),
        (
            "regression",
            "split.strategy=stratified",
            "'stratified' is for classes, got a regression task\n    hint: write 'random'",
        ),
        ("regression", "training.class_weight=balanced", "class weights are for classes, got a regression task"),
        ("binary", "preprocessing.target.scale=robust", "labels are not scaled, got 'robust' for a binary task"),
        ("multiclass", "preprocessing.target.transform=log", "labels are not scaled, got 'log' for a multiclass task"),
    ],
)
def test_what_does_not_fit_the_task(task: str, override: str, text: str) -> None:
    key = override.partition("=")[0].replace("metrics", "metrics.0")
    with pytest.raises(ConfigError) as caught:
        config_of(task, override)
    assert str(caught.value) == f"override '{override}': {key}: {text}"


@pytest.mark.parametrize("activation", ["relu", "softplus", "exponential", "sigmoid", "tanh"])
def test_a_bounded_output_cannot_reach_a_standardised_target(activation: str) -> None:
    override = f"model.output.activation={activation}"
    reach = "between -1 and 1" if activation == "tanh" else "at least 0"
    with pytest.raises(ConfigError) as caught:
        config_of("regression", override)
    assert str(caught.value) == (
        f"override '{override}': model.output.activation: outputs of '{activation}' are {reach} and cannot reach a "
        "target scaled by 'standard'\n"
        "    hint: set 'preprocessing.target.scale' to none or min_max, or leave the activation out"
    )
    config_of("regression", override, "preprocessing.target.scale=min_max")
    config_of("regression", override, "training.loss=mape")


def test_poisson_needs_positive_outputs_and_targets() -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(
            "regression",
            "training.loss=poisson",
            "model.output.activation=linear",
            "preprocessing.target.scale=standard",
        )
    assert str(caught.value).splitlines() == [
        f"override 'model.output.activation=linear': model.output.activation: expected {POSITIVE_ENDS} for the loss "
        "poisson, whose outputs are > 0, got 'linear'",
        "override 'preprocessing.target.scale=standard': preprocessing.target.scale: expected 'none' or 'min_max' for "
        "the loss poisson, whose target is >= 0, got 'standard'",
    ]
    config_of("regression", "training.loss=poisson", "model.output.activation=softplus")


def test_an_inferred_task_is_said_to_be_inferred() -> None:
    loaded = config_of(None, "training.loss=mse")
    with pytest.raises(ConfigError, match=r"for a binary task \(inferred from the target\), got 'mse'"):
        check_config(loaded.config, loaded.document, task="binary")


def test_units_of_several_classes_are_checked_when_their_number_is_known() -> None:
    loaded = config_of("multiclass", "model.output.units=4")
    check_config(loaded.config, loaded.document, n_classes=4)
    with pytest.raises(ConfigError, match="expected 3, the number of classes, for a multiclass task, got 4"):
        check_config(loaded.config, loaded.document, n_classes=3)


def test_binary_configs_may_name_the_positive_label_and_class_weights() -> None:
    config_of("binary", "training.class_weight.1=3", "preprocessing.target.scale=none", positive=1)
