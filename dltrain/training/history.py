"""What is known of an epoch when it is over."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """One pass over the training rows.

    Attributes:
        number: Counted from 1.
        loss: Mean training loss while the weights moved, penalties included.
        val_loss: Loss of the validation rows with the weights at the end of the epoch, penalties included.
        metrics: Validation metrics by name, in the target's own units; nan where undefined.
        learning_rate: At the end of the epoch.
        seconds: Wall-clock time, validation included.
        is_best: Whether early stopping counts this as the best epoch so far; always true without early stopping.
    """

    number: int
    loss: float
    val_loss: float
    metrics: dict[str, float]
    learning_rate: float
    seconds: float
    is_best: bool = True

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
