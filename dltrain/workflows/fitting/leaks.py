"""Columns that give the target away, found by trying each of them alone."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from dltrain.config import Config, LoadedConfig
from dltrain.config.sections.date_formats import is_time_of_day
from dltrain.config.sections.preprocessing import Kind, PreprocessingSection
from dltrain.errors import DataError
from dltrain.features import feature_kinds
from dltrain.features.columns import for_each_column
from dltrain.features.numeric import numbers_of
from dltrain.profiling import Finding
from dltrain.profiling.findings_leaks import kin_of_leaks, leak_finding, missing_leak_finding, time_leak_finding
from dltrain.profiling.findings_rows import LEAST_DIFFERENT, MANY_REPEATED
from dltrain.profiling.findings_sums import sum_findings
from dltrain.profiling.name_words import belongs_to, kindred_names
from dltrain.profiling.one_column import Answers, Column, rank
from dltrain.profiling.row_hashes import hash_labelled_rows
from dltrain.table import (
    Table,
    arrow_from_numpy,
    categorical_values,
    datetime_values,
    integers_from_arrow,
)
from dltrain.workflows.rows.dataset import Dataset, LabelledRows

_MOST_TRAIN: Final = 20_000
_MOST_SCORED: Final = 10_000
"""Rows that columns are tried on: enough to tell 99 % from 98 %, and some milliseconds a column."""


class Leaks(NamedTuple):
    """What was found of columns that give the target away.

    Attributes:
        findings: About the feature columns.
        dates: Columns of dates that are left out and tell the target, or belong to a column that does.
    """

    findings: list[Finding]
    dates: frozenset[str]


def leak_findings(
    loaded: LoadedConfig, dataset: Dataset, kinds: Mapping[str, Kind], dates: Collection[str] = ()
) -> Leaks:
    """Tries every feature column alone, and asks about those whose names belong to one that gives the target away.

    Args:
        loaded: The config as read, which changes are for.
        dataset: The divided rows.
        kinds: Of the feature columns that can be used.
        dates: Columns of dates, features or not.
    """
    trial = _Trial.of(loaded.config, dataset, kinds)
    found = for_each_column(kinds, lambda name: trial.of_column(name, kinds[name]), n_rows=dataset.table.n_rows)
    findings = [finding for finding in found.values() if finding is not None]
    # What was left out as a leak still says what belongs to it.
    dropped_dates = [name for name in dates if name in dataset.config.data.drop]
    left_out = _kinds_of_dropped(dataset, [*kinds, *dropped_dates], dropped_dates)
    tried = for_each_column(left_out, lambda name: trial.of_column(name, left_out[name]), n_rows=dataset.table.n_rows)
    leaks = [name for name, finding in (found | tried).items() if finding is not None and finding.topic == "leak"]
    others = [name for name in kinds if name not in leaks]
    return Leaks(
        [
            *findings,
            *kin_of_leaks(leaks, others, trial.target, loaded.config),
            *trial.of_pairs([name for name in others if kinds[name] == "numeric"]),
        ],
        frozenset(name for name in dropped_dates if name in leaks or any(belongs_to(name, leak) for leak in leaks)),
    )


def _kinds_of_dropped(dataset: Dataset, names: Collection[str], dates: Collection[str]) -> dict[str, Kind]:
    """The kinds of the columns that are left out, and that are dates or that some names belong to."""
    train, section = dataset.train, dataset.config.preprocessing
    found: dict[str, Kind] = {}
    for name in dataset.config.data.drop:
        if name in dates or any(belongs_to(other, name) for other in names):
            try:
                found |= feature_kinds(train.table, train.rows, [name], section)
            except DataError:
                # Nobody wants to use it.
                continue
    return found


@dataclass(frozen=True)
class _Trial:
    """Rows to try columns on.

    Attributes:
        config: As read, which changes are for.
        section: The resolved preprocessing.
        train: Rows to learn from.
        scored: Validation rows.
        truth: Of both, one after the other.
        labels: Of the classes whose codes it holds; empty for numbers.
        target: Its name.
        kindred: Columns that share a word with it.
        is_by_chance: Whether rows are divided without regard to time.
    """

    config: Config
    section: PreprocessingSection
    train: LabelledRows
    scored: LabelledRows
    truth: np.ndarray
    labels: tuple[str, ...]
    target: str
    kindred: frozenset[str]
    is_by_chance: bool

    @classmethod
    def of(cls, config: Config, dataset: Dataset, kinds: Mapping[str, Kind]) -> "_Trial":
        """Some of the rows of a dataset."""
        train, scored = _sample(dataset.train, _MOST_TRAIN), _sample(dataset.validation, _MOST_SCORED)
        train, scored = _without_repeated(train, scored, list(kinds))
        target, split = dataset.config.data.target, dataset.config.split
        return cls(
            config,
            dataset.config.preprocessing,
            train,
            scored,
            np.concatenate([train.truth, scored.truth]),
            () if dataset.class_target is None else dataset.class_target.labels,
            target,
            frozenset(kindred_names(target, kinds)),
            split.strategy in ("random", "stratified") and scored.table is train.table,
        )

    @property
    def are_classes(self) -> bool:
        """Whether the truth holds codes of classes."""
        return bool(self.labels)

    def of_column(self, name: str, kind: Kind) -> Finding | None:
        """What there is to say of a column; None for nothing."""
        column = self._column(name, kind)
        if column is None:
            return None
        answers = Answers(self.truth if self.are_classes else rank(self.truth), self.are_classes)
        amounts = (answers if self.are_classes else Answers(self.truth, False)) if name in self.kindred else None
        learned, scored = np.arange(self.train.n_rows), self.train.n_rows + np.arange(self.scored.n_rows)
        finding = leak_finding(
            name,
            column,
            answers,
            train=learned,
            scored=scored,
            target=self.target,
            config=self.config,
            amounts=amounts,
        )
        if len(self.labels) > 2 and (finding is None or finding.topic != "leak"):
            by_missing = missing_leak_finding(
                name,
                column,
                answers,
                train=learned,
                scored=scored,
                target=self.target,
                labels=self.labels,
                config=self.config,
            )
            if by_missing is not None:
                return by_missing
        is_date = kind == "datetime" and not is_time_of_day(self._date_format(name))
        if finding is None or not is_date or not self.is_by_chance:
            return finding
        return time_leak_finding(finding, column, answers, train=learned, scored=scored, config=self.config)

    def of_pairs(self, names: Sequence[str]) -> list[Finding]:
        """What there is to say of two numeric columns together."""
        if self.are_classes:
            return []
        columns = {name: self._column(name, "numeric") for name in names}
        values = {name: column.values for name, column in columns.items() if column is not None}
        return sum_findings(values, self.truth, self.target, self.config)

    def _column(self, name: str, kind: Kind) -> Column | None:
        """A column of the rows; None when the two parts are of different types."""
        parts = [_cells(part, name) for part in (self.train, self.scored)]
        column = self.section.column(name)
        if len({part.type for part in parts}) > 1:
            return None
        cells = pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type)
        first = self.train.table
        joined = Table(
            pa.Table.from_arrays([cells], schema=first.columns.select([name]).schema), first.source, texts=first.texts
        )
        try:
            if kind == "categorical":
                codes = integers_from_arrow(categorical_values(joined, name).indices, missing=-1).astype(np.float64)
                return Column(np.where(codes < 0, np.nan, codes), is_ordered=False)
            if kind == "datetime":
                times = datetime_values(joined, name, date_format=self._date_format(name))
                return Column(_days(times), is_ordered=True)
            return Column(numbers_of(joined, name, column.map), is_ordered=True)
        except DataError:
            # A cell of another file, which reading that one has to complain about.
            return None

    def _date_format(self, name: str) -> str | None:
        """What the texts of a datetime column look like."""
        return self.section.column(name).format or self.section.datetime.format


def _sample(labelled: LabelledRows, n_most: int) -> LabelledRows:
    """At most so many of the rows, chosen by chance but always the same."""
    if labelled.n_rows <= n_most:
        return labelled
    return labelled.take(np.sort(np.random.default_rng(0).permutation(labelled.n_rows)[:n_most]))


def _without_repeated(
    train: LabelledRows, scored: LabelledRows, names: Sequence[str]
) -> tuple[LabelledRows, LabelledRows]:
    """Both parts with every row once, where many rows to be scored are known: each column would tell their targets."""
    codes = [code for name in names if (code := _codes(train, scored, name)) is not None]
    if not codes or not scored.n_rows:
        return train, scored
    # Where few rows are possible at all, they are bound to be equal.
    n_different = math.prod(float(code.max(initial=-1) + 2) for code in codes)
    truth = np.concatenate([train.truth, scored.truth])
    hashes = hash_labelled_rows(np.zeros((truth.size, 0), np.float32), np.stack(codes, axis=1), truth)
    is_known = np.isin(hashes[train.n_rows :], hashes[: train.n_rows])
    if n_different < LEAST_DIFFERENT * train.n_rows or is_known.mean() < MANY_REPEATED:
        return train, scored
    first = np.sort(np.unique(hashes, return_index=True)[1])
    return train.take(first[first < train.n_rows]), scored.take(first[first >= train.n_rows] - train.n_rows)


def _codes(train: LabelledRows, scored: LabelledRows, name: str) -> np.ndarray | None:
    """Codes of the cells of both parts, int32, -1 where they are missing; None where they are of different types."""
    parts = [_cells(part, name) for part in (train, scored)]
    if parts[0].type != parts[1].type:
        return None
    encoded = pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type).dictionary_encode()
    return integers_from_arrow(encoded.combine_chunks().indices, missing=-1)


def _days(times: np.ndarray) -> np.ndarray:
    """Days since 1970, float64, NaN for NaT, of datetime64[us]."""
    return np.asarray((times - np.datetime64(0, "us")) / np.timedelta64(1, "D"))


def _cells(labelled: LabelledRows, name: str) -> pa.ChunkedArray:
    """The cells of some rows; nulls when their file lacks the column."""
    columns = labelled.table.columns
    position = columns.schema.get_field_index(name)
    if position < 0:
        return pa.chunked_array([pa.nulls(labelled.n_rows)])
    return columns.column(position).take(arrow_from_numpy(labelled.rows))
