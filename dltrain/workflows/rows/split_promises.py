"""What a split promises and files of their own may break: groups on one side each, and the latest rows for testing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config import Config
from dltrain.config.sections.split import SplitSection
from dltrain.errors import DataError, counted, last_part
from dltrain.profiling import Finding
from dltrain.table import (
    categorical_values,
    datetime_values,
    infer_kind,
    integers_from_arrow,
    numeric_values,
    numpy_from_arrow,
)
from dltrain.workflows.rows.dataset import Dataset, LabelledRows

Role = Literal["validation", "test"]


@dataclass(frozen=True)
class KnownGroups:
    """How many rows belong to groups that other rows belong to as well.

    Attributes:
        column: What the groups are made by: `split.column`.
        groups: Groups that both have.
        rows: Rows of these.
        n_rows: The rows that were looked at.
    """

    column: str
    groups: int
    rows: int
    n_rows: int

    def to_dict(self) -> dict[str, int]:
        """The counts as JSON content."""
        return {"groups": self.groups, "rows": self.rows}

    def message(self, known: str) -> str | None:
        """What it means for a score, where `known` says of whom groups are known; None when none is.

        >>> KnownGroups("shop", 4, 10, 40).message("training rows are of, too")
        "10 of 40 rows are of 4 groups of 'shop' that training rows are of, too: the score says little of new ones"
        """
        if not self.groups:
            return None
        groups = "a group" if self.groups == 1 else f"{self.groups:,} groups"
        return (
            f"{self.rows:,} of {counted(self.n_rows, 'row')} {'is' if self.rows == 1 else 'are'} of {groups} of "
            f"'{self.column}' that {known}: the score says little of new ones"
        )


def known_groups(split: SplitSection, known: Sequence[LabelledRows], rows: LabelledRows) -> KnownGroups | None:
    """Looks for the groups of some rows among those of others.

    Args:
        split: Says what the groups are.
        known: Rows of one table or several.
        rows: Those that may be of the same groups. A missing value is no group.

    Returns:
        None where the split keeps no groups together, or a table does not have its column.
    """
    name = split.column
    if split.strategy not in ("group", "hash") or name is None:
        return None
    try:
        cells = [categorical_values(part.table.take(part.rows, [name]), name) for part in (*known, rows)]
    except DataError:
        return None
    *others, own = cells
    codes = integers_from_arrow(own.indices, missing=-1)
    counts = np.bincount(codes[codes >= 0], minlength=len(own.dictionary))
    is_known = numpy_from_arrow(pc.is_in(own.dictionary, pa.chunked_array([part.dictionary for part in others])))
    return KnownGroups(name, int(is_known.sum()), int(counts[is_known].sum()), rows.n_rows)


def promise_findings(dataset: Dataset) -> list[Finding]:
    """Whether validation and test files keep to what the strategy says of them. What dltrain divides does.

    Args:
        dataset: The divided rows.
    """
    train, validation, test = dataset.train, dataset.validation, dataset.test
    found = []
    if validation.table is not train.table:
        # Test rows of the training table cannot be to blame for what they share with a file.
        known = [train] if test.table is not train.table else [train, test]
        groups = _group_message(
            dataset.config, known, validation, "training rows" if len(known) == 1 else "training or test rows"
        )
        found.append(_finding(dataset, "validation", groups or _time_message(dataset.config, [train], validation)))
    if test.table is not train.table:
        groups = _group_message(dataset.config, [train, validation], test, "training or validation rows")
        found.append(_finding(dataset, "test", groups or _time_message(dataset.config, [train, validation], test)))
    return [finding for finding in found if finding is not None]


def _finding(dataset: Dataset, role: Role, message: str | None) -> Finding | None:
    if message is None:
        return None
    part = dataset.test if role == "test" else dataset.validation
    text = f"{last_part(part.table.source)}: {message}"
    return Finding("warning", "split_file", dataset.config.split.column, text, (f"split.{role}=0.2",))


def _group_message(config: Config, known: Sequence[LabelledRows], part: LabelledRows, names: str) -> str | None:
    groups = known_groups(config.split, known, part)
    return None if groups is None else groups.message(f"{names} are of, too")


def _time_message(config: Config, known: Sequence[LabelledRows], part: LabelledRows) -> str | None:
    """Says how many rows are not later than the last of the known ones."""
    if config.split.strategy != "time" or config.split.column is None:
        return None
    try:
        *before, times = (_times(rows, config.split.column, config) for rows in (*known, part))
    except DataError:
        return None
    if any(others.dtype != times.dtype for others in before):
        return None  # numbers beside dates
    told = np.concatenate(before)
    told = told[~np.isnan(told)]
    early = int(np.sum(times <= told.max())) if told.size else 0
    if not early:
        return None
    names = "training rows" if len(known) == 1 else "training or validation rows"
    return (
        f"{early:,} of {counted(part.n_rows, 'row')} {'is' if early == 1 else 'are'} not later in "
        f"'{config.split.column}' than the last of the {names}: the score says little of the time to come"
    )


def _times(rows: LabelledRows, name: str, config: Config) -> np.ndarray:
    """Numbers, or instants: float64 or datetime64 `(n,)`."""
    table, date_format = rows.table.take(rows.rows, [name]), config.preprocessing.column(name).format
    is_numeric = date_format is None and infer_kind(table, name) == "numeric"
    return numeric_values(table, name) if is_numeric else datetime_values(table, name, date_format=date_format)
