"""Columns that are read as categories and look like something else, in a line for each column."""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from dltrain.config import Config
from dltrain.errors import escaped
from dltrain.features import CategoryCounts, FittedFeatures
from dltrain.features.columns import for_each_column
from dltrain.features.preprocessing import Feature
from dltrain.profiling import ColumnProfile, Finding, profile_column
from dltrain.profiling.changes import drop, split_by
from dltrain.profiling.findings_groups import LEAST_GROUPS, is_somebody
from dltrain.profiling.findings_text import FEW_VALUES, NO_NAMES, text_finding
from dltrain.profiling.free_text import hardly_repeats
from dltrain.profiling.number_format import find_number_format
from dltrain.table import Table

_SHOWN: Final = 5
_WITH_DIGITS: Final = 0.5
"""Share of the categories that hold digits, below which a column holds no numbers or dates and is not looked at."""

_DIGIT: Final = re.compile(r"\d")


def notes_on_categories(table: Table, fitted: FittedFeatures, config: Config) -> list[str]:
    """Points at categories that are numbers or dates, people, or texts that hardly repeat; five columns at most.

    Args:
        table: The table of `data.path`.
        fitted: Its feature columns.
        config: As written: a column that it calls categorical is one, and notes say what to change in it.
    """
    findings = _disguised(table, [feature.name for feature in fitted.features if _may_be(feature, config)], config)
    notes = []
    for name, counts in fitted.categories.items():
        if (finding := findings.get(name)) is not None:
            notes.append(f"column '{escaped(name)}': {finding.message}; dltrain check says more")
        elif hardly_repeats(counts.different, counts.known):
            notes.append(_on_rare_texts(name, counts, config))
        elif _may_be_somebody(name, config) and counts.different >= LEAST_GROUPS:
            notes.append(_on_names(name, counts, config))
    more = [f"and {len(notes) - _SHOWN:,} more columns like these"] if len(notes) > _SHOWN else []
    return notes[:_SHOWN] + more


def _may_be(feature: Feature, config: Config) -> bool:
    """Whether categories may be numbers or dates."""
    if feature.kind != "categorical" or config.preprocessing.column(feature.name).stated_kind is not None:
        return False
    n_with_digits = sum(_DIGIT.search(text) is not None for text in feature.categories)
    return len(feature.categories) > FEW_VALUES and n_with_digits >= _WITH_DIGITS * len(feature.categories)


def _disguised(table: Table, names: Sequence[str], config: Config) -> dict[str, Finding]:
    """Column → what its texts are, for those that are no names of things."""
    profiles = _profiles(table, names)
    if not any(_is_no_name(text_finding(profile, config)) for profile in profiles.values()):
        return {}
    # How numbers are written, all columns say together.
    profiles |= _profiles(table, [name for name in table.column_names if name not in profiles])
    numbers = find_number_format(profiles.values(), config)
    found = {name: text_finding(profiles[name], config, numbers) for name in names}
    return {name: finding for name, finding in found.items() if finding is not None and _is_no_name(finding)}


def _profiles(table: Table, names: Sequence[str]) -> dict[str, ColumnProfile]:
    return for_each_column(names, lambda name: profile_column(table, name), n_rows=table.n_rows)


def _is_no_name(finding: Finding | None) -> bool:
    return finding is not None and finding.grade != "note" and finding.topic in NO_NAMES


def _on_rare_texts(name: str, counts: CategoryCounts, config: Config) -> str:
    return (
        f"column '{name}' has {counts.different:,} different texts in {counts.known:,} training rows: an id, a date or "
        "a formatted number says little as a category"
        + "".join(f"; {shlex.quote(change)} leaves it out" for change in drop(config, [name]))
    )


def _may_be_somebody(name: str, config: Config) -> bool:
    """Whether a column is named after people, and neither the config nor the split says that they are categories."""
    is_stated = config.preprocessing.column(name).stated_kind is not None
    return is_somebody(name) and not is_stated and config.split.strategy not in ("group", "hash")


def _on_names(name: str, counts: CategoryCounts, config: Config) -> str:
    leaving_out = [f"{shlex.quote(change)} leaves it out" for change in drop(config, [name])]
    apart = f"{shlex.join(split_by('group', name))} keeps all rows of a value on one side of the split"
    return (
        f"column '{escaped(name)}' has {counts.different:,} values in {counts.known:,} training rows, of which new "
        f"rows may have none: {'; '.join([*leaving_out, apart])}"
    )
