"""Columns that give the target away, in a line for each: the scores of a fit on them say nothing of new rows."""

import shlex
from collections.abc import Mapping
from typing import Final

from dltrain.config import LoadedConfig
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import escaped
from dltrain.workflows.fitting.leaks import leak_findings
from dltrain.workflows.rows.dataset import Dataset

_SHOWN: Final = 3
_MOST_COLUMNS: Final = 300
"""Some milliseconds each; tables with more are left to `dltrain check`."""


def notes_on_leaks(loaded: LoadedConfig, dataset: Dataset, kinds: Mapping[str, Kind]) -> list[str]:
    """Asks about the feature columns that give the target away; three at most.

    Args:
        loaded: The config as read, which changes are for.
        dataset: The divided rows.
        kinds: Of the feature columns.
    """
    if len(kinds) > _MOST_COLUMNS:
        return []
    notes = [
        f"column '{escaped(finding.column or '')}': {finding.message}"
        + "".join(f" {shlex.quote(change)} leaves it out" for change in finding.change)
        for finding in leak_findings(loaded, dataset, kinds).findings
        if finding.topic == "leak"
    ]
    more = [f"and {len(notes) - _SHOWN:,} more columns like these: dltrain check"] if len(notes) > _SHOWN else []
    return notes[:_SHOWN] + more
