"""What was settled on the validation rows."""

import sys

from dltrain.cli.output import console, number
from dltrain.config import Config
from dltrain.run.decision import Decision
from dltrain.run.decision_in_words import decision_in_words


def print_decision(config: Config, decision: Decision | None) -> None:
    """Prints the threshold and the temperature, if there are any.

    Args:
        config: Resolved.
        decision: What was settled.
    """
    out = console(sys.stdout)
    for name, text in decision_in_words(config, decision, number):
        out.print(f"{name:<11}{text}")
