"""How the probabilities of a run become labels, as it was settled on the validation rows."""

from typing import Annotated, Final

from pydantic import Field

from dltrain.config.sections.section import Section

SMALLEST_TEMPERATURE: Final = 0.05
LARGEST_TEMPERATURE: Final = 20.0


class Decision(Section):
    """Threshold and temperature, and what they came to on the validation rows."""

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """Binary tasks: a row has the positive label when its probability is greater. null: the most probable label."""
    temperature: Annotated[float, Field(ge=SMALLEST_TEMPERATURE, le=LARGEST_TEMPERATURE)] | None = None
    """Logits are divided by it; null: probabilities are as the network gives them."""
    validation: dict[str, float] = Field(default_factory=dict)
    """What was looked at while choosing: f1, recall, cost per row, log_loss …; empty where there was no choice."""
    is_met: bool = True
    """Whether the validation rows have a threshold that does what the config asks for."""
