"""What was settled on the validation rows."""

import sys

from dltrain.cli.output import console, number
from dltrain.config import Config
from dltrain.run.decision import Decision
from dltrain.run.decision_in_words import decision_in_words, threshold_text


def print_threshold(threshold: float | None) -> None:
    """Prints the threshold of a run, if it is not the usual one.

    Args:
        threshold: Probability above which a row has the positive label; None: the most probable label.
    """
    if threshold not in {None, 0.5}:
        console(sys.stdout).print(f"{'decision':<11}p > {threshold_text(threshold or 0.0, number)}")


def print_decision(config: Config, decision: Decision | None) -> None:
    """Prints the threshold and the temperature, if there are any.

    Args:
        config: Resolved.
        decision: What was settled.
    """
    out = console(sys.stdout)
    for name, text in decision_in_words(config, decision, number):
        out.print(f"{name:<11}{text}")
