"""One change in the place of many: an override of a list replaces the ones before."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from dltrain.config import Config
from dltrain.config.yaml.reader import read_yaml
from dltrain.profiling import Finding, changes

_MISSING: Final = "data.missing_values="
_DROP: Final = "data.missing_target=drop"
_OF_TARGET: Final = ("missing_target", "infinite_target")
_READ_AS_MISSING: Final = ("numbers_as_text", "dates_as_text", "times_as_text", "far_number")
"""Topics whose changes may name texts that mean missing."""


def all_at_once(config: Config, findings: Sequence[Finding], names: Sequence[str]) -> changes.Change:
    """The ids, the columns to leave out and the texts that mean missing that findings ask for.

    Args:
        config: What the change is for.
        findings: What was found.
        names: The feature columns, in the order of the table.

    Returns:
        The change; empty where no list would replace another.
    """
    left_out = _leave_out_all(config, findings, names)
    # What may be the name of a class is left to a person.
    advised = [finding.change for finding in findings if finding.topic in _READ_AS_MISSING or finding.grade == "error"]
    read = {part: change for change in advised for part in change if part.startswith(_MISSING)}
    if len(read) + bool(left_out) < 2:
        return left_out
    texts = [text for part in read for text in _texts(part)]
    others = dict.fromkeys(part for change in read.values() for part in change if part not in read)
    return (*left_out, *changes.read_as_missing(config, texts), *others)


def with_all_texts(config: Config, findings: Sequence[Finding]) -> list[Finding]:
    """Makes every change of texts that mean missing name all of them: the last one that is pasted replaces the others.

    Args:
        config: What the changes are for.
        findings: What was found.
    """
    # What may be the name of a class is left to a person.
    sure = [finding for finding in findings if finding.topic not in _OF_TARGET or finding.grade == "error"]
    advised = [finding.change for finding in sure if _reads_missing(finding)]
    texts = [text for change in advised for part in change for text in _texts(part)]
    drops = [_DROP] if any(_DROP in change for change in advised) else []

    def whole(part: str) -> str:
        own = [text for text in _texts(part) if text not in texts]
        return changes.read_as_missing(config, [*own, *texts])[0] if part.startswith(_MISSING) else part

    return [
        replace(finding, change=tuple(dict.fromkeys([*map(whole, finding.change), *drops])))
        if _reads_missing(finding)
        else finding
        for finding in findings
    ]


def _leave_out_all(config: Config, findings: Iterable[Finding], names: Sequence[str]) -> changes.Change:
    """The ids and the columns to leave out; an id is not dropped."""
    # Whether a column that tells most of the target is to be left out is a question.
    sure = [finding for finding in findings if finding.topic != "strong_column"]
    advised = [(finding.column, finding.change) for finding in sure if finding.column is not None]
    dropped = {name for name, change in advised if change and change == changes.drop(config, [name])}
    ids = {name for name, change in advised if change and change == changes.make_ids(config, [name])}
    if config.data.features is None:
        # Some names cannot be those of ids: their columns are dropped.
        ids = {name for name in ids if changes.make_ids(config, [name]) != changes.drop(config, [name])}
    else:
        dropped, ids = dropped | ids, set()
    if len(ids | dropped) < 2:
        return ()
    first = changes.make_ids(config, [name for name in names if name in ids]) if ids else ()
    others = [name for name in names if name in dropped - ids]
    return (*first, *(changes.drop(config, others) if others else ()))


def _reads_missing(finding: Finding) -> bool:
    return any(part.startswith(_MISSING) for part in finding.change)


def _texts(part: str) -> list[str]:
    """The texts that a part of a change reads as missing; none where it is about something else."""
    texts: list[str] = read_yaml(part.removeprefix(_MISSING), source="change").data if part.startswith(_MISSING) else []
    return texts
