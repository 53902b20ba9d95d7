"""Section `model`: the layers of the network, with Keras' names and arguments."""

from typing import Annotated, Final, Literal

from pydantic import Field

from dltrain.config.sections.initializers import GLOROT_UNIFORM, ZEROS, BiasInitializer, Initializer, Regularizer
from dltrain.config.sections.section import Section

Activation = Literal[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "swish",
    "mish",
    "tanh",
    "sigmoid",
    "hard_sigmoid",
    "softplus",
    "softsign",
    "exponential",
    "softmax",
]

MAX_UNITS: Final = 65_536
"""Width of a hidden layer."""


class Dense(Section):
    """activation(inputs · kernel + bias): inputs `(n, inputs)`, outputs `(n, units)`."""

    type: Literal["dense"]
    """Layer kind."""
    units: int = Field(ge=1, le=MAX_UNITS)
    """Width of the layer."""
    activation: Activation = "linear"
    """Applied to the sums."""
    use_bias: bool = True
    """Whether the layer has a bias for every unit."""
    kernel_initializer: Initializer = GLOROT_UNIFORM
    """Starting values of the kernel."""
    bias_initializer: BiasInitializer = ZEROS
    """Starting values of the bias."""
    kernel_regularizer: Regularizer | None = None
    """Penalty on the kernel, added to the loss."""
    bias_regularizer: Regularizer | None = None
    """Penalty on the bias, added to the loss."""


class ActivationLayer(Section):
    """An activation as a layer of its own."""

    type: Literal["activation"]
    """Layer kind."""
    activation: Activation
    """The function."""


class Dropout(Section):
    """Sets a random share of its inputs to 0 while training and scales the others up."""

    type: Literal["dropout"]
    """Layer kind."""
    rate: float = Field(ge=0, lt=1)
    """Share of the inputs to drop, in [0, 1)."""


class BatchNormalization(Section):
    """Normalises every feature by the batch while training, by moving averages afterwards."""

    type: Literal["batch_normalization"]
    """Layer kind."""
    momentum: float = Field(default=0.99, ge=0, lt=1)
    """Share of the old value kept by the moving averages at each step."""
    epsilon: float = Field(default=1e-3, gt=0)
    """Added to the variance."""
    center: bool = True
    """Whether a learned offset is added."""
    scale: bool = True
    """Whether a learned factor is applied."""


class LayerNormalization(Section):
    """Normalises every row over its features."""

    type: Literal["layer_normalization"]
    """Layer kind."""
    epsilon: float = Field(default=1e-3, gt=0)
    """Added to the variance."""
    center: bool = True
    """Whether a learned offset is added."""
    scale: bool = True
    """Whether a learned factor is applied."""


class GaussianNoise(Section):
    """Adds normal noise to its inputs while training."""

    type: Literal["gaussian_noise"]
    """Layer kind."""
    stddev: float = Field(ge=0, le=1)
    """Standard deviation of the noise, in [0, 1]."""


Layer = Annotated[
    Dense | ActivationLayer | Dropout | BatchNormalization | LayerNormalization | GaussianNoise,
    Field(discriminator="type"),
]


class OutputSection(Section):
    """The last dense layer. Its width and activation follow from the task."""

    units: int | None = Field(default=None, ge=1)
    """1 for regression and binary tasks, the number of classes for multiclass tasks."""
    activation: Activation | None = None
    """Default: linear, sigmoid or softmax by task; exponential for the loss poisson."""
    use_bias: bool = True
    """Whether the layer has a bias for every unit."""
    kernel_initializer: Initializer = GLOROT_UNIFORM
    """Starting values of the kernel."""
    bias_initializer: BiasInitializer = ZEROS
    """Starting values of the bias."""
    kernel_regularizer: Regularizer | None = None
    """Penalty on the kernel, added to the loss."""


class ModelSection(Section):
    """The network between the features and the prediction."""

    layers: tuple[Layer, ...] = Field(max_length=256)
    """Hidden layers in order; an empty list is a linear model."""
    output: OutputSection = OutputSection()
    """The last dense layer."""
