"""What `dltrain init` prints."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from dltrain.cli.output import console
from dltrain.cli.progress import split_text, target_role
from dltrain.config.sections.model import Dense, Dropout
from dltrain.errors import counted, escaped
from dltrain.workflows.init import Starter

_SHOWN: Final = 6

_CAUSES: Final = {
    "bracketed": "numbers in brackets",
    "thousands": "numbers with thousands separators",
    "decimal_comma": "numbers with decimal commas",
    "united": "numbers with units",
    "marked": "numbers with marks",
    "duration": "durations",
    "two_numbers": "two numbers in a cell",
    "refused": "cannot be used",
}
"""Topics of findings whose names say too little."""


def print_starter(starter: Starter, path: Path, stream: TextIO) -> None:
    """Prints what was decided, and the next command.

    Args:
        starter: The decisions.
        path: Of the config.
        stream: Where to.
    """
    out = console(stream)
    for heading, text in _lines(starter, path):
        out.print(f"{heading:<11}{text}")


def _lines(starter: Starter, path: Path) -> Iterator[tuple[str, str]]:
    """Heading and text of each line."""
    report, summary = starter.report, starter.summary
    config = summary.config
    yield (
        "data",
        f"{escaped(starter.table.name)}: {counted(report.rows, 'row')}, {counted(len(report.columns), 'column')}",
    )
    yield "target", f"{escaped(config.data.target)} ({target_role(config)})"
    if config.data.id:
        yield "id", _names([(name, "") for name in config.data.id])
    if config.data.drop:
        yield "left out", _names([(name, _cause(starter.topics.get(name, ""))) for name in config.data.drop])
    if config.data.missing_values:
        yield "missing", ", ".join(f"'{escaped(text)}'" for text in config.data.missing_values)
    yield (
        "rows",
        f"{summary.train:,} train · {summary.validation:,} validation · {summary.test:,} test ({split_text(config)})",
    )
    layers = config.model.layers
    widths = " → ".join(f"{layer.units}" for layer in layers if isinstance(layer, Dense))
    dropout = next((f", dropout {layer.rate:g}" for layer in layers if isinstance(layer, Dropout)), "")
    yield (
        "network",
        f"{counted(summary.n_inputs, 'input')}{widths and f' → {widths} units'}{dropout}, "
        f"{counted(summary.n_parameters, 'parameter')}",
    )
    for warning in starter.warnings[:_SHOWN]:
        yield "warning", warning
    if starter.questions or len(starter.warnings) > _SHOWN:
        yield "to decide", f"{len(starter.remarks):,}: see the first lines of the config"
    yield "next", f"dltrain fit {shlex.quote(str(path))}"


def _cause(topic: str) -> str:
    """Why a column is left out, in a few words."""
    return _CAUSES.get(topic, topic.replace("_", " "))


def _names(columns: list[tuple[str, str]]) -> str:
    """Columns, each with a remark in brackets."""
    shown = [escaped(name) + (f" ({why})" if why else "") for name, why in columns[:_SHOWN]]
    more = f" and {len(columns) - _SHOWN:,} more" if len(columns) > _SHOWN else ""
    return f"{', '.join(shown)}{more}"
