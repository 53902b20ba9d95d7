"""How the rows of a table differ from those of training, as JSON and in words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from dltrain.errors import DataError, escaped, quoted_list
from dltrain.features import ColumnCounts, EncodedFeatures, Preprocessing
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.datetimes import DatetimeFeature
from dltrain.scoring import LARGE_CHANGE, ColumnDrift, column_drifts
from dltrain.scoring.drift import tail_probability
from dltrain.workflows.rows.drift_fact import drift_fact

_WORDS: Final = {
    "unseen": "are not among the categories kept from training",
    "missing": "are missing",
    "out_of_range": "lie beyond those of the training rows",
}
_FALSE_ALARMS: Final = 0.001
"""Share of the tables from the distribution of training in which some column has too many numbers beyond it."""

_STRICT_HINT: Final = "without --strict these are notes; --notes marks the rows"
_SHOWN_COLUMNS: Final = 10
_SHOWN_DRIFTS: Final = 5
_SHOWN_FINDINGS: Final = 5


class UnlikeTrainingError(DataError):
    """The rows that were predicted are not like those of training.

    Args:
        summary: What was found in them.
        message: As for every error.
        hint: What to do all the same.
    """

    def __init__(self, summary: "RowSummary", message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.summary = summary


@dataclass(frozen=True)
class ColumnSummary:
    """One feature column of the predicted rows.

    Attributes:
        counts: Remarkable cells.
        drift: How far the column has drifted from training; None in runs that do not know the training rows.
        fact: What has changed most, in words; empty when the column has not drifted.
        rare_rows: Training rows whose category was not kept, or had no other row; infinite where a run tells only that
            there were some.
        categories: Those that were kept; empty for other kinds of columns.
    """

    counts: ColumnCounts
    drift: ColumnDrift | None
    fact: str = ""
    rare_rows: float = 0.0
    categories: tuple[str, ...] = ()

    @property
    def spelling(self) -> str:
        """What is to be said of unseen cells when most of them only look otherwise; empty when they do not."""
        n_unseen, n_respelled = self.counts.unseen, self.counts.respelled
        if 2 * n_respelled <= n_unseen:
            return ""
        which = ("it differs" if n_unseen == 1 else "they differ") if n_respelled == n_unseen else "most differ"
        one_of = "one of " if len(self.categories) > 1 else ""
        return f"; {which} only in upper and lower case or spaces from {one_of}{quoted_list(self.categories)}"

    @property
    def is_drifted(self) -> bool:
        """Whether the column has drifted as far as the run can tell."""
        return self.drift is not None and self.drift.is_drifted


@dataclass(frozen=True)
class RowSummary:
    """What was found in rows that are predicted.

    Attributes:
        rows: How many.
        columns: Feature column → what was found.
        unused: Columns of the table that the run has never heard of.
        training_rows: How many there are; None in runs that do not know.
        empty_ids: Id column → rows without a value in it, where there are any.
    """

    rows: int
    columns: Mapping[str, ColumnSummary]
    unused: tuple[str, ...]
    training_rows: int | None = None
    empty_ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def unseen(self) -> dict[str, int]:
        """Column → cells with a category that training did not know, where there are any."""
        return self._counts("unseen")

    @property
    def missing(self) -> dict[str, int]:
        """Column → cells without a value, where there are any."""
        return self._counts("missing")

    @property
    def out_of_range(self) -> dict[str, int]:
        """Column → numbers beyond those of the training rows, which the first runs of format 1 do not know."""
        return self._counts("out_of_range")

    @property
    def drifted(self) -> dict[str, ColumnDrift]:
        """The columns that have drifted, most of all first."""
        found = {name: column.drift for name, column in self.columns.items() if column.drift and column.is_drifted}
        return dict(sorted(found.items(), key=lambda item: -item[1].psi))

    def _counts(self, sort: str) -> dict[str, int]:
        counts = {name: getattr(column.counts, sort) for name, column in self.columns.items()}
        return {name: n for name, n in counts.items() if n}

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON content."""
        return {
            "rows": self.rows,
            "unseen": self.unseen,
            "missing": self.missing,
            "out_of_range": self.out_of_range,
            "drifted": {name: drift.psi for name, drift in self.drifted.items()},
            "empty_ids": dict(self.empty_ids),
            "unused_columns": list(self.unused),
            "columns": {name: self._column_dict(column) for name, column in self.columns.items()},
        }

    def _column_dict(self, column: ColumnSummary) -> dict[str, Any]:
        drift, content = column.drift, dict[str, Any]()
        for sort in ("missing", "unseen", "out_of_range"):
            n = getattr(column.counts, sort)
            content |= {sort: n, f"{sort}_rate": n / self.rows}
        return content | {
            "training_missing_rate": None if drift is None else drift.training_missing,
            "psi": None if drift is None else drift.psi,
            "is_drifted": None if drift is None else drift.is_drifted,
        }

    def notes(self) -> list[str]:
        """The summary in words; empty when there is nothing to remark."""
        notes = [note for sort in _WORDS for note in self._count_notes(sort)]
        drifted = self._drift_notes()
        notes += drifted[:_SHOWN_DRIFTS]
        if len(drifted) > _SHOWN_DRIFTS:
            notes.append(f"and {len(drifted) - _SHOWN_DRIFTS:,} more columns drifted from training")
        notes += [f"'{escaped(name)}': {n:,} of {self.rows:,} ids are empty" for name, n in self.empty_ids.items()]
        if self.unused:
            columns = "1 column is" if len(self.unused) == 1 else f"{len(self.unused):,} columns are"
            notes.append(f"{columns} not used: {quoted_list(self.unused)}")
        return notes

    def _count_notes(self, sort: str) -> list[str]:
        """The columns with the most remarkable cells of a sort; of many the first ones."""
        counts = self._counts(sort)
        most = sorted(counts, key=lambda name: -counts[name])[:_SHOWN_COLUMNS]
        notes = [self._count_note(name, n, sort) for name, n in counts.items() if name in most]
        if len(counts) > len(most):
            notes.append(f"and {len(counts) - len(most):,} more columns with values that {_WORDS[sort]}")
        return notes

    def _count_note(self, name: str, n: int, sort: str) -> str:
        spelling = self.columns[name].spelling if sort == "unseen" else ""
        return f"'{escaped(name)}': {n:,} of {self.rows:,} values {_WORDS[sort]}{spelling}"

    def _drift_notes(self) -> list[str]:
        return [
            f"'{escaped(name)}': drifted {'' if drift.psi >= LARGE_CHANGE else 'a little '}from training "
            f"(PSI {drift.psi:.2f}; {self.columns[name].fact})"
            for name, drift in self.drifted.items()
        ]

    def check_like_training(self, source: str, *, hint: str = _STRICT_HINT) -> None:
        """Checks that the rows hold nothing that training did not, see `differences`.

        Args:
            source: How messages name the table.
            hint: What to do all the same.

        Raises:
            UnlikeTrainingError: There are unseen categories, missing or out-of-range values, or drifted columns.
        """
        if findings := self.differences():
            message = "\n  ".join([f"{source}: expected rows like those of training", *findings])
            raise UnlikeTrainingError(self, message, hint=hint)

    def differences(self) -> list[str]:
        """What the rows hold that training did not, in words, the first few of many; empty when nothing.

        Missing values count where no training row lacked one, unseen categories and numbers beyond those of training
        where they are more than rows like those of training bring; or where the run does not know.
        """
        findings = [
            self._count_note(name, n, sort)
            for sort in _WORDS
            for name, n in self._counts(sort).items()
            if not (sort == "missing" and self._lacked_values(name))
            and not (sort == "unseen" and self._may_be_rare(name, n))
            and not (sort == "out_of_range" and self._is_chance(n))
        ]
        findings += self._drift_notes()
        left = len(findings) - _SHOWN_FINDINGS
        return [*findings[:_SHOWN_FINDINGS], *([f"and {left:,} more"] if left > 0 else [])]

    def _is_chance(self, n_beyond: int) -> bool:
        """Whether rows like those of training may well have so many numbers beyond these in a column."""
        if self.training_rows is None:
            return False
        return exceedance_probability(n_beyond, self.rows, self.training_rows) * len(self.columns) > _FALSE_ALARMS

    def _may_be_rare(self, name: str, n_unseen: int) -> bool:
        """Whether rows like those of training may well have so many unseen cells in a column.

        About as many new rows have an unseen category as training rows have one of their own (Good, 1953).
        """
        rare_rows = self.columns[name].rare_rows
        if not rare_rows or self.training_rows is None or math.isinf(rare_rows):
            return rare_rows > 0
        n_both, n_training = n_unseen + int(rare_rows), self.training_rows
        if n_unseen * n_training <= rare_rows * self.rows:
            return True
        return tail_probability(n_unseen, n_both, self.rows, n_training) * len(self.columns) > _FALSE_ALARMS

    def _lacked_values(self, name: str) -> bool:
        """Whether values were missing in training too."""
        drift = self.columns[name].drift
        return drift is not None and drift.training_missing > 0


def summarize(
    preprocessing: Preprocessing,
    *,
    n_rows: int,
    counts: Mapping[str, Mapping[str, int]],
    cells: np.ndarray | None,
    unused: Sequence[str] = (),
    empty_ids: Mapping[str, int] = MappingProxyType({}),
) -> RowSummary:
    """Puts together what was counted over all rows.

    Args:
        preprocessing: Of the run.
        n_rows: Number of rows, at least 1.
        counts: Field of `ColumnCounts` → column → cells.
        cells: What `Distribution.count` gives; None for runs that do not know the training rows.
        unused: Columns that the run has never heard of.
        empty_ids: Id column → rows without a value in it, where there are any.
    """
    drifts: Sequence[ColumnDrift | None] = [None] * len(preprocessing.features)
    if cells is not None and preprocessing.distribution is not None:
        # Day, month and year follow from when a table was made.
        hours = {
            position: feature.places_of_hours
            for position, feature in enumerate(preprocessing.features)
            if isinstance(feature, DatetimeFeature)
        }
        drifts = column_drifts(preprocessing.distribution, cells, hours)
    columns = {}
    for feature, drift in zip(preprocessing.features, drifts, strict=True):
        of_column = ColumnCounts(**{sort: of_sort.get(feature.name, 0) for sort, of_sort in counts.items()})
        fact = drift_fact(feature, drift) if drift is not None and drift.is_drifted else ""
        rare_rows, categories = 0.0, tuple[str, ...]()
        if isinstance(feature, CategoricalFeature):
            # Runs of before that was noted tell by the category of rare ones.
            some = math.inf if feature.had_rare or feature.has_other else 0.0
            rare_rows, categories = some if feature.rare_rows is None else feature.rare_rows, feature.categories
        columns[feature.name] = ColumnSummary(of_column, drift, fact, rare_rows=rare_rows, categories=categories)
    distribution = preprocessing.distribution
    training_rows = None if distribution is None else distribution.rows
    return RowSummary(n_rows, columns, tuple(unused), training_rows, empty_ids)


def summarize_features(preprocessing: Preprocessing, features: EncodedFeatures) -> RowSummary:
    """What is found in the rows of a table.

    Args:
        preprocessing: Of the run.
        features: All of its rows, as `preprocessing` encodes them.
    """
    distribution = preprocessing.distribution
    return summarize(
        preprocessing,
        n_rows=features.n_rows,
        counts={
            sort: {name: getattr(counts, sort) for name, counts in features.counts.items()}
            for sort in ColumnCounts._fields
        },
        cells=None if distribution is None else distribution.count(features, preprocessing.column_names),
    )


def exceedance_probability(n_beyond: int, n_rows: int, n_training: int) -> float:
    """How probable it is that so many of some rows lie beyond all training rows of the same distribution, or more.

    Numbers of one distribution come in any order with the same probability, so each of the largest is one of the rows
    with q = n_rows / (n_rows + n_training), nearly independently while there are few; likewise the smallest. The sum of
    two geometric counts is k or more with q^k · (1 + k · (1 - q)). Equal numbers make it less.

    >>> exceedance_probability(0, 100, 100), exceedance_probability(2, 100, 100)
    (1.0, 0.5)
    """
    share = n_rows / (n_rows + n_training)
    return float(share**n_beyond * (1 + n_beyond * (1 - share)))
