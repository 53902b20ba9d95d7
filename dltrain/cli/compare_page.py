"""What `dltrain compare` prints."""

import math
import sys
from itertools import groupby
from typing import Any, Final

from rich.console import Console

from dltrain.cli.output import UNDEFINED, console, number, plain_table
from dltrain.config.metrics import higher_is_better
from dltrain.errors import escaped
from dltrain.scoring.paired import Difference
from dltrain.workflows.compare import ComparedRun, Comparison

_SHOWN_KEYS: Final = 12
_SHOWN_LAYERS: Final = 8
_LONGEST_VALUE: Final = 40
_INTERVAL_WIDTH: Final = 75
"""Windows that are narrower than this show no intervals, only what they mean."""


def print_comparison(comparison: Comparison) -> None:
    """Prints the metrics side by side, then for every further run how sure its differences are, and its config."""
    out = console(sys.stdout)
    out.print(f"{comparison.rows:,} rows: {escaped(comparison.source)}")
    out.print()
    names, shown = list(comparison.runs[0].metrics), _run_names(comparison)
    columns = [("run", "left"), *((name, "right") for name in names), ("best epoch", "right"), ("parameters", "right")]
    rows = [
        [
            name,
            *(number(run.metrics[name]) for name in names),
            # An average was not trained.
            f"{run.best_epoch} of {run.epochs}" if run.epochs else "average",
            f"{run.parameters:,}",
        ]
        for name, run in zip(shown, comparison.runs, strict=True)
    ]
    out.print(plain_table(columns, rows))
    for name, run in zip(shown[1:], comparison.runs[1:], strict=True):
        out.print()
        out.print(f"{name} less {shown[0]}")
        _print_differences(out, comparison.runs[0], run, comparison.rows)


def _run_names(comparison: Comparison) -> list[str]:
    """The names of the directories; their paths where two have one name."""
    names = [run.path.name for run in comparison.runs]
    paths = [str(run.path) for run in comparison.runs]
    return [escaped(name) for name in (names if len(set(names)) == len(names) else paths)]


def _print_differences(out: Console, first: ComparedRun, run: ComparedRun, n_rows: int) -> None:
    columns = [("", "left"), ("difference", "right"), ("95 % interval", "right"), ("", "left")]
    rows = [
        [f"  {name}", _signed(found.value), _interval(found), _verdict(name, found, n_rows)]
        for name, found in run.differences.items()
    ]
    if out.width < _INTERVAL_WIDTH:
        columns.pop(2)
        rows = [[*row[:2], row[3]] for row in rows]
    out.print(plain_table(columns, rows))
    _print_config(out, first, run)


def _print_config(out: Console, first: ComparedRun, run: ComparedRun) -> None:
    """Prints what the configs say differently; other layers as a whole, since their numbers do not match."""
    lines = {key: f"{_value(before)} → {_value(after)}" for key, (before, after) in run.config.items()}
    if any(key.startswith("model.layers") for key in lines) and first.layers != run.layers:
        lines = {key: text for key, text in lines.items() if not key.startswith("model.layers")}
        lines["model.layers"] = f"{_layers(first)} → {_layers(run)}"
    if not lines:
        out.print("  the configs are the same")
    for key, text in list(lines.items())[:_SHOWN_KEYS]:
        out.print(f"  {escaped(key)}: {text}")
    if len(lines) > _SHOWN_KEYS:
        out.print(f"  and {len(lines) - _SHOWN_KEYS:,} more; --json has them all")


def _layers(run: ComparedRun) -> str:
    """The hidden layers, equal ones in a row counted."""
    texts = [f"{len(list(group))} × {layer}" for layer, group in groupby(run.layers)]
    shown = [text.removeprefix("1 × ") for text in texts[:_SHOWN_LAYERS]]
    more = [f"{len(texts) - _SHOWN_LAYERS} more"] if len(texts) > _SHOWN_LAYERS else []
    return ", ".join(shown + more) or "no hidden layers"


def _verdict(name: str, found: Difference, n_rows: int) -> str:
    if math.isnan(found.low):
        return "undefined"
    if found.value == found.low == found.high == 0:
        return "equal"
    if not found.is_sure:
        return f"not distinguishable on {n_rows:,} rows"
    return "better" if (found.low > 0) == higher_is_better(name) else "worse"


def _signed(value: float) -> str:
    return UNDEFINED if math.isnan(value) else f"{'−' if value < 0 else '+' if value > 0 else ''}{number(abs(value))}"


def _interval(found: Difference) -> str:
    return UNDEFINED if math.isnan(found.low) else f"{_signed(found.low)} to {_signed(found.high)}"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = "none" if value is None else escaped(str(value))
    return text if len(text) <= _LONGEST_VALUE else f"…{text[1 - _LONGEST_VALUE :]}"
