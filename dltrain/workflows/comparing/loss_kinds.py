"""Which runs have losses that measure the same, so that their curves can be laid over one another."""

from collections.abc import Mapping, Sequence
from typing import Any

from dltrain.config.sections.losses import Loss
from dltrain.features import RegressionTarget
from dltrain.report.comparison.compared import LossKind
from dltrain.run import Run

_LOSS = "another loss"


def loss_kinds(runs: Sequence[Run]) -> tuple[LossKind, ...]:
    """Puts runs together whose validation loss measures the same."""
    measured = [_measured(run) for run in runs]
    kinds: list[tuple[dict[str, Any], list[int]]] = []
    for position, one in enumerate(measured):
        same = next((positions for other, positions in kinds if other == one), None)
        if same is None:
            kinds.append((one, [position]))
        else:
            same.append(position)
    return tuple(
        LossKind(tuple(positions), _loss_text(one[_LOSS]), _reasons(measured[0], one)) for one, positions in kinds
    )


def _measured(run: Run) -> dict[str, Any]:
    """All that the value of a validation loss depends on beside the predictions, under what another one is called."""
    config, target = run.config, run.preprocessing.target
    return {
        _LOSS: config.training.loss,
        "other class weights": config.training.class_weight,
        "other weights of rows": config.data.weight,
        # The network answers in scaled units, which are those of the training rows.
        "another scale of the target": (target.transform, target.scaler)
        if isinstance(target, RegressionTarget)
        else None,
        "other penalties on weights, which the loss includes": _penalties(run),
    }


def _penalties(run: Run) -> list[Any]:
    sections = [*run.config.model.layers, run.config.model.output]
    found = [getattr(one, f"{part}_regularizer", None) for one in sections for part in ("kernel", "bias")]
    return [penalty for penalty in found if penalty is not None]


def _reasons(first: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """What is not as in the first run."""
    losses = f"{_LOSS} ({_loss_text(other[_LOSS])} instead of {_loss_text(first[_LOSS])})"
    return tuple(losses if what == _LOSS else what for what in first if first[what] != other[what])


def _loss_text(loss: Loss | None) -> str:
    """The loss, with the arguments that are not the usual ones.

    Such as "huber, delta 2".
    """
    if loss is None:
        return "loss"
    arguments = loss.model_dump(exclude={"type"}, exclude_defaults=True)
    told = [f"{name.replace('_', ' ')} {value:g}" for name, value in arguments.items()]
    return ", ".join([loss.type.replace("_", " "), *told])
