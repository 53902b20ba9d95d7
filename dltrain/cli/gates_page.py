"""Gates: what a config expects of metrics, and whether they came to it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dltrain.cli.output import UNDEFINED, console, number, plain_table
from dltrain.errors import GateError
from dltrain.run.gates import JudgedGate, missed_text

_WORDS = {True: "reached", False: "missed", None: "not judged here"}


def print_gates(gates: Sequence[JudgedGate]) -> None:
    """Prints every gate, if there are any."""
    if not gates:
        return
    rows = [[gate.gate.name, value_text(gate), gate.gate.text, _WORDS[gate.is_reached]] for gate in gates]
    columns = [("gate", "left"), ("value", "right"), ("expected", "left"), ("", "left")]
    console(sys.stdout).print(plain_table(columns, rows))


def check_gates(gates: Sequence[JudgedGate], *, run: Path, is_new: bool) -> None:
    """Ends a command that has printed all that it has to say.

    Args:
        gates: Judged.
        run: The run directory.
        is_new: Whether the command made the run.

    Raises:
        GateError: A gate is missed.
    """
    if (text := missed_text(gates, value_text)) is not None:
        kept = f"\nkept: the run, in {run}" if is_new else ""
        raise GateError(f"{'' if is_new else f'{run}: '}{text}{kept}")


def value_text(gate: JudgedGate) -> str:
    """The metric, in as many digits as it takes to see on which side of the bound it is."""
    if gate.value is None:
        return "undefined" if gate.is_missed else UNDEFINED
    shown = number(gate.value)
    bound = gate.gate.bound
    return shown if gate.value == bound or shown != number(bound) else repr(gate.value)
