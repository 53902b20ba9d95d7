"""Section `expect`: bounds that metrics of a run must keep, so that a script can tell a good run from a bad one."""

import math
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, get_args

from dltrain.config.config import Config
from dltrain.config.problems.expected import shown
from dltrain.config.problems.problems import Problem
from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import DEFAULT_METRICS, METRICS, MetricName, higher_is_better
from dltrain.config.yaml.document import KeyPath, shown_text
from dltrain.config.yaml.scalars import read_scalar
from dltrain.errors import quoted_list

Part = Literal["validation", "test"]
Operator = Literal[">=", ">", "<=", "<"]

# Two characters before one, because texts are compared with them from the front.
_OPERATORS: Final[tuple[Operator, ...]] = (">=", "<=", ">", "<")
_MISWRITTEN: Final[dict[str, Operator]] = {"=>": ">=", "≥": ">=", "=<": "<=", "≤": "<="}
_LONGEST: Final = 100


class Gate(NamedTuple):
    """A bound that a metric must keep.

    Attributes:
        part: Rows that it is of.
        metric: Its name.
        operator: Between the metric and the bound.
        bound: In the unit of the metric, finite.
        text: Operator and bound as they were written.
    """

    part: Part
    metric: MetricName
    operator: Operator
    bound: float
    text: str

    @property
    def name(self) -> str:
        """Part and metric, as in the config."""
        return f"{self.part}.{self.metric}"


def read_gates(config: Config) -> tuple[Gate, ...]:
    """The gates of a checked config, in its order."""
    return tuple(_read_gate(name, str(bound)) for name, bound in (config.expect or {}).items())


def gate_problems(config: Config, task: Task | None) -> Iterator[Problem]:
    """What is wrong with the gates.

    Args:
        config: As read, or resolved.
        task: None while it is not known; then every metric may be reported.
    """
    reported = config.metrics or (DEFAULT_METRICS[task] if task is not None else tuple(METRICS))
    for name, bound in (config.expect or {}).items():
        path: KeyPath = ("expect", name)
        part, _, metric = name.partition(".")
        if part not in get_args(Part) or not metric:
            yield Problem(path, *_part_problem(name, reported), is_key=True)
            continue
        if metric not in reported:
            yield Problem(path, *_metric_problem(part, metric, reported, task), is_key=True)
        if not isinstance(bound, str) or _read_bound(bound) is None:
            example = _example(metric, bound)
            text = f'expected >=, >, <= or < and a number, such as "{example}", got {shown(bound)}'
            yield Problem(path, text, _bound_hint(metric, bound))


def _part_problem(name: str, reported: tuple[MetricName, ...]) -> tuple[str, str | None]:
    known = [f"{part}.{metric}" for part in ("test", "validation") for metric in reported]
    return (
        f"expected 'test' or 'validation', a dot and a metric, such as '{known[0]}', got '{shown_text(name)}'",
        f"did you mean 'test.{name}'?" if name in reported else did_you_mean(name, known),
    )


def _metric_problem(
    part: str, metric: str, reported: tuple[MetricName, ...], task: Task | None
) -> tuple[str, str | None]:
    listed = quoted_list(reported, limit=len(reported))
    fitting = [name for name, facts in METRICS.items() if task is None or task in facts.tasks]
    hint = None if metric in METRICS else did_you_mean(metric, reported)
    if metric in fitting:
        hint = f"metrics: [{', '.join([*reported, metric])}] reports it"
    return f"expected one of the metrics that are reported, {listed}, got '{shown_text(metric)}'", hint


def _example(metric: str, bound: str | float) -> str:
    return f"{'>=' if higher_is_better(metric) else '<='} {0.9 if isinstance(bound, str) else bound:g}"


def _bound_hint(metric: str, bound: str | float) -> str | None:
    """What was probably meant: a bare number, or an operator written another way."""
    if not isinstance(bound, str):
        return f'write "{_example(metric, bound)}"'
    text = bound.strip()
    if (number := _read_bound(f">={text}")) is not None:
        return f'write "{_example(metric, number[1])}"'
    for wrong, right in _MISWRITTEN.items():
        if text.startswith(wrong) and _read_bound(meant := f"{right} {text[len(wrong) :].strip()}") is not None:
            return f'write "{meant}"'
    return None


def _read_gate(name: str, bound: str) -> Gate:
    part, _, metric = name.partition(".")
    found = _read_bound(bound)
    assert found is not None  # noqa: S101 - gate_problems has looked
    # Both names were checked as well.
    return Gate(part, metric, *found, bound.strip())  # type: ignore[arg-type]


def _read_bound(text: str) -> tuple[Operator, float] | None:
    """Operator and number of ">= 0.9"; None for anything else."""
    text = text.strip()
    operator = next((operator for operator in _OPERATORS if text.startswith(operator)), None)
    if operator is None or len(text) > _LONGEST:
        return None
    number = text[len(operator) :].strip()
    value = read_scalar(number) if number else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return operator, float(value)
