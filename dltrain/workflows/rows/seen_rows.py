"""Rows of a table to evaluate that a run has seen before: its score on them says more of memory than of learning."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from dltrain.errors import ConfigError, DataError, counted
from dltrain.features import EncodedFeatures
from dltrain.profiling.row_hashes import hash_labelled_rows
from dltrain.run import Run, sha256_of
from dltrain.workflows.limits.memory import allowed_memory, check_tables_fit
from dltrain.workflows.rows.dataset import Dataset, LabelledRows, read_dataset
from dltrain.workflows.rows.own_tables import lies_somewhere, own_tables
from dltrain.workflows.rows.split_promises import KnownGroups, known_groups

_WORTH_TELLING: Final = 0.005
"""Share of the own test rows that equal a training row by chance, from which on it would be shown as 1 %."""


@dataclass(frozen=True)
class SeenRows:
    """How many of some rows a run was made with. Every row counts once, in the first part that has it.

    Attributes:
        train, validation, test: Rows that equal one of this part in all features and the target, as the network sees
            them.
        n_rows: The rows that were looked at.
        own_table: Where the run's own table was, if they are its rows, each in its own place; empty for other rows.
        usual_share: Share of the run's test rows that equal one of its training rows: so many do in any table like it.
        is_found: Whether its own table can be found without being named.
        groups: How many belong to groups of rows that it was made with; None where its split keeps none together.
    """

    train: int
    validation: int
    test: int
    n_rows: int
    own_table: str
    usual_share: float
    is_found: bool = True
    groups: KnownGroups | None = None

    def to_dict(self) -> dict[str, int]:
        """The counts as JSON content."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def notes(self) -> list[str]:
        """What a reader of the scores should know."""
        groups = None if self.groups is None else self.groups.message("the run was made with")
        return [note for note in (self._row_note(), groups) if note is not None]

    def _row_note(self) -> str | None:
        n_seen = self.train + self.validation
        if not n_seen:
            return None
        parts = [(self.train, "for training"), (self.validation, "for validation")]
        if self.own_table:
            every = _joined([*parts, (self.test, "held out")])
            moved = "" if self.is_found else f", once the table is where it was: {self.own_table}"
            return (
                f"all {self.n_rows:,} rows are those of the run's own table: {every}; dltrain evaluate without --data "
                f"scores the held-out rows alone{moved}"
            )
        share = n_seen / self.n_rows
        share_text = f"{share:.0%}" if share >= 0.1 else f"{share:.1%}"
        usual = f" (so do {self.usual_share:.0%} of its own test rows)" if self.usual_share >= _WORTH_TELLING else ""
        return (
            f"{n_seen:,} of {counted(self.n_rows, 'row')} ({share_text}) equal rows that the run was made with, target "
            f"included: {_joined(parts)}{usual}; their score says little about new rows"
        )


def _joined(parts: list[tuple[int, str]]) -> str:
    return ", ".join(f"{n:,} {what}" for n, what in parts if n)


def count_seen_rows(run: Run, data: LabelledRows, features: EncodedFeatures) -> SeenRows | str:
    """Looks for rows among those that a run was made with, which it does not keep.

    Args:
        run: The run.
        data: The rows of a file or a data frame.
        features: What the network sees of them.

    Returns:
        The counts; or, when the run's tables cannot be read any more, why.
    """
    is_own = not data.table.is_frame and sha256_of(Path(data.table.source)) == run.manifest.data["data"].sha256
    try:
        loaded = own_tables(run, given={"data": os.path.abspath(data.table.source)} if is_own else None)  # noqa: PTH100 - may be no path at all
        check_tables_fit(loaded.config, allowed=allowed_memory())
        dataset = read_dataset(loaded, is_of_run=True)
        if is_own:
            return _own_rows(dataset, data, run)
        own = {id(part.table): run.preprocessing.encode(part.table) for part in _parts(dataset)}
    except (ConfigError, DataError) as error:
        return error.message.splitlines()[0]
    train, validation, test = (_hashes(own[id(part.table)].take(part.rows), part) for part in _parts(dataset))
    hashes = _hashes(features, data)
    in_train = np.isin(hashes, train)
    in_validation = np.isin(hashes, validation) & ~in_train
    in_test = np.isin(hashes, test) & ~in_train & ~in_validation
    return SeenRows(
        int(in_train.sum()),
        int(in_validation.sum()),
        int(in_test.sum()),
        n_rows=data.n_rows,
        own_table="",
        usual_share=float(np.isin(test, train).mean()),
        groups=known_groups(dataset.config.split, [dataset.train, dataset.validation], data),
    )


def seen_notes(seen: SeenRows | str | None) -> list[str]:
    """What a reader of scores should know: that rows were seen, or why that is not known."""
    if isinstance(seen, str):
        return [f"whether the run has seen these rows before could not be checked: {seen}"]
    return [] if seen is None else seen.notes()


def _own_rows(dataset: Dataset, data: LabelledRows, run: Run) -> SeenRows:
    """The parts of the run's own table; test and validation rows may be files of their own."""
    train, validation, test = (part.n_rows if part.table is dataset.table else 0 for part in _parts(dataset))
    table = run.manifest.data["data"]
    is_found = lies_somewhere(table, run.path)
    return SeenRows(
        train, validation, test, n_rows=data.n_rows, own_table=table.path, usual_share=0.0, is_found=is_found
    )


def _parts(dataset: Dataset) -> tuple[LabelledRows, LabelledRows, LabelledRows]:
    return dataset.train, dataset.validation, dataset.test


def _hashes(features: EncodedFeatures, labelled: LabelledRows) -> np.ndarray:
    return hash_labelled_rows(features.numbers, features.codes, labelled.truth)
