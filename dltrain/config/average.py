"""The average of several networks of one architecture, planned as a single wider network.

Networks that differ by their weights alone are, side by side, one network whose layers are as wide as theirs together.
Its last layer adds up what theirs add up and divides by their number, so the average is that of the outputs before
their activation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dltrain.config.architecture import layer_names
from dltrain.config.problems.problems import Problem
from dltrain.config.sections.model import (
    MAX_UNITS,
    ActivationLayer,
    BatchNormalization,
    Dense,
    Dropout,
    GaussianNoise,
    Layer,
    LayerNormalization,
    ModelSection,
    OutputSection,
)


@dataclass(frozen=True)
class WideLayer:
    """A layer of the wider network, and which layer of the members it takes the place of.

    Attributes:
        layer: What it is.
        member: Name of that layer; None for a dense layer that only makes room for a copy of the inputs for each
            member, and where there are no weights.
        scaled_by: Names of the batch normalisations before it, in order, that become a part of its weights: the
            members share their inputs, and normalise them differently.
        has_shared_inputs: Whether all members get the same inputs; if not, each has a part of their own.
    """

    layer: Layer | OutputSection
    member: str | None = None
    scaled_by: tuple[str, ...] = ()
    has_shared_inputs: bool = False


def plan_average(section: ModelSection, *, n_features: int, n_members: int) -> tuple[WideLayer, ...]:
    """Plans the wider network, the output last.

    Args:
        section: Of the members, one of which `average_problems` finds none.
        n_features: Width of the input.
        n_members: How many networks are averaged.
    """
    plan: list[WideLayer] = []
    pending: tuple[str, ...] = ()
    is_shared = True
    for name, layer in zip(layer_names(section), section.layers, strict=True):
        if isinstance(layer, Dense):
            has_bias = layer.use_bias or bool(pending)
            wide = layer.model_copy(update={"units": n_members * layer.units, "use_bias": has_bias})
            plan.append(WideLayer(wide, name, pending, is_shared))
            pending, is_shared = (), False
        elif isinstance(layer, BatchNormalization) and is_shared:
            pending += (name,)
        elif isinstance(layer, BatchNormalization):
            plan.append(WideLayer(layer.model_copy(update={"center": True, "scale": True}), name))
        else:
            if isinstance(layer, ActivationLayer) and pending:
                # Not validated: whether it is too wide is told by whoever knows the number of features.
                copies = Dense(type="dense", units=1).model_copy(update={"units": n_members * n_features})
                plan.append(WideLayer(copies, None, pending, has_shared_inputs=True))
                pending, is_shared = (), False
            plan.append(WideLayer(layer))
    output = section.output.model_copy(update={"use_bias": section.output.use_bias or bool(pending)})
    return (*plan, WideLayer(output, "output", pending, is_shared))


def wide_section(section: ModelSection, plan: tuple[WideLayer, ...]) -> ModelSection:
    """The section of the wider network.

    Args:
        section: Of the members.
        plan: Made of it.
    """
    return section.model_copy(update={"layers": tuple(wide.layer for wide in plan[:-1]), "output": plan[-1].layer})


def average_problems(section: ModelSection, *, n_members: int) -> Iterator[Problem]:
    """Finds layers that cannot stand side by side.

    Args:
        section: Of the members.
        n_members: How many networks are averaged.
    """
    for position, layer in enumerate(section.layers):
        path = "model", "layers", position
        match layer:
            case LayerNormalization():
                yield _mixing((*path, "type"), layer.type, "batch_normalization can be averaged")
            case Dense(activation="softmax") | ActivationLayer(activation="softmax"):
                yield _mixing((*path, "activation"), "softmax", "other activations can be averaged")
            case Dense() if n_members * layer.units > MAX_UNITS:
                most = MAX_UNITS // n_members
                text = f"expected at most {most:,} units, so that {n_members} such layers have at most {MAX_UNITS:,}"
                yield Problem((*path, "units"), f"{text}, got {layer.units:,}")
            case Dense() | ActivationLayer() | BatchNormalization() | Dropout() | GaussianNoise():
                pass


def _mixing(path: tuple[str | int, ...], kind: str, instead: str) -> Problem:
    """Refuses a layer whose units depend on one another."""
    text = (
        f"expected a layer that treats each unit for itself, got '{kind}': in one network with other seeds, it would "
        "mix their units"
    )
    return Problem(path, text, f"{instead}; without --average the seeds are kept as they are")
