"""Section `training`: loss, optimizer, batches, epochs, stopping."""

from typing import Annotated, Final, Literal

from pydantic import Field

from dltrain.config.sections.losses import Loss
from dltrain.config.sections.optimizers import Adam, Optimizer
from dltrain.config.sections.section import Section

EVALUATION_ROWS: Final = 8_192
"""Most validation rows that go through the network at once: more is not faster."""


class EarlyStoppingSection(Section):
    """Stops when the monitored value has not improved for `patience` epochs."""

    monitor: str = "val_loss"
    """`loss`, `val_loss`, or `val_` and a metric of `metrics`."""
    patience: int = Field(default=10, ge=0)
    """Epochs without improvement before training stops."""
    min_delta: float = Field(default=0.0, ge=0)
    """A smaller change is no improvement."""
    restore_best_weights: bool = True
    """Whether the weights of the best epoch are kept instead of the last ones."""


class TrainingSection(Section):
    """How the weights are found."""

    loss: Loss | None = None
    """Default: mse, binary_crossentropy or categorical_crossentropy by task."""
    optimizer: Optimizer = Adam(type="adam")
    """Turns gradients into steps."""
    batch_size: int = Field(default=64, ge=1)
    """Rows per step."""
    epochs: int = Field(default=100, ge=1)
    """Passes over the training rows, at most."""
    early_stopping: EarlyStoppingSection | None = EarlyStoppingSection()
    """null trains all epochs and keeps the last weights."""
    class_weight: Literal["balanced"] | dict[str, Annotated[float, Field(ge=0)]] | None = None
    """Weight of each label, 1 when left out; `balanced` gives every class the same total weight. It counts in the
    loss and in every metric; the metrics without it are reported beside."""
    checkpoint_seconds: float = Field(default=10.0, ge=0)
    """Training saves its state this often, so no more than that is lost when the process is killed. Where saving takes
    long it happens less often, in a hundredth of the time."""
    seed: int = Field(default=0, ge=0, lt=2**32)
    """Seed of the starting weights, the order of the rows, dropout and noise."""
