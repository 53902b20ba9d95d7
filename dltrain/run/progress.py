"""How far a training has come: all that changes while it runs, besides the numbers in arrays."""

from pydantic import Field

from dltrain.config.sections.section import Section


class Patience(Section):
    """What has been seen of a monitored value."""

    best: float | None = None
    """The best value so far, None before the first epoch."""
    waited: int = Field(default=0, ge=0)
    """Epochs since then, or since the learning rate was lowered."""
    cooling: int = Field(default=0, ge=0)
    """Epochs before a plateau counts again."""


class Progress(Section):
    """Where a training stands, between two steps."""

    epoch: int = Field(default=1, ge=1)
    """Number of the epoch that goes on, one more than `training.epochs` at the end."""
    steps: int = Field(default=0, ge=0)
    """Full batches of it that are done."""
    loss_sum: float = 0.0
    """Sum of their losses."""
    loss: float | None = None
    """Mean loss of the epoch when all its steps are done and only the validation is left; None before."""
    seconds: float = Field(default=0.0, ge=0)
    """Time the epoch has taken."""
    stopping: Patience = Patience()
    """Of early stopping."""
    plateau: Patience = Patience()
    """Of `reduce_on_plateau`."""
    divergence: str | None = None
    """Why training ended without a result; None while it can go on."""

    @property
    def place(self) -> str:
        """The position in words.

        >>> Progress(epoch=3, steps=128).place
        'epoch 3, after step 128'
        """
        return f"epoch {self.epoch}, after step {self.steps:,}" if self.steps else f"the start of epoch {self.epoch}"
