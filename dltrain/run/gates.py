"""Whether the metrics of a run keep the bounds of section `expect`."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dltrain.config import Config
from dltrain.config.gates import Gate, Operator, Part, read_gates
from dltrain.errors import counted
from dltrain.features.in_words import NumberText
from dltrain.run.members import GroupSummary
from dltrain.run.metrics_file import Metrics, RunMetrics

_IS_KEPT: Final[dict[Operator, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True)
class JudgedGate:
    """A gate and what the metric came to.

    Attributes:
        gate: What is expected.
        value: Of the metric; None where it is undefined.
        is_reached: None when there are no such rows to judge by.
    """

    gate: Gate
    value: float | None
    is_reached: bool | None

    @property
    def is_missed(self) -> bool:
        """Whether the metric is on the wrong side of the bound, or undefined."""
        return self.is_reached is False

    @property
    def outcome(self) -> str:
        """How it ended, in words."""
        return {True: "reached", False: "missed", None: "not judged here"}[self.is_reached]

    def to_dict(self) -> dict[str, Any]:
        """The gate as JSON content."""
        return {
            "gate": self.gate.name,
            "expected": self.gate.text,
            "value": self.value,
            "reached": self.is_reached,
        }


JudgedGates = tuple[JudgedGate, ...]


def judge(config: Config, metrics: Mapping[Part, Metrics]) -> JudgedGates:
    """Compares metrics with what a config expects of them; one that is undefined misses.

    Args:
        config: Resolved.
        metrics: Of each part that there is; gates of other parts are not judged.
    """
    return tuple(_judged(gate, metrics.get(gate.part)) for gate in read_gates(config))


def judge_run(config: Config, metrics: RunMetrics) -> JudgedGates:
    """Judges the result of a fit."""
    return judge(config, {"validation": metrics.validation.metrics, "test": metrics.test.metrics})


def judge_group(config: Config, summary: GroupSummary) -> JudgedGates:
    """Judges the means over the runs of a group."""
    parts: dict[Part, Metrics] = {"test": {name: spread.mean for name, spread in summary.metrics.items()}}
    if summary.validation is not None:
        parts["validation"] = {name: spread.mean for name, spread in summary.validation.items()}
    return judge(config, parts)


def gates_content(gates: JudgedGates) -> dict[str, Any]:
    """The gates as a part of JSON content; empty where nothing is expected."""
    return {"gates": [gate.to_dict() for gate in gates]} if gates else {}


def value_text(gate: JudgedGate, number: NumberText) -> str:
    """The metric, in as many digits as it takes to see on which side of the bound it is.

    Args:
        gate: Judged.
        number: Writes a number.
    """
    if gate.value is None:
        return "undefined" if gate.is_missed else number(None)
    shown, bound = number(gate.value), gate.gate.bound
    return shown if gate.value == bound or shown != number(bound) else repr(gate.value)


def missed_text(gates: Sequence[JudgedGate], number: NumberText) -> str | None:
    """Says which gates are missed; None when there is none.

    Args:
        gates: Judged.
        number: Writes a number.
    """
    missed = [gate for gate in gates if gate.is_missed]
    n_judged = sum(gate.is_reached is not None for gate in gates)
    lines = [f"{gate.gate.name}: expected {gate.gate.text}, got {value_text(gate, number)}" for gate in missed]
    return "\n  ".join([f"{len(missed)} of {counted(n_judged, 'gate')} missed", *lines]) if missed else None


def _judged(gate: Gate, metrics: Metrics | None) -> JudgedGate:
    if metrics is None:
        return JudgedGate(gate, None, None)
    value = metrics.get(gate.metric)
    return JudgedGate(gate, value, value is not None and _IS_KEPT[gate.operator](value, gate.bound))
