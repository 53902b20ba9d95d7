"""What the config expects of the metrics, and whether they came to it."""

from dltrain.errors import counted
from dltrain.report.figure import table
from dltrain.report.markup import Child, Markup, element
from dltrain.report.number_text import number
from dltrain.report.section import paragraph, section
from dltrain.run.gates import JudgedGate, JudgedGates, value_text


def gates_section(gates: JudgedGates) -> Markup | None:
    """A table of all gates; None when nothing is expected."""
    if not gates:
        return None
    n_missed = sum(gate.is_missed for gate in gates)
    words = f"The config expects this of the metrics: {n_missed:,} of {counted(len(gates), 'gate')} missed."
    rows = [(gate.gate.name, value_text(gate, number), gate.gate.text, _outcome(gate)) for gate in gates]
    headings = ["gate", "value", "expected", "outcome"]
    return section("gates", "Gates", paragraph(words), table(headings, rows, label="Gates"))


def _outcome(gate: JudgedGate) -> Child:
    return element("strong", gate.outcome) if gate.is_missed else gate.outcome
