"""What is known of a fit when it is over, as a diagnosis looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dltrain.config import Config
from dltrain.config.model import BatchNormalization, Dense, LayerNormalization
from dltrain.config.usual_rate import usual_rate
from dltrain.run import Epoch
from dltrain.scoring.loss_curve import LossCurve
from dltrain.scoring.missed import Missed
from dltrain.scoring.row_errors import RowErrors

_STEADY: Final = 1.01
"""Rates that differ by less than this factor are one rate."""


@dataclass(frozen=True)
class FitFacts:
    """What was measured once, at the end, on some of the rows, with the weights that were kept.

    Attributes:
        largest_input: Largest absolute number among the inputs of the training rows.
        dead_units: Name of a ReLU layer → share of its units that no training row wakes.
        missed: What more units could predict of what the network leaves over; None where that cannot be told.
        train, validation, test: The errors of these rows.
        baseline: Those of the test rows for the best constant prediction.
    """

    largest_input: float
    dead_units: Mapping[str, float]
    missed: Missed | None
    train: RowErrors
    validation: RowErrors
    test: RowErrors
    baseline: RowErrors


@dataclass(frozen=True)
class FitEvidence:
    """A fit that is over.

    Attributes:
        config: Resolved.
        epochs: In order.
        facts: Measured at the end.
        validation_rows: How many judged the epochs; of those that were measured there may be fewer.
    """

    config: Config
    epochs: Sequence[Epoch]
    facts: FitFacts
    validation_rows: int

    @cached_property
    def training_curve(self) -> LossCurve | None:
        """The training loss by epoch."""
        return LossCurve.of([epoch.loss for epoch in self.epochs])

    @cached_property
    def validation_curve(self) -> LossCurve | None:
        """The validation loss by epoch."""
        return LossCurve.of([epoch.val_loss for epoch in self.epochs])

    @property
    def keeps_best(self) -> bool:
        """Whether the weights are those of the best epoch."""
        stopping = self.config.training.early_stopping
        return stopping is not None and stopping.restore_best_weights

    @property
    def rate(self) -> float:
        """The highest learning rate that an epoch ended with."""
        return max(epoch.learning_rate for epoch in self.epochs)

    @property
    def has_steady_rate(self) -> bool:
        """Whether all epochs had one learning rate."""
        return self.rate <= _STEADY * min(epoch.learning_rate for epoch in self.epochs)

    @property
    def usual_rate(self) -> float:
        """Higher learning rates are seldom right for this optimizer."""
        return usual_rate(self.config.training.optimizer)

    @property
    def has_normalization(self) -> bool:
        """Whether a layer normalises what it gets."""
        return any(isinstance(layer, BatchNormalization | LayerNormalization) for layer in self.config.model.layers)

    @property
    def is_linear(self) -> bool:
        """Whether there is no hidden dense layer."""
        return not any(isinstance(layer, Dense) for layer in self.config.model.layers)

    @property
    def improvement(self) -> float:
        """Share of the baseline's error on the test rows that the network takes off; at most 1."""
        baseline = self.facts.baseline.mean
        return 1 - self.facts.test.mean / baseline if baseline > 0 else 0.0
