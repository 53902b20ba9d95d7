"""The networks, and what all programs agree on. Only the standard library is imported here."""

import math
from dataclasses import dataclass
from typing import Final

N_ROWS: Final = 100_000
N_HIDDEN: Final = 3
DROPOUT_RATE: Final = 0.3
LEARNING_RATE: Final = 1e-3

# Keras' defaults, which the other libraries do not share.
ADAM_BETAS: Final = (0.9, 0.999)
ADAM_EPSILON: Final = 1e-7
NORMALIZATION_EPSILON: Final = 1e-3
NORMALIZATION_MOMENTUM: Final = 0.99


@dataclass(frozen=True)
class Net:
    """Three dense layers with relu and one sigmoid output, for binary cross-entropy and Adam.

    Attributes:
        units: Width of each hidden layer.
        batch_size: Rows of a step.
        n_features: Width of the input.
        is_regularized: Whether batch normalisation and dropout follow each hidden layer.
    """

    units: int
    batch_size: int
    n_features: int
    is_regularized: bool = False

    @property
    def title(self) -> str:
        """What people would call it."""
        layers = ", batch norm + dropout" if self.is_regularized else ""
        return f"{N_HIDDEN}×{self.units}, batch {self.batch_size}{layers}"

    @property
    def n_steps(self) -> int:
        """Steps of an epoch, the short last one included."""
        return math.ceil(N_ROWS / self.batch_size)

    @property
    def n_weights(self) -> int:
        """Elements of all kernels."""
        return self.n_features * self.units + (N_HIDDEN - 1) * self.units**2 + self.units

    @property
    def step_operations(self) -> int:
        """Floating-point operations of the matrix products of a full step.

        Every kernel is multiplied three times: forwards, for its gradient, and for the gradient of its inputs;
        the first layer's inputs need none. A product of `(batch, a)` and `(a, b)` takes 2 · batch · a · b.
        """
        return 6 * self.batch_size * self.n_weights - 2 * self.batch_size * self.n_features * self.units


NETS: Final = {
    "3x64": Net(64, 64, 20),
    "3x64_regularized": Net(64, 64, 20, is_regularized=True),
    "3x256": Net(256, 256, 32),
    "3x256_regularized": Net(256, 256, 32, is_regularized=True),
    "3x512": Net(512, 512, 64),
    "3x512_regularized": Net(512, 512, 64, is_regularized=True),
}
"""By the name that the programs take as their argument."""
