"""What `dltrain check` prints."""

import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from dltrain.cli.output import console
from dltrain.cli.progress import split_text, target_role
from dltrain.errors import counted, escaped
from dltrain.profiling import GRADES, ColumnProfile, Finding, Grade
from dltrain.workflows.checking.report import CheckedColumn, CheckReport, CheckSummary
from dltrain.workflows.limits.memory import megabytes

_SHOWN_COLUMNS: Final = 40
_SHOWN_FINDINGS: Final = 5
"""Of one topic and grade."""

_SHOWN_CHARACTERS: Final = 24
_DROPS: Final = "all ids and all that can be left out,"
_HEADINGS: Final = ("column", "kind", "missing", "distinct", "values", "becomes → inputs")
_NUMBERS: Final = ("missing", "distinct")
_LEAST_WIDTHS: Final = {"kind": 90, "values": 75, "distinct": 60}
"""Windows that are narrower than this leave a column of the table out."""

_STYLES: Final[dict[Grade, str]] = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def print_report(report: CheckReport) -> None:
    """Prints columns, sizes and findings; the JSON form has them all."""
    out = console(sys.stdout)
    out.print(_column_table(report.columns[:_SHOWN_COLUMNS], width=out.width), soft_wrap=False)
    if (rest := len(report.columns) - _SHOWN_COLUMNS) > 0:
        out.print(f"and {counted(rest, 'more column')}: --json has all")
    out.print()
    for heading, text in _summary_lines(report):
        _print_beside(out, f"{heading:<11}", Text(text))
    out.print()
    for finding in _shown(report.findings):
        _print_finding(out, finding)
    _print_end(out, report)


def _column_table(columns: Sequence[CheckedColumn], *, width: int) -> Table:
    """One line for each column; narrow windows leave out what can be spared best."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    spared = {heading for heading, least_width in _LEAST_WIDTHS.items() if width < least_width}
    for heading in _HEADINGS:
        if heading not in spared:
            justify: JustifyMethod = "right" if heading in _NUMBERS else "left"
            least = len(heading) if heading in _NUMBERS else None
            table.add_column(
                heading, justify=justify, header_style="dim", overflow="ellipsis", no_wrap=True, min_width=least
            )
    for column in columns:
        cells = dict(zip(_HEADINGS, _cells(column), strict=True))
        table.add_row(*(cell for heading, cell in cells.items() if heading not in spared))
    return table


def _cells(column: CheckedColumn) -> tuple[str, ...]:
    profile = column.profile
    return (
        _short(profile.name),
        column.kind or profile.looks,
        f"{profile.n_missing:,}",
        f"{profile.n_distinct:,}",
        _values_text(profile),
        column.becomes.removesuffix("s").removesuffix(" input"),
    )


def _values_text(profile: ColumnProfile) -> str:
    """The range of numbers, or the most frequent value of others with its share of the known ones."""
    if profile.minimum is not None and profile.maximum is not None:
        return f"{_plain(profile.minimum)} … {_plain(profile.maximum)}"
    if profile.most_frequent is None:
        return ""
    return f"{_short(profile.most_frequent)} {profile.n_most_frequent / profile.n_known:.0%}"


def _plain(value: float) -> str:
    """A number in four digits; whole ones in all of theirs, years without a comma.

    >>> _plain(2007.0), _plain(48123.4), _plain(0.85312)
    ('2007', '48,123', '0.8531')
    """
    if 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e9 else f"{value:.4g}"


def _short(text: str) -> str:
    return escaped(text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…")


def _summary_lines(report: CheckReport) -> Iterator[tuple[str, str]]:
    """Heading and text of each line."""
    yield (
        "data",
        f"{escaped(Path(report.data).name)}: {counted(report.rows, 'row')}, {counted(len(report.columns), 'column')}",
    )
    summary = report.summary
    if summary is None:
        return
    yield "target", f"{summary.config.data.target} ({target_role(summary.config)}){_labels_text(summary)}"
    yield (
        "rows",
        f"{summary.train:,} train · {summary.validation:,} validation · {summary.test:,} test "
        f"({split_text(summary.config)})",
    )
    if summary.layers:
        n_columns = sum(column.role == "feature" for column in report.columns)
        yield (
            "network",
            f"{counted(n_columns, 'column')} → {counted(summary.n_inputs, 'input')}, "
            f"{counted(summary.n_parameters, 'parameter')}",
        )
    batch_size = summary.config.training.batch_size
    yield "epoch", f"{counted(summary.steps_per_epoch, 'step')} of {counted(batch_size, 'row')}"
    if summary.memory is not None:
        yield "memory", f"about {megabytes(summary.memory.n_bytes)} for a fit"
    for note in summary.notes:
        yield "chosen", note


def _labels_text(summary: CheckSummary) -> str:
    if not summary.labels:
        return ""
    more = f" and {len(summary.labels) - 6:,} more" if len(summary.labels) > 6 else ""
    return f": {', '.join(map(_short, summary.labels[:6]))}{more}"


def _shown(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The first findings of every topic; the last of them says how many more there are."""
    seen: Counter[tuple[Grade, str]] = Counter()
    total = Counter((finding.grade, finding.topic) for finding in findings)
    for finding in findings:
        key = finding.grade, finding.topic
        seen[key] += 1
        if seen[key] <= _SHOWN_FINDINGS:
            yield finding
        elif seen[key] == total[key]:
            rest = total[key] - _SHOWN_FINDINGS
            yield Finding(
                finding.grade, finding.topic, None, f"the same of {counted(rest, 'more column')}: --json has all"
            )


def _print_finding(out: Console, finding: Finding) -> None:
    where = "" if finding.column is None else f"{escaped(finding.column)}: "
    first, *more = finding.message.splitlines()
    _print_beside(out, Text(f"{finding.grade:<9}", _STYLES[finding.grade]), Text(where + first))
    for line in more:
        _print_beside(out, " " * 9, Text(line))
    if finding.change:
        _print_change(out, finding.change)


def _print_end(out: Console, report: CheckReport) -> None:
    if report.drop_all:
        has_missing = any(part.startswith("data.missing_values=") for part in report.drop_all)
        what = "ids, drops and missing values, all" if has_missing else _DROPS
        out.print(f"{what} at once:")
        _print_change(out, report.drop_all)
    counts = Counter(finding.grade for finding in report.findings)
    out.print(", ".join(counted(counts[grade], grade) for grade in GRADES) if report.findings else "nothing found")


def _print_beside(out: Console, heading: str | Text, text: Text) -> None:
    """Prints a text that keeps to the right of its heading when it is too long for a line."""
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(heading, text)
    out.print(grid, soft_wrap=False)


def _print_change(out: Console, change: Iterable[str]) -> None:
    """Prints overrides as a shell takes them, on one line however long: only so can they be copied."""
    out.print(Text(f"{'':<9}→ {' '.join(map(shlex.quote, change))}", "bold"))
