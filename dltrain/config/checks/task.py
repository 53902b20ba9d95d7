"""Cross-checks of what must fit the task: loss, metrics, output, class weights, target scaling."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from dltrain.config.config import Config
from dltrain.config.problems.problems import Problem
from dltrain.config.resolve import default_target_scale
from dltrain.config.sections.data import Task
from dltrain.config.sections.losses import TASK_LOSSES, Loss
from dltrain.config.sections.metrics import METRICS
from dltrain.config.sections.model import Activation
from dltrain.errors import quoted_list

OUTPUT_ACTIVATIONS: Final[dict[Task, tuple[Activation, ...]]] = {
    "regression": ("linear", "relu", "softplus", "exponential", "sigmoid", "tanh"),
    "binary": ("sigmoid",),
    "multiclass": ("softmax",),
}
"""What the output of each task can end in, its default first."""

_AT_LEAST_0: Final = ("relu", "softplus", "exponential", "sigmoid")
_BOUNDED: Final = (*_AT_LEAST_0, "tanh")


def suitable_target_scale(loss: Loss | None, activation: str | None) -> Literal["standard", "min_max"]:
    """How a target of large numbers can be scaled, so that the output reaches it and the loss is defined.

    Args:
        loss: Of a regression.
        activation: Of the output.
    """
    is_poisson = loss is not None and loss.type == "poisson"
    return "min_max" if is_poisson or activation in _BOUNDED else "standard"


def task_problems(config: Config, task: Task, *, n_classes: int | None) -> Iterator[Problem]:
    """What does not fit the task."""
    given = f"a {task} task" if config.data.task is not None else f"a {task} task (inferred from the target)"
    yield from _name_problems(config, task, given)
    yield from _output_problems(config, task, given, n_classes)
    if config.data.positive is not None and task != "binary":
        yield Problem(("data", "positive"), f"only binary tasks have a positive label, got {given}", is_key=True)
    if task == "regression":
        yield from _regression_problems(config, given)
    else:
        yield from _classification_problems(config, given)


def _name_problems(config: Config, task: Task, given: str) -> Iterator[Problem]:
    loss = config.training.loss
    if loss is not None and loss.type not in TASK_LOSSES[task]:
        losses = _one_of(TASK_LOSSES[task])
        yield Problem(("training", "loss"), f"expected {losses} for {given}, got '{loss.type}'")
    fitting = [name for name, facts in METRICS.items() if task in facts.tasks]
    for position, name in enumerate(config.metrics or ()):
        if name not in fitting:
            yield Problem(("metrics", position), f"expected {_one_of(fitting)} for {given}, got '{name}'")


def _output_problems(config: Config, task: Task, given: str, n_classes: int | None) -> Iterator[Problem]:
    output = config.model.output
    n_outputs = n_classes if task == "multiclass" else 1
    if output.units is not None and n_outputs is not None and output.units != n_outputs:
        expected = f"{n_outputs}, the number of classes," if task == "multiclass" else "1"
        yield Problem(
            ("model", "output", "units"),
            f"expected {expected} for {given}, got {output.units}",
            "leave it out: it follows from the task",
        )
    if output.activation is not None and output.activation not in OUTPUT_ACTIVATIONS[task]:
        yield Problem(
            ("model", "output", "activation"),
            f"expected {_one_of(OUTPUT_ACTIVATIONS[task])} for {given}, got '{output.activation}'",
            "leave it out: it follows from the task",
        )


def _regression_problems(config: Config, given: str) -> Iterator[Problem]:
    if config.split.strategy == "stratified":
        yield Problem(("split", "strategy"), f"'stratified' is for classes, got {given}", "write 'random'")
    if config.training.class_weight is not None:
        yield Problem(("training", "class_weight"), f"class weights are for classes, got {given}", is_key=True)
    yield from _range_problems(config)


def _range_problems(config: Config) -> Iterator[Problem]:
    """Outputs that cannot reach the scaled target, or fall where the loss is not defined."""
    loss, activation = config.training.loss, config.model.output.activation
    scale = config.preprocessing.target.scale or default_target_scale("regression", loss)
    if loss is not None and loss.type == "poisson":
        if activation is not None and activation not in _AT_LEAST_0:
            yield Problem(
                ("model", "output", "activation"),
                f"expected {_one_of(_AT_LEAST_0)} for the loss poisson, whose outputs are > 0, got '{activation}'",
            )
        if scale in ("standard", "robust"):
            yield Problem(
                ("preprocessing", "target", "scale"),
                f"expected 'none' or 'min_max' for the loss poisson, whose target is >= 0, got '{scale}'",
            )
    elif activation in _BOUNDED and scale in ("standard", "robust"):
        reach = "between -1 and 1" if activation == "tanh" else "at least 0"
        yield Problem(
            ("model", "output", "activation"),
            f"outputs of '{activation}' are {reach} and cannot reach a target scaled by '{scale}'",
            "set 'preprocessing.target.scale' to none or min_max, or leave the activation out",
        )


def _classification_problems(config: Config, given: str) -> Iterator[Problem]:
    target = config.preprocessing.target
    for key, value in (("transform", target.transform), ("scale", target.scale)):
        if value not in (None, "none"):
            yield Problem(("preprocessing", "target", key), f"labels are not scaled, got '{value}' for {given}")


def _one_of(names: Sequence[str]) -> str:
    listed = quoted_list(names, limit=len(names))
    return listed if len(names) == 1 else f"one of {listed}"
