"""Weight initializers and regularizers, with Keras' names and arguments."""

from typing import Annotated, Literal

from pydantic import Field

from dltrain.config.sections.section import Section, ShortForm

PlainInitializerName = Literal[
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "zeros",
    "ones",
]


class PlainInitializer(Section):
    """An initializer without arguments."""

    type: PlainInitializerName
    """Which initializer."""


class Constant(Section):
    """The same value for every weight."""

    type: Literal["constant"]
    """Which initializer."""
    value: float = 0.0
    """The value."""


class RandomNormal(Section):
    """Normally distributed weights."""

    type: Literal["random_normal", "truncated_normal"]
    """Which initializer; truncated_normal redraws values beyond two deviations."""
    mean: float = 0.0
    """Mean of the weights."""
    stddev: float = Field(default=0.05, ge=0)
    """Standard deviation of the weights."""


class RandomUniform(Section):
    """Uniformly distributed weights."""

    type: Literal["random_uniform"]
    """Which initializer."""
    minval: float = -0.05
    """Lower bound."""
    maxval: float = 0.05
    """Upper bound."""


class Orthogonal(Section):
    """An orthogonal matrix."""

    type: Literal["orthogonal"]
    """Which initializer."""
    gain: float = 1.0
    """Factor on the matrix."""


class VarianceScaling(Section):
    """Random weights whose variance follows the layer's width."""

    type: Literal["variance_scaling"]
    """Which initializer."""
    scale: float = Field(default=1.0, gt=0)
    """Factor on the variance."""
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    """Which width counts: inputs, outputs, or their mean."""
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"
    """Shape of the distribution."""


Initializer = Annotated[
    PlainInitializer | Constant | RandomNormal | RandomUniform | Orthogonal | VarianceScaling,
    Field(discriminator="type"),
    ShortForm(),
]

BiasInitializer = Annotated[
    # Keras' orthogonal initializer needs a matrix.
    PlainInitializer | Constant | RandomNormal | RandomUniform | VarianceScaling,
    Field(discriminator="type"),
    ShortForm(),
]

GLOROT_UNIFORM = PlainInitializer(type="glorot_uniform")
ZEROS = PlainInitializer(type="zeros")


class L1(Section):
    """`l1` times the sum of absolute weights."""

    type: Literal["l1"]
    """Which penalty."""
    l1: float = Field(default=0.01, ge=0)
    """Factor on the sum of absolute values."""


class L2(Section):
    """`l2` times the sum of squared weights."""

    type: Literal["l2"]
    """Which penalty."""
    l2: float = Field(default=0.01, ge=0)
    """Factor on the sum of squares."""


class L1L2(Section):
    """Both penalties."""

    type: Literal["l1_l2"]
    """Which penalty."""
    l1: float = Field(default=0.0, ge=0)
    """Factor on the sum of absolute values."""
    l2: float = Field(default=0.0, ge=0)
    """Factor on the sum of squares."""


Regularizer = Annotated[L1 | L2 | L1L2, Field(discriminator="type"), ShortForm()]
