"""Texts that mean missing in one column and something in another, where `data.missing_values` would empty both."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config import Config
from dltrain.config.sections.data import Task
from dltrain.config.sections.preprocessing import Kind
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import escaped
from dltrain.profiling import ColumnProfile, Finding, changes
from dltrain.profiling.findings_target import texts_among_numbers
from dltrain.table import Table
from dltrain.table.number_text import parse_numbers
from dltrain.table.numpy_arrow import arrow_from_numpy, text_array

_MISSING: Final = "data.missing_values="
_KINDS: Final = ("categorical", "boolean")


class NumberOwners:
    """The columns in which a number such as -999 is one among the others; each one is looked for once.

    Args:
        table: Holds all columns.
        profiles: Of all columns.
        config: As read; columns that it does not use own nothing.
    """

    def __init__(self, table: Table, profiles: Mapping[str, ColumnProfile], config: Config) -> None:
        data = config.data
        used = set(profiles if data.features is None else data.features) - {*data.drop, *data.id}
        used |= {name for name in (data.target, data.weight, config.split.column) if name is not None}
        # Beside one other number, nothing tells an amount from a sign.
        self._profiles = [
            profile
            for name, profile in profiles.items()
            if name in used and profile.looks == "number" and profile.n_distinct > 2
        ]
        self._table = table
        self._found: dict[str, list[str]] = {}

    def of(self, texts: frozenset[str], *, but: str) -> Iterator[str]:
        """What else would be missing, if these texts were."""
        listed = pa.chunked_array([text_array(sorted(texts))])
        numbers = listed.filter(arrow_from_numpy(~parse_numbers(listed, self._table.texts.numbers).is_bad)).to_pylist()
        for text in numbers:
            if text not in self._found:
                owners = (profile.name for profile in self._profiles if self._has_amount(profile, text))
                self._found[text] = list(islice(owners, 2))
            yield from (f"the numbers of '{escaped(name)}'" for name in self._found[text] if name != but)

    def _has_amount(self, profile: ColumnProfile, text: str) -> bool:
        is_sign = text in profile.far.examples or text in profile.nines.examples
        return not is_sign and _holds(self._table, profile.name, {text})


def spare_texts(
    finding: Finding,
    profile: ColumnProfile,
    *,
    table: Table,
    config: Config,
    task: Task | None,
    kinds: Mapping[str, Kind],
    profiles: Mapping[str, ColumnProfile],
    numbers: NumberOwners,
) -> Finding:
    """Advises to leave a column out whose missing cells are written as a label or a value of another one is.

    A marker such as NA is hardly a category, but may be a label; a word such as "none" may be both.

    Args:
        finding: Of any topic.
        profile: Of its column.
        table: Holds all columns.
        config: What the change is for.
        task: None when it cannot be told.
        kinds: Of the other feature columns.
        profiles: Of all columns.
        numbers: Of the table.
    """
    target = None if task == "regression" else profiles.get(config.data.target)
    message = _spared(finding, profile, table, config, target, _named(config, kinds, profiles), numbers)
    if message is None:
        return finding
    change = changes.drop(config, [profile.name])
    return replace(finding, message=f"{message}, or leave the column out", change=change)


def spare_target_texts(
    finding: Finding,
    profile: ColumnProfile,
    *,
    table: Table,
    config: Config,
    kinds: Mapping[str, Kind],
    profiles: Mapping[str, ColumnProfile],
    numbers: NumberOwners,
) -> Finding:
    """Advises to empty cells of the target that are written as a value of a feature column is.

    Args:
        finding: About the target.
        profile: Of the target.
        table: Holds all columns.
        config: As read.
        kinds: Of the feature columns.
        profiles: Of all columns.
        numbers: Of the table.
    """
    message = _spared(finding, profile, table, config, None, _named(config, kinds, profiles), numbers)
    return finding if message is None else replace(finding, message=message, change=())


def _spared(
    finding: Finding,
    profile: ColumnProfile,
    table: Table,
    config: Config,
    target: ColumnProfile | None,
    named: Iterable[tuple[str, Sequence[str]]],
    numbers: NumberOwners,
) -> str | None:
    """The message of a finding that would make more missing than it is about; None for others."""
    texts = _texts(finding, config)
    if not texts:
        return None
    owners = chain(
        _configured_owners(texts, config),
        _target_owner(texts, table, target, config),
        _owners(texts, profile, table, named),
        numbers.of(frozenset(texts), but=profile.name),
    )
    owner = next(owners, None)
    if owner is None:
        return None
    return (
        f"{finding.message}; data.missing_values would make {owner} of that text missing too: leave the cells empty in "
        "the table"
    )


def _named(
    config: Config, kinds: Mapping[str, Kind], profiles: Mapping[str, ColumnProfile]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Columns whose texts mean something, each with those that mean missing there too."""
    if config.split.column is not None:
        yield config.split.column, ()
    for name, kind in kinds.items():
        column = config.preprocessing.column(name)
        if column.map or column.kind in _KINDS:
            yield name, ()
        elif kind in _KINDS:
            yield name, profiles[name].missing_words.examples


def _texts(finding: Finding, config: Config) -> set[str]:
    """What a finding advises to read as missing."""
    lists = [text.removeprefix(_MISSING) for text in finding.change if text.startswith(_MISSING)]
    return {text for listed in lists for text in read_yaml(listed, source="change").data}.difference(
        config.data.missing_values
    )


def _configured_owners(texts: set[str], config: Config) -> Iterator[str]:
    """Columns for which the config says what such texts mean."""
    for name, column in config.preprocessing.columns.items():
        if texts.intersection([*(column.map or ()), *(column.order or ())]):
            yield f"the cells of '{escaped(name)}'"


def _target_owner(texts: set[str], table: Table, target: ColumnProfile | None, config: Config) -> Iterator[str]:
    """The targets, if some are labels of such a text; those that are no numbers have to be missing anyway."""
    if target is None:
        return
    labels = texts.difference(texts_among_numbers(target, config).examples)
    if _holds(table, target.name, labels):
        yield "the targets"


def _owners(
    texts: set[str],
    profile: ColumnProfile,
    table: Table,
    named: Iterable[tuple[str, Sequence[str]]],
) -> Iterator[str]:
    """What else would be missing of the columns that are named."""
    words = texts.intersection(profile.missing_words.examples)
    for name, missing in named if words else ():
        if name != profile.name and _holds(table, name, words.difference(missing)):
            yield f"the cells of '{escaped(name)}'"


def _holds(table: Table, name: str, texts: set[str]) -> bool:
    """Whether a column of text has one of some texts in it."""
    if not texts or name not in table.column_names or not pat.is_string(table.columns.column(name).type):
        return False
    return bool(pc.any(pc.is_in(table.columns.column(name), value_set=text_array(sorted(texts)))).as_py())
