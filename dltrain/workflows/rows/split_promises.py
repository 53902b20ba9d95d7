"""What a split promises and files of their own may break: groups on one side each, and the latest rows for testing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config import Config
from dltrain.config.sections.split import SplitSection
from dltrain.errors import DataError, counted, last_part
from dltrain.profiling import Finding
from dltrain.splitting import time_values
from dltrain.table import categorical_values, integers_from_arrow, numpy_from_arrow
from dltrain.workflows.rows.dataset import Dataset, LabelledRows


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
        """What it means for a score; None when no group is known.

        >>> KnownGroups("shop", 4, 10, 40).message("training rows")
        "10 of 40 rows are of 4 groups of 'shop' that training rows are of, too: the score says little of new ones"
        """
        if not self.groups:
            return None
        groups = "a group" if self.groups == 1 else f"{self.groups:,} groups"
        return (
            f"{self.rows:,} of {counted(self.n_rows, 'row')} {'is' if self.rows == 1 else 'are'} of {groups} of "
            f"'{self.column}' that {known} are of, too: the score says little of new ones"
        )


def known_groups(split: SplitSection, known: Sequence[LabelledRows], rows: LabelledRows) -> KnownGroups | None:
    """Looks for the groups of some rows among those of others.

    Args:
        split: Says what the groups are.
        known: Rows of one table.
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
    for role, known, part in (("validation", [train], validation), ("test", [train, validation], test)):
        # Rows of a table that was divided stand apart from those of the same table.
        known = [other for other in known if other.table is not part.table]
        if not known:
            continue
        names = "training rows" if known == [train] else "training or validation rows"
        message = _group_message(dataset.config, known, part, names) or _time_message(
            dataset.config, known, part, names
        )
        if message is not None:
            text = f"{last_part(part.table.source)}: {message}"
            found.append(Finding("warning", "split_file", dataset.config.split.column, text, (f"split.{role}=0.2",)))
    return found


def _group_message(config: Config, known: Sequence[LabelledRows], part: LabelledRows, names: str) -> str | None:
    groups = known_groups(config.split, known, part)
    return None if groups is None else groups.message(names)


def _time_message(config: Config, known: Sequence[LabelledRows], part: LabelledRows, names: str) -> str | None:
    """Says how many rows are not later than the last of the known ones."""
    name = config.split.column
    if config.split.strategy != "time" or name is None:
        return None
    date_format = config.preprocessing.column(name).format
    try:
        *before, times = (
            time_values(rows.table.take(rows.rows, [name]), name, date_format, may_mix_offsets=True)
            for rows in (*known, part)
        )
    except DataError:
        return None
    if any(others.type != times.type for others in before):
        return None
    last = pc.max(pa.chunked_array(before))
    early = pc.sum(pc.less_equal(times, last)).as_py()
    return (
        f"{early:,} of {counted(part.n_rows, 'row')} {'is' if early == 1 else 'are'} not later in '{name}' than the "
        f"last of the {names}: the score says little of the time to come"
        if early
        else None
    )
