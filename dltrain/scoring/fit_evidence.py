"""What is known of a fit when it is over, as a diagnosis looks at it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from dltrain.config import Config
from dltrain.config.sections.model import BatchNormalization, Dense, Dropout, GaussianNoise, LayerNormalization
from dltrain.config.usual_rate import usual_rate
from dltrain.run import Epoch
from dltrain.scoring.decided_labels import DecidedLabels
from dltrain.scoring.loss_curve import LossCurve
from dltrain.scoring.missed import Missed
from dltrain.scoring.row_errors import RowErrors

SURE: Final = 3.0
"""Standard errors."""
WORTH: Final = 0.05
"""Of a loss: smaller changes are not worth another fit."""
WORTH_OF_TREND: Final = 0.02
"""The same for a gain that would go on."""

_FITS_NO_BETTER: Final = 0.8
"""Training error as a share of the validation error: from here on the rows are not learned by heart."""
_SLOW: Final = 0.05
"""Of the highest learning rate."""
_STEADY: Final = 1.01
"""Rates that differ by less than this factor are one rate."""


@dataclass(frozen=True)
class HeaviestRow:
    """The row with the largest error of a regression.

    Attributes:
        place: Where it stands: file and line.
        part: Which rows it is one of: "training", "validation", "test".
        n_rows: How many these are.
        share: Its share of their errors, in [0, 1].
        name: What error that is.
    """

    place: str
    part: str
    n_rows: int
    share: float
    name: str


@dataclass(frozen=True)
class UnseenLabels:
    """Labels of test rows that no training row has.

    Attributes:
        labels: At least one.
        n_rows: Test rows that have them.
        n_test: All test rows.
    """

    labels: tuple[str, ...]
    n_rows: int
    n_test: int


@dataclass(frozen=True)
class FitFacts:
    """What was measured once, at the end, on some of the rows, with the weights that were kept.

    Attributes:
        largest_input: Largest absolute number among the inputs of the training rows.
        dead_units: Name of a ReLU layer → share of its units that no training row wakes.
        missed: What more units could predict of what the network leaves over; None where that cannot be told.
        train, validation, test: The errors of these rows.
        baseline: Those of the test rows for the best constant prediction.
        train_baseline, validation_baseline: Likewise of the training and the validation rows.
        linear: Those of the test rows for a linear model of the same inputs; None where there is none.
        calibrated: Those of the test rows with the temperature that the validation rows want; None where it is
            not needed to judge them, there are no probabilities, or they have it already.
        labels: What the labels are worth that a threshold makes; None where there is none.
        heaviest: The row of the largest share of the errors of its part; None where no part has many rows.
        unseen: Labels that only test rows have; None where there are none.
    """

    largest_input: float
    dead_units: Mapping[str, float]
    missed: Missed | None
    train: RowErrors
    validation: RowErrors
    test: RowErrors
    baseline: RowErrors
    train_baseline: RowErrors
    validation_baseline: RowErrors
    linear: RowErrors | None
    calibrated: RowErrors | None
    labels: DecidedLabels | None
    heaviest: HeaviestRow | None = None
    unseen: UnseenLabels | None = None


@dataclass(frozen=True)
class FitEvidence:
    """A fit that is over.

    Attributes:
        config: Resolved.
        epochs: In order.
        facts: Measured at the end.
        train_rows: How many it learned from.
        validation_rows: How many judged the epochs; of those that were measured there may be fewer.
        parameters: Numbers in its layers.
    """

    config: Config
    epochs: Sequence[Epoch]
    facts: FitFacts
    train_rows: int
    validation_rows: int
    parameters: int

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
    def has_random_layers(self) -> bool:
        """Whether the training loss of fixed weights is another one in every epoch."""
        return any(isinstance(layer, Dropout | GaussianNoise) for layer in self.config.model.layers)

    @property
    def has_noisy_layers(self) -> bool:
        """Likewise, or of other batches: batch normalisation takes its statistics from them."""
        has_batches = any(isinstance(layer, BatchNormalization) for layer in self.config.model.layers)
        return has_batches or self.has_random_layers

    @property
    def telling_rows(self) -> float:
        """How many training rows of equal errors the mean would jump as much with: a few may hold most of the error."""
        train = self.facts.train
        weighed = train.values * train.weight
        squares = float(np.sum(weighed**2))
        share = float(np.sum(weighed)) ** 2 / squares / len(weighed) if 0 < squares < math.inf else 1.0
        return share * self.train_rows

    @property
    def rate(self) -> float:
        """The highest learning rate that an epoch ended with."""
        return max(epoch.learning_rate for epoch in self.epochs)

    @property
    def has_steady_rate(self) -> bool:
        """Whether all epochs had one learning rate."""
        return self.rate <= _STEADY * min(epoch.learning_rate for epoch in self.epochs)

    @property
    def ends_slowly(self) -> bool:
        """Whether the learning rate has fallen so far that the last steps were short."""
        return self.epochs[-1].learning_rate < _SLOW * self.rate

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

    @property
    def validation_gain(self) -> float:
        """By how much the best constant is worse on the validation rows, as a multiple of the network's error."""
        error = self.facts.validation.mean
        return self.facts.validation_baseline.mean / error - 1 if error > 0 else math.inf

    @property
    def misses_much(self) -> bool:
        """Whether more units could predict what the network leaves over, and that matters beside the baseline."""
        missed = self.facts.missed
        if missed is None or missed.standard_errors < SURE or missed.share < WORTH:
            return False
        return missed.share * (1 - self.improvement) > WORTH_OF_TREND

    @property
    def is_by_heart(self) -> bool:
        """Whether the training rows are fitted much better than others that are as hard for a constant."""
        facts = self.facts
        harder = facts.validation_baseline.mean / facts.train_baseline.mean if facts.train_baseline.mean > 0 else 1.0
        return facts.train.mean * harder < _FITS_NO_BETTER * facts.validation.mean

    @property
    def can_be_by_heart(self) -> bool:
        """Whether the network has enough numbers for that.

        With p of them and n rows, a fit looks better on its own rows by 2p/n of what is left over (Mallows, 1973).
        """
        return 2 * self.parameters >= WORTH * self.train_rows

    @property
    def ends_falling(self) -> bool:
        """Whether the last of all epochs brought the training loss down as far as no epoch had, and further in view."""
        losses = [epoch.loss for epoch in self.epochs]
        if len(losses) < max(2, self.config.training.epochs):
            return False
        return losses[-1] <= min(losses) and losses[-2] - losses[-1] >= WORTH_OF_TREND * abs(losses[-1])

    @property
    def still_learns(self) -> bool:
        """Whether the training loss was still falling at the end."""
        curve = self.training_curve
        return curve is not None and curve.still_to_gain >= WORTH_OF_TREND * abs(curve.end)
