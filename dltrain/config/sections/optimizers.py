"""Optimizers and learning-rate schedules, with Keras' names and arguments."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dltrain.config.sections.section import Section, ShortForm

Rate = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


class CosineDecay(Section):
    """From the initial rate down a half cosine, after an optional linear warm-up."""

    type: Literal["cosine_decay"]
    """Which schedule."""
    initial_learning_rate: float = Field(ge=0)
    """Rate at the first step."""
    decay_steps: int | None = Field(default=None, ge=1)
    """Steps of the decay. Default: all steps of `training.epochs`, less the warm-up."""
    alpha: float = Field(default=0.0, ge=0, le=1)
    """Rate at the end, as a fraction of the highest rate."""
    warmup_target: Rate | None = None
    """Rate at the end of the warm-up; None means no warm-up."""
    warmup_steps: int = Field(default=0, ge=0)
    """Steps of the warm-up."""


class ExponentialDecay(Section):
    """initial_learning_rate · decay_rate ^ (step / decay_steps)."""

    type: Literal["exponential_decay"]
    """Which schedule."""
    initial_learning_rate: Rate
    """Rate at the first step."""
    decay_steps: int = Field(ge=1)
    """Steps in which the rate is multiplied by `decay_rate`."""
    decay_rate: Rate
    """The factor."""
    staircase: bool = False
    """Whether the rate changes only every `decay_steps` steps."""


class PiecewiseConstantDecay(Section):
    """A constant rate between given steps."""

    type: Literal["piecewise_constant_decay"]
    """Which schedule."""
    # strict=False: below a short form lists arrive as Python lists, which strict tuples refuse.
    boundaries: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1, strict=False)
    """Steps after which the next value is used, ascending."""
    values: tuple[Rate, ...] = Field(strict=False)
    """The rates: one more than `boundaries`."""

    @model_validator(mode="after")
    def _fits(self) -> "PiecewiseConstantDecay":
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"expected one value more than boundaries, got {len(self.values)} values and "
                f"{len(self.boundaries)} boundaries"
            )
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise ValueError("expected boundaries in ascending order")
        return self


class ReduceOnPlateau(Section):
    """Multiplies the rate by `factor` when the monitored value has not improved for `patience` epochs."""

    type: Literal["reduce_on_plateau"]
    """Which schedule."""
    initial_learning_rate: Rate = 1e-3
    """Rate at the first step."""
    monitor: str = "val_loss"
    """`loss`, `val_loss`, or `val_` and a metric of `metrics`."""
    factor: float = Field(default=0.1, gt=0, lt=1)
    """The factor."""
    patience: int = Field(default=10, ge=0)
    """Epochs without improvement before the rate is reduced."""
    min_delta: float = Field(default=1e-4, ge=0)
    """A smaller change is no improvement."""
    cooldown: int = Field(default=0, ge=0)
    """Epochs to wait after a reduction before counting again."""
    min_lr: float = Field(default=0.0, ge=0)
    """The rate is not reduced below this."""


Schedule = Annotated[
    CosineDecay | ExponentialDecay | PiecewiseConstantDecay | ReduceOnPlateau,
    Field(discriminator="type"),
]


class OptimizerSection(Section):
    """What all optimizers share."""

    learning_rate: Rate | Schedule = 1e-3
    """A number, or a schedule."""
    weight_decay: float | None = Field(default=None, ge=0)
    """Share of every weight that is taken off at each step, times the learning rate."""
    clipnorm: Rate | None = None
    """The gradient of each variable is scaled down to this norm."""
    clipvalue: Rate | None = None
    """Gradients are cut to [-clipvalue, clipvalue]."""
    global_clipnorm: Rate | None = None
    """All gradients together are scaled down to this norm."""
    use_ema: bool = False
    """Whether an exponential moving average of the weights is kept: validation and the saved model use it."""
    ema_momentum: float = Field(default=0.99, ge=0, le=1)
    """Share of the old average kept at each step."""

    @model_validator(mode="after")
    def _one_kind_of_clipping(self) -> "OptimizerSection":
        given = [name for name in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"expected at most one of clipnorm, clipvalue, global_clipnorm, got {' and '.join(given)}")
        return self


class Sgd(OptimizerSection):
    """Stochastic gradient descent."""

    type: Literal["sgd"]
    """Which optimizer."""
    learning_rate: Rate | Schedule = 0.01
    """A number, or a schedule."""
    momentum: float = Field(default=0.0, ge=0, le=1)
    """Share of the previous step that is kept."""
    nesterov: bool = False
    """Whether Nesterov momentum is used."""


class Adam(OptimizerSection):
    """Adam."""

    type: Literal["adam"]
    """Which optimizer."""
    beta_1: Share = 0.9
    """Decay of the first moment."""
    beta_2: Share = 0.999
    """Decay of the second moment."""
    epsilon: Rate = 1e-7
    """Added to the denominator."""
    amsgrad: bool = False
    """Whether the largest second moment so far is used."""


class AdamW(OptimizerSection):
    """Adam with decoupled weight decay."""

    type: Literal["adamw"]
    """Which optimizer."""
    weight_decay: float | None = Field(default=0.004, ge=0)
    """Share of every weight that is taken off at each step, times the learning rate."""
    beta_1: Share = 0.9
    """Decay of the first moment."""
    beta_2: Share = 0.999
    """Decay of the second moment."""
    epsilon: Rate = 1e-7
    """Added to the denominator."""
    amsgrad: bool = False
    """Whether the largest second moment so far is used."""


class RmsProp(OptimizerSection):
    """RMSprop."""

    type: Literal["rmsprop"]
    """Which optimizer."""
    rho: Share = 0.9
    """Decay of the squared gradient."""
    momentum: Share = 0.0
    """Share of the previous step that is kept."""
    epsilon: Rate = 1e-7
    """Added to the denominator."""
    centered: bool = False
    """Whether the gradients' mean is taken off."""


class Adagrad(OptimizerSection):
    """Adagrad."""

    type: Literal["adagrad"]
    """Which optimizer."""
    initial_accumulator_value: float = Field(default=0.1, ge=0)
    """Starting value of the sums of squares."""
    epsilon: Rate = 1e-7
    """Added to the denominator."""


class Nadam(OptimizerSection):
    """Adam with Nesterov momentum."""

    type: Literal["nadam"]
    """Which optimizer."""
    beta_1: Share = 0.9
    """Decay of the first moment."""
    beta_2: Share = 0.999
    """Decay of the second moment."""
    epsilon: Rate = 1e-7
    """Added to the denominator."""


class Adamax(OptimizerSection):
    """Adam with the largest gradient instead of the second moment."""

    type: Literal["adamax"]
    """Which optimizer."""
    beta_1: Share = 0.9
    """Decay of the first moment."""
    beta_2: Share = 0.999
    """Decay of the largest gradient."""
    epsilon: Rate = 1e-7
    """Added to the denominator."""


class Lion(OptimizerSection):
    """Lion: steps by the sign of the momentum."""

    type: Literal["lion"]
    """Which optimizer."""
    beta_1: float = Field(default=0.9, gt=0, lt=1)
    """Weight of the momentum in the step."""
    beta_2: Share = 0.99
    """Decay of the momentum."""


Optimizer = Annotated[
    Sgd | Adam | AdamW | RmsProp | Adagrad | Nadam | Adamax | Lion,
    Field(discriminator="type"),
    ShortForm(),
]
