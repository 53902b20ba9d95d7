"""What is known of an epoch when it is over: a row of history.csv."""

import math
from typing import Annotated, Any

from pydantic import AllowInfNan, BeforeValidator, Field

from dltrain.config.section import Section


def _nan_when_none(value: Any) -> Any:
    return math.nan if value is None else value


Metric = Annotated[float, AllowInfNan(), BeforeValidator(_nan_when_none)]
"""JSON knows no NaN and says null."""


class Epoch(Section):
    """One pass over the training rows."""

    number: int = Field(ge=1)
    """Counted from 1."""
    loss: float
    """Mean training loss while the weights moved, penalties included."""
    val_loss: float
    """Loss of the validation rows with the weights at the end of the epoch, penalties included."""
    metrics: dict[str, Metric]
    """Validation metrics by name, in the target's own units; nan where undefined."""
    learning_rate: float
    """At the end of the epoch."""
    seconds: float = Field(ge=0)
    """Wall-clock time, validation included."""
    is_best: bool = True
    """Whether early stopping counts this as the best epoch so far; always true without early stopping."""

    def monitored(self, name: str) -> float:
        """The value a config calls `loss`, `val_loss` or `val_<metric>`."""
        match name:
            case "loss":
                return self.loss
            case "val_loss":
                return self.val_loss
            case _:
                return self.metrics[name.removeprefix("val_")]

    def to_row(self) -> dict[str, float]:
        """The epoch as a row of history.csv."""
        return {
            "epoch": self.number,
            "loss": self.loss,
            "val_loss": self.val_loss,
            **{f"val_{name}": value for name, value in self.metrics.items()},
            "learning_rate": self.learning_rate,
            "seconds": round(self.seconds, 4),
        }
