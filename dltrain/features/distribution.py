"""How the training rows are distributed, in a few bins a column, so that other rows can be compared with them."""

from collections.abc import Iterable
from typing import Annotated, Final

import numpy as np
from pydantic import Field, model_validator

from dltrain.config.sections.section import Section
from dltrain.features.encoded import EncodedColumn, EncodedFeatures

N_BINS: Final = 10
"""Bins of a number: tenths of the training rows, which credit scoring has always used for the stability index."""

Share = Annotated[float, Field(ge=0, le=1)]


class Bins(Section):
    """The bins of one number that a column becomes, or of its one-hot block. A missing cell is in none of them.

    Attributes:
        edges: float32, ascending: the greatest number in each bin but the last. None for a one-hot block: its bins
            are all zeros, then the positions.
        shares: Of all training rows in each bin.
    """

    edges: tuple[float, ...] | None = Field(max_length=N_BINS - 1, fail_fast=True)
    shares: tuple[Share, ...] = Field(min_length=1, fail_fast=True)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Bins":
        if self.edges is None:
            return self
        if len(self.shares) != len(self.edges) + 1:
            raise ValueError("expected one share more than edges")
        if any(left >= right for left, right in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError("expected edges in ascending order")
        return self

    def count(self, values: np.ndarray, is_missing: np.ndarray | None) -> np.ndarray:
        """Counts encoded cells.

        Args:
            values: float32 numbers or int32 positions, `(n_rows,)`.
            is_missing: bool `(n_rows,)`; None when no cell is.

        Returns:
            int64 `(n_bins + 1,)`: the cells in each bin, then those that are missing.
        """
        counts = self._count(values)
        if is_missing is None:
            return np.append(counts, 0)
        missing = values[is_missing]
        return np.append(counts - self._count(missing), len(missing))

    def _count(self, values: np.ndarray) -> np.ndarray:
        if self.edges is None:
            return np.bincount(values + 1, minlength=len(self.shares))
        # Nine comparisons are several times as fast as one search, which mispredicts every branch.
        above = [np.count_nonzero(values > edge) for edge in self.edges]
        return -np.diff([len(values), *above, 0])


class ColumnDistribution(Section):
    """The training rows of one column.

    Attributes:
        missing: Share of the rows without a value.
        parts: One for each number that the column becomes, or one for its one-hot block.
    """

    missing: Share
    parts: tuple[Bins, ...] = Field(min_length=1, fail_fast=True)


class Distribution(Section):
    """The training rows of all feature columns.

    Attributes:
        rows: How many there are.
        columns: In the order of the features.
    """

    rows: int = Field(ge=1)
    columns: tuple[ColumnDistribution, ...]

    def count(self, features: EncodedFeatures, names: Iterable[str]) -> np.ndarray:
        """Counts the cells of encoded rows.

        Args:
            features: The rows, with their remarks.
            names: The feature columns.

        Returns:
            int64 `(n,)`: what `Bins.count` gives for every part of every column, one after the other. Counts of blocks
            of rows add up to those of all rows.
        """
        numbers, blocks = iter(features.numbers.T), iter(features.codes.T)
        return np.concatenate(
            [
                bins.count(next(blocks if bins.edges is None else numbers), features.remarks[name].missing)
                for name, column in zip(names, self.columns, strict=True)
                for bins in column.parts
            ]
        )

    def divided(self, counts: np.ndarray) -> list[list[np.ndarray]]:
        """Divides what `count` gives, int64 `(n,)`: for every column what `Bins.count` gives for each of its parts."""
        sizes = [len(bins.shares) + 1 for column in self.columns for bins in column.parts]
        parts = iter(np.split(counts, np.cumsum(sizes)[:-1]))
        return [[next(parts) for _ in column.parts] for column in self.columns]


def fit_distribution(column: EncodedColumn, rows: np.ndarray, *, width: int) -> ColumnDistribution:
    """Finds the bins of a column and the shares of the training rows in them.

    Args:
        column: All rows of the table.
        rows: int64 `(n,)`, n >= 1, the training rows.
        width: Numbers or positions that the column becomes.
    """
    values = np.atleast_2d(column.values)
    is_missing = None if column.remarks.missing is None else column.remarks.missing[rows]
    n_missing = 0 if is_missing is None else np.count_nonzero(is_missing)
    parts = []
    for part in values:
        here = part[rows]
        known = here if is_missing is None else here[~is_missing]
        is_block = np.issubdtype(part.dtype, np.integer)
        edges = None if is_block else _edges(known)
        n_bins = width + 1 if edges is None else len(edges) + 1
        empty = Bins(edges=edges, shares=(0.0,) * n_bins)
        parts.append(Bins(edges=edges, shares=_shares(empty.count(known, None)[:-1], len(rows))))
    return ColumnDistribution(missing=float(n_missing / len(rows)), parts=tuple(parts))


def _shares(counts: np.ndarray, n_rows: int) -> tuple[float, ...]:
    return tuple((counts / n_rows).tolist())


def _edges(values: np.ndarray) -> tuple[float, ...]:
    """The different ones among the deciles of float32 values `(n,)`; numbers that repeat may leave few."""
    if values.size == 0:
        return ()
    ordered = np.sort(values)
    ranks = -(-np.arange(1, N_BINS) * ordered.size // N_BINS) - 1
    edges = np.unique(ordered[ranks])
    if edges[-1] == ordered[-1]:
        # Nothing lies above the maximum: what lies below it is told apart instead, where that is not done yet.
        below = ordered[: np.searchsorted(ordered, ordered[-1])][-1:]
        edges = np.unique(np.append(edges[:-1], below))
    return tuple(edges.tolist())
