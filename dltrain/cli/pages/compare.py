"""What `dltrain compare` prints."""

import sys
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console

from dltrain.cli.output import UNDEFINED, console, number, plain_table
from dltrain.cli.pages.folds import print_widest
from dltrain.errors import escaped
from dltrain.scoring.paired import Difference
from dltrain.workflows.compare import LAYERS, ComparedRun, Comparison, table_text, told

_SHOWN_KEYS: Final = 12
_LONGEST_VALUE: Final = 40
_INTERVAL_WIDTH: Final = 75
"""Windows that are narrower than this show no intervals, only what they mean."""


def print_comparison(comparison: Comparison) -> None:
    """Prints the metrics side by side, then for every further run how sure its differences are, and its config."""
    out = console(sys.stdout)
    out.print(f"{comparison.rows:,} rows: {escaped(comparison.source)}")
    out.print()
    shown = [escaped(name) for name in comparison.names]
    _print_metrics(out, comparison, shown)
    for name, run in zip(shown[1:], comparison.runs[1:], strict=True):
        out.print()
        out.print(f"{name} less {shown[0]}")
        _print_differences(out, run, comparison.rows)
        _print_config(out, comparison.config_changes(run))
        for role, (before, after) in run.tables.items():
            out.print(f"  table '{role}': {table_text(before)} → {table_text(after)}")
    if any(found.is_sure for run in comparison.runs for found in run.differences.values()):
        out.print()
        out.print("not in the intervals: what another training.seed would change; dltrain fit --seeds tells that")


def _print_metrics(out: Console, comparison: Comparison, shown: list[str]) -> None:
    """Prints what every run reached: a row for each, or a column in narrow windows."""
    told = [_told(comparison, run) for run in comparison.runs]
    headings = list(told[0])
    by_run = plain_table(
        [("run", "left"), *((heading, "right") for heading in headings)],
        [[name, *cells.values()] for name, cells in zip(shown, told, strict=True)],
    )
    by_figure = plain_table(
        [("", "left"), *((name, "right") for name in shown)],
        [[heading, *(cells[heading] for cells in told)] for heading in headings],
    )
    one_by_one = plain_table(
        [("", "left"), ("", "right")],
        [
            row
            for name, cells in zip(shown, told, strict=True)
            for row in ([name, ""], *([f"  {heading}", cell] for heading, cell in cells.items()))
        ],
    )
    one_by_one.show_header = False
    print_widest(out, by_run, by_figure, one_by_one)


def _told(comparison: Comparison, run: ComparedRun) -> dict[str, str]:
    """What a run reached; its threshold where those of some runs are not the usual one."""
    cells = {name: number(value) for name, value in run.metrics.items()}
    if any(other.threshold not in {None, 0.5} for other in comparison.runs):
        cells["threshold"] = number(0.5 if run.threshold is None else run.threshold)
    return cells | {
        "best epoch": f"{run.best_epoch} of {run.epochs}" if run.epochs else _how_made(run),
        "parameters": f"{run.parameters:,}",
    }


def _how_made(run: ComparedRun) -> str:
    """What stands in the place of epochs."""
    return "average" if run.folds is None else f"{run.folds} folds"


def _print_differences(out: Console, run: ComparedRun, n_rows: int) -> None:
    columns = [("", "left"), ("difference", "right"), ("95 % interval", "right"), ("", "left")]
    is_narrow = out.width < _INTERVAL_WIDTH
    rows = [
        [f"  {name}", _signed(found.value), _interval(found), _verdict(name, found, None if is_narrow else n_rows)]
        for name, found in run.differences.items()
    ]
    if is_narrow:
        columns.pop(2)
        rows = [[*row[:2], row[3]] for row in rows]
    out.print(plain_table(columns, rows))


def _print_config(out: Console, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Prints what the configs say differently."""
    lines = {
        key: " → ".join(str(value) if key == LAYERS else _value(value) for value in values)
        for key, values in changes.items()
    }
    if not lines:
        out.print("  the configs are the same")
    for key, text in list(lines.items())[:_SHOWN_KEYS]:
        out.print(f"  {escaped(key)}: {text}")
    if len(lines) > _SHOWN_KEYS:
        out.print(f"  and {len(lines) - _SHOWN_KEYS:,} more; --json has them all")


def _verdict(name: str, found: Difference, n_rows: int | None) -> str:
    verdict = found.verdict(name)
    if verdict != "open":
        return verdict
    return "not distinguishable" + ("" if n_rows is None else f" on {n_rows:,} rows")


def _signed(value: float) -> str:
    return UNDEFINED if value != value else f"{'−' if value < 0 else '+' if value > 0 else ''}{number(abs(value))}"


def _interval(found: Difference) -> str:
    return UNDEFINED if found.low != found.low else f"{_signed(found.low)} to {_signed(found.high)}"


def _value(value: Any) -> str:
    text = escaped(told(value))
    return text if len(text) <= _LONGEST_VALUE else f"…{text[1 - _LONGEST_VALUE :]}"
