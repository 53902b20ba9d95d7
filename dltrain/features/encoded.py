"""Features as the network's input: compact for keeping, dense for computing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import numpy as np

FeatureT = TypeVar("FeatureT", covariant=True)


class ColumnCounts(NamedTuple):
    """What a reader of predictions may want to know of a column.

    Attributes:
        missing: Cells without a value.
        unseen: Cells whose category is not among those kept from training.
        out_of_range: Numbers below the minimum or above the maximum of the training rows.
        respelled: Those of `unseen` that are kept categories but for case and the spaces around them.
    """

    missing: int = 0
    unseen: int = 0
    out_of_range: int = 0
    respelled: int = 0


class CellRemarks(NamedTuple):
    """The remarkable cells of a column: bool `(n_rows,)` each, or None where there are none.

    Attributes:
        missing: Cells without a value.
        unseen: Cells whose category is not among those kept from training.
        out_of_range: Numbers below the minimum or above the maximum of the training rows.
        respelled: Those of `unseen` that are kept categories but for case and the spaces around them.
    """

    missing: np.ndarray | None = None
    unseen: np.ndarray | None = None
    out_of_range: np.ndarray | None = None
    respelled: np.ndarray | None = None

    @property
    def counts(self) -> ColumnCounts:
        """How many cells of each sort there are."""
        return ColumnCounts(*(0 if cells is None else int(np.count_nonzero(cells)) for cells in self))


def found(cells: np.ndarray) -> np.ndarray | None:
    """The cells, bool `(n_rows,)`, if there are any."""
    return cells if cells.any() else None


class EncodedColumn(NamedTuple):
    """One column in compact form.

    Attributes:
        values: float32 `(n_rows,)` numbers, or `(n_numbers, n_rows)` of a column that becomes several, or int32
            `(n_rows,)` positions in a one-hot block.
        remarks: Remarkable cells.
    """

    values: np.ndarray
    remarks: CellRemarks = CellRemarks()


class CategoryCounts(NamedTuple):
    """What the training rows hold of a categorical column.

    Attributes:
        different: Different texts.
        known: Cells with a value.
    """

    different: int
    known: int


class FittedColumn(NamedTuple, Generic[FeatureT]):
    """One column after fitting.

    Attributes:
        feature: What was learned from the training rows.
        encoded: All rows of the table.
        categories: Categorical columns only.
        n_clipped: Training cells beyond the bounds of `clip`.
        as_new: All rows of the table as if the training rows were new ones; None when that is `encoded`.
    """

    feature: FeatureT
    encoded: EncodedColumn
    categories: CategoryCounts | None = None
    n_clipped: int = 0
    as_new: EncodedColumn | None = None


@dataclass(frozen=True)
class EncodedFeatures:
    """Rows of features in compact form.

    Attributes:
        numbers: float32 `(n_rows, n_numbers)`: what is not one-hot, in the order of the features.
        codes: int32 `(n_rows, n_blocks)`: position of the 1 inside each one-hot block, -1 for all zeros.
        widths: Width of each one-hot block.
        counts: Column → how many remarkable cells it has.
        remarks: Column → which cells these are; empty unless they were asked for.
    """

    numbers: np.ndarray
    codes: np.ndarray
    widths: tuple[int, ...]
    counts: Mapping[str, ColumnCounts] = field(default_factory=dict)
    remarks: Mapping[str, CellRemarks] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.numbers)

    @property
    def n_features(self) -> int:
        """Width of the dense form."""
        return int(self.numbers.shape[1]) + sum(self.widths)

    def take(self, rows: slice | np.ndarray) -> "EncodedFeatures":
        """Some of the rows, as views where they follow one another, else copied row by row.

        Counts and remarks belong to the table that was encoded and are not taken along.
        """
        if isinstance(rows, np.ndarray):
            rows = _as_slice(rows, self.n_rows)
        return EncodedFeatures(self.numbers[rows], self.codes[rows], self.widths)

    def dense(self, rows: slice | np.ndarray = slice(None), *, out: np.ndarray | None = None) -> np.ndarray:
        """The network's input for some of the rows.

        Args:
            rows: Which rows.
            out: float32 `(n or more, n_features)`, contiguous: memory to write to; its further rows become zeros.

        Returns:
            float32 `(n, n_features)`: the numbers, then the one-hot blocks. With `out`, a view of it.

        >>> features = EncodedFeatures(np.float32([[7.5], [8.5]]), np.int32([[2], [-1]]), widths=(3,))
        >>> features.dense().tolist()
        [[7.5, 0.0, 0.0, 1.0], [8.5, 0.0, 0.0, 0.0]]
        """
        numbers, codes = self.numbers[rows], self.codes[rows].T
        n_rows, n_numbers = numbers.shape
        if out is None:
            out = np.zeros((n_rows, self.n_features), dtype=np.float32)
        else:
            out.fill(0.0)
        out[:n_rows, :n_numbers] = numbers
        # Places of the ones in the matrix read as one line, shape (n_blocks, n_rows).
        block_starts = n_numbers + np.cumsum((0, *self.widths), dtype=np.int64)[:-1, np.newaxis]
        places = block_starts + np.arange(n_rows) * self.n_features
        places += codes
        is_known = codes >= 0
        out.reshape(-1, copy=False)[places if is_known.all() else places[is_known]] = 1.0
        return out[:n_rows]


class ColumnBuffers:
    """Room for the encoded columns of a table. They may be put in any order, and from several threads.

    Columns lie one after the other in memory: writing a column into a matrix of rows touches every part of it.

    Args:
        n_rows: Number of rows.
        n_numbers: Column → how many numbers it becomes, 0 for a one-hot block; in the order of the features.
    """

    def __init__(self, n_rows: int, n_numbers: Mapping[str, int]) -> None:
        self._numbers = np.empty((sum(n_numbers.values()), n_rows), dtype=np.float32)
        self._codes = np.empty((sum(n == 0 for n in n_numbers.values()), n_rows), dtype=np.int32)
        self._places: dict[str, np.ndarray] = {}
        n_placed = n_blocks = 0
        for name, n in n_numbers.items():
            if n:
                self._places[name] = self._numbers[n_placed : n_placed + n]
                n_placed += n
            else:
                self._places[name] = self._codes[n_blocks]
                n_blocks += 1

    def put(self, name: str, column: EncodedColumn) -> CellRemarks:
        """Copies the values of a column, and returns its remarkable cells."""
        self._places[name][:] = column.values
        return column.remarks

    def features(
        self,
        widths: tuple[int, ...],
        counts: Mapping[str, ColumnCounts],
        remarks: Mapping[str, CellRemarks] | None = None,
    ) -> EncodedFeatures:
        """The rows, when every column has been put. They share the memory.

        Args:
            widths: Width of each one-hot block.
            counts: Column → how many remarkable cells it has.
            remarks: Column → what `put` returned, to be kept.
        """
        return EncodedFeatures(self._numbers.T, self._codes.T, widths, counts, remarks or {})


def _as_slice(rows: np.ndarray, n_rows: int) -> slice | np.ndarray:
    """Row numbers as a slice if each is one more than the one before."""
    if rows.dtype == np.bool_ or rows.size == 0 or rows[0] < 0 or rows[-1] >= n_rows:
        return rows
    follow_one_another = rows[-1] - rows[0] == rows.size - 1 and (np.diff(rows) == 1).all()
    return slice(int(rows[0]), int(rows[-1]) + 1) if follow_one_another else rows
