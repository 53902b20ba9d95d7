"""Gates: what a config expects of metrics, and whether they came to it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dltrain.cli.notes import note
from dltrain.cli.output import console, number, plain_table
from dltrain.errors import GateError
from dltrain.run import Run
from dltrain.run.gates import JudgedGate, judge_run, missed_text, value_text


def print_gates(gates: Sequence[JudgedGate]) -> None:
    """Prints every gate, if there are any."""
    if not gates:
        return
    rows = [[gate.gate.name, value_text(gate, number), gate.gate.text, gate.outcome] for gate in gates]
    columns = [("gate", "left"), ("value", "right"), ("expected", "left"), ("", "left")]
    console(sys.stdout).print(plain_table(columns, rows))


def note_missed_gates(run: Run) -> None:
    """Says of a run that nobody named that it misses gates."""
    if (text := missed_text(judge_run(run.config, run.metrics), number)) is not None:
        note(f"{run.path} is used: {text}")


def check_gates(gates: Sequence[JudgedGate], *, run: Path, is_new: bool) -> None:
    """Ends a command that has printed all that it has to say.

    Args:
        gates: Judged.
        run: The run directory.
        is_new: Whether the command made the run.

    Raises:
        GateError: A gate is missed.
    """
    if (text := missed_text(gates, number)) is not None:
        kept = f"\nkept: the run, in {run}" if is_new else ""
        raise GateError(f"{'' if is_new else f'{run}: '}{text}{kept}")
