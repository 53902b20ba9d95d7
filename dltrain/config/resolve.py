"""The defaults that follow from the task, filled in."""

from collections.abc import Sequence
from typing import Final, Literal

from dltrain.config.config import Config
from dltrain.config.sections.data import DataSection, Task
from dltrain.config.sections.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, PlainLoss
from dltrain.config.sections.metrics import DEFAULT_METRICS
from dltrain.config.sections.model import Activation, ModelSection
from dltrain.config.sections.preprocessing import PreprocessingSection

_LOSSES: Final[dict[Task, Loss]] = {
    "regression": PlainLoss(type="mse"),
    "binary": BinaryCrossentropy(type="binary_crossentropy"),
    "multiclass": CategoricalCrossentropy(type="categorical_crossentropy"),
}
_ACTIVATIONS: Final[dict[Task, Activation]] = {"regression": "linear", "binary": "sigmoid", "multiclass": "softmax"}
_UNIT_LOSSES: Final = ("mape", "poisson")


def resolve_config(
    config: Config, *, task: Task, positive: str | None, n_classes: int, features: Sequence[str]
) -> Config:
    """Fills in every default that follows from the task and the table.

    Args:
        config: As read; what it says already is kept.
        task: Given or inferred.
        positive: Binary tasks: the label that counts as class 1; otherwise None.
        n_classes: Multiclass tasks: the number of labels; otherwise not looked at.
        features: The columns the network sees, in order.

    Returns:
        A config that gives the same run when it is read and fitted again.
    """
    loss = config.training.loss or _LOSSES[task]
    strategy = config.split.strategy or ("random" if task == "regression" else "stratified")
    return config.model_copy(
        update={
            "data": _resolved_data(config.data, task, positive, features),
            "split": config.split.model_copy(update={"strategy": strategy}),
            "preprocessing": _resolved_preprocessing(config.preprocessing, task, loss),
            "model": _resolved_model(config.model, task, loss, n_classes),
            "training": config.training.model_copy(update={"loss": loss}),
            "metrics": config.metrics or DEFAULT_METRICS[task],
        }
    )


def default_target_scale(task: Task, loss: Loss | None) -> Literal["standard", "none"] | None:
    """How a target is scaled when the config does not say; None for labels, which are not."""
    if task != "regression":
        return None
    # The value of these losses depends on the target's unit and sign.
    return "none" if loss is not None and loss.type in _UNIT_LOSSES else "standard"


def _resolved_data(data: DataSection, task: Task, positive: str | None, features: Sequence[str]) -> DataSection:
    positive = positive if task == "binary" else None
    return data.model_copy(update={"task": task, "positive": positive, "features": tuple(features)})


def _resolved_preprocessing(section: PreprocessingSection, task: Task, loss: Loss) -> PreprocessingSection:
    scale = section.target.scale or default_target_scale(task, loss)
    return section.model_copy(update={"target": section.target.model_copy(update={"scale": scale})})


def _resolved_model(model: ModelSection, task: Task, loss: Loss, n_classes: int) -> ModelSection:
    default = "exponential" if loss.type == "poisson" else _ACTIVATIONS[task]
    output = model.output.model_copy(
        update={
            "units": n_classes if task == "multiclass" else 1,
            "activation": model.output.activation or default,
        }
    )
    return model.model_copy(update={"output": output})
