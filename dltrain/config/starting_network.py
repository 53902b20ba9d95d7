"""The network and the training that a table of some size is begun with."""

from dataclasses import dataclass, replace
from typing import Any, Final


@dataclass(frozen=True)
class StartingNetwork:
    """A stack of equal layers, each followed by dropout, and how it is trained.

    Attributes:
        n_layers: Hidden layers.
        units: Width of each.
        dropout: Share of their outputs that is dropped while training, in [0, 1).
        batch_size: Rows a step.
        epochs: At most.
        patience: Epochs without improvement before training stops.
        reason: Why this size.
    """

    n_layers: int
    units: int
    dropout: float
    batch_size: int
    epochs: int
    patience: int
    reason: str

    def layers(self) -> list[dict[str, Any]]:
        """What `model.layers` says."""
        dense = {"type": "dense", "units": self.units, "activation": "relu"}
        return [dense, {"type": "dropout", "rate": self.dropout}] * self.n_layers

    def training(self) -> dict[str, Any]:
        """What `training` says."""
        return {
            "optimizer": {"type": "adam", "learning_rate": 0.001},
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "early_stopping": {"patience": self.patience},
        }


# Few rows are soon learned by heart, and a validation loss of few rows jumps; batches are small, or an epoch would have
# too few steps. Of many rows there is more to learn than to overfit; an epoch has so many steps that few epochs do, and
# large batches use the processor better.
_SIZES: Final = (
    (
        500,
        StartingNetwork(
            n_layers=1,
            units=32,
            dropout=0.3,
            batch_size=16,
            epochs=500,
            patience=40,
            reason="very few, so one small layer, strong dropout and long patience",
        ),
    ),
    (
        5_000,
        StartingNetwork(
            n_layers=2,
            units=64,
            dropout=0.2,
            batch_size=32,
            epochs=300,
            patience=20,
            reason="few, so small layers and batches, and some dropout",
        ),
    ),
    (
        50_000,
        StartingNetwork(
            n_layers=2,
            units=128,
            dropout=0.1,
            batch_size=128,
            epochs=200,
            patience=10,
            reason="enough for wider layers with little dropout",
        ),
    ),
)
"""Training rows below which a network is begun with."""

_LARGEST: Final = StartingNetwork(
    n_layers=3,
    units=256,
    dropout=0.1,
    batch_size=1_024,
    epochs=50,
    patience=5,
    reason="many, so wide layers, large batches and fewer epochs",
)

_WEIGHTS_PER_ROW: Final = 20
"""Of the first layer: many inputs and few rows, as of one-hot columns, need a narrow one."""

_FEWEST_UNITS: Final = 8


def starting_network(*, n_train: int, n_inputs: int) -> StartingNetwork:
    """What to begin with; the rule looks at sizes alone.

    Args:
        n_train: Training rows.
        n_inputs: Inputs of the network.
    """
    network = next((network for limit, network in _SIZES if n_train < limit), _LARGEST)
    units = network.units
    while units > _FEWEST_UNITS and n_inputs * units > _WEIGHTS_PER_ROW * n_train:
        units //= 2
    if units == network.units:
        return network
    return replace(network, units=units, reason=f"{network.reason}; many inputs, so narrower ones")
