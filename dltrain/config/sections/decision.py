"""Section `decision`: how the probabilities of a network become predicted labels."""

from typing import Annotated, Final, Literal

from pydantic import Field

from dltrain.config.sections.section import Section

Maximized = Literal["accuracy", "balanced_accuracy", "f1", "youden"]
Share = Annotated[float, Field(gt=0, le=1)]


class CostSection(Section):
    """What wrong labels cost, in any unit; right ones cost nothing."""

    false_positive: float = Field(default=1.0, gt=0)
    """Of a negative row with the positive label."""

    false_negative: float = Field(default=1.0, gt=0)
    """Of a positive row with the negative label."""


class ThresholdSection(Section):
    """A rule that chooses the threshold on the validation rows; exactly one of them.

    data.weight counts, training.class_weight does not.
    """

    maximize: Maximized | None = None
    """The threshold with the highest value; youden: recall of the positives + recall of the negatives - 1."""

    min_recall: Share | None = None
    """At least this share of the positive rows is found, with as much precision as possible."""

    min_precision: Share | None = None
    """At least this share of the rows with the positive label is positive, with as much recall as possible."""

    cost: CostSection | None = None
    """The threshold with the lowest cost."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that are given."""
        return tuple(name for name in RULES if getattr(self, name) is not None)


RULES: Final = tuple(ThresholdSection.model_fields)


class DecisionSection(Section):
    """From probabilities to labels. It is settled after training, on the validation rows, and kept with the run.

    data.weight counts there, training.class_weight does not: shares and costs are of rows as they come.
    """

    threshold: Annotated[float, Field(gt=0, lt=1)] | ThresholdSection | None = None
    """Binary tasks: a row gets the positive label when its probability is greater than this. A number, or a rule such
    as {maximize: f1}, {min_recall: 0.9}, {min_precision: 0.8} or {cost: {false_negative: 5}}. Default: 0.5."""

    calibrate: Literal["temperature"] | None = None
    """temperature: probabilities are made softer or sharper by one number, so that they are true to how often they
    are right; the order of rows and the most probable label stay."""

    @property
    def fixed_threshold(self) -> float | None:
        """The threshold, if it is a number."""
        return self.threshold if isinstance(self.threshold, float) else None

    @property
    def is_fixed(self) -> bool:
        """Whether all of it stands here, and nothing is left to the validation rows."""
        return not isinstance(self.threshold, ThresholdSection) and self.calibrate is None
