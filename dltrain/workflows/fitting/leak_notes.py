"""Columns that give the target away, in a line for each: the scores of a fit on them say nothing of new rows."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from dltrain.config import LoadedConfig
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import escaped
from dltrain.profiling import Finding
from dltrain.run import Diagnosis
from dltrain.workflows.fitting.leaks import leak_findings
from dltrain.workflows.rows.dataset import Dataset

_SHOWN: Final = 3
_MOST_COLUMNS: Final = 300
"""Some milliseconds each; tables with more are left to `dltrain check`."""


def find_leaks(loaded: LoadedConfig, dataset: Dataset, kinds: Mapping[str, Kind]) -> list[Finding]:
    """Asks about the feature columns that give the target away.

    Args:
        loaded: The config as read, which changes are for.
        dataset: The divided rows.
        kinds: Of the feature columns.
    """
    if len(kinds) > _MOST_COLUMNS:
        return []
    return [finding for finding in leak_findings(loaded, dataset, kinds).findings if finding.topic == "leak"]


def notes_on_leaks(leaks: Sequence[Finding]) -> list[str]:
    """What is told before the training; three columns at most."""
    notes = [
        _message(finding) + "".join(f" {shlex.quote(change)} leaves it out" for change in finding.change)
        for finding in leaks
    ]
    more = [f"and {len(notes) - _SHOWN:,} more columns like these: dltrain check"] if len(notes) > _SHOWN else []
    return notes[:_SHOWN] + more


def diagnosed_leak(leaks: Sequence[Finding]) -> tuple[Diagnosis, ...]:
    """The same beside the result, where it is looked at: the first column, which tells most."""
    if not leaks:
        return ()
    first, *others = leaks
    more = f" (and {len(others):,} more columns like it)" if others else ""
    return (Diagnosis(topic="leak", message=f"{_message(first)}{more}", change=next(iter(first.change), None)),)


def _message(finding: Finding) -> str:
    return f"column '{escaped(finding.column or '')}': {finding.message}"
