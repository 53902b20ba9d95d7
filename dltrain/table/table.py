"""The table as read, before any column has a kind."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.errors import DataError, escaped, quoted_list
from dltrain.table.numpy_arrow import arrow_from_numpy
from dltrain.table.row_lines import RowLines

_NUMBER: Final = re.compile(r"[+-]?[\d.]+")
_MOST_COLUMNS: Final = 100_000
"""Arrow takes ten kilobytes for each, however few rows there are."""
MOST_BLOCK_ROWS: Final = 65_536
"""Rows of each block of a table that is read in blocks."""
MIXED_CELLS: Final = b"mixed cells"
"""Metadata key of a field whose cells have no common Arrow type; the value says what they are."""
CONVERSION: Final = b"conversion"
"""Metadata key of a field that cannot be used; the value is the Python code that makes text of the column."""
FRAME: Final = "DataFrame"
"""How messages name a data frame."""


@dataclass(frozen=True)
class Table:
    """Columns as read, before any kind is chosen.

    Args:
        columns: Strings, float64 and booleans; null means missing. From CSV every column is a string. Dates
            and times stay as they are, too; so do other types, which are refused when they are used.
        source: How messages name the table: the path as typed, "standard input", `FRAME`.
        csv_path: The CSV file, to look up line numbers in where `lines` is empty; None for other sources.
        lines: Where the rows of a CSV stand. Empty for other sources, and for files that must be read again for it.
        first_row: Number of rows of the source before those of the table; 0 for whole tables.
        is_block: Whether the table is one of the blocks that a source is read in.
        texts: How its texts are to be read.
        index_names: Of the levels of a data frame's index, which are no columns.
        origin: int64 `(n_rows,)`: where the rows stood in the table that was read; None for that table itself.
    """

    columns: pa.Table
    source: str
    csv_path: Path | None = None
    lines: tuple[RowLines, ...] = field(default=(), repr=False)
    first_row: int = 0
    is_block: bool = False
    texts: TextFormat = PLAIN_TEXTS
    index_names: tuple[str, ...] = ()
    origin: np.ndarray | None = field(default=None, repr=False)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.columns.num_rows)

    @property
    def is_frame(self) -> bool:
        """Whether it was a data frame. Those are given to finished runs only, so hints about the config are no use."""
        return self.source == FRAME

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in the order of the table."""
        return list(self.columns.column_names)

    def extent(self, noun: str) -> str:
        """What counts in messages are a part of: "7 cells", or "the lines 65,538 to 131,073" of a block.

        Args:
            noun: What is counted, for example "cells".
        """
        if self.is_block and self.origin is None:
            if self.lines:
                return f"the lines {self.lines[0].first_line:,} to {self.lines[-1].last_line:,}"
            return f"the rows {self.first_row + 1:,} to {self.first_row + self.n_rows:,}"
        return f"{self.n_rows:,} {noun}"

    def index_hint(self, missing: Iterable[str]) -> str | None:
        """What makes columns of missing ones that are in the index of a data frame; None where none is."""
        found = [name for name in missing if name in self.index_names]
        return f"the index has {quoted_list(found)}: frame = frame.reset_index()" if found else None

    def take(self, rows: np.ndarray, names: Sequence[str]) -> "Table":
        """Some rows, int64 `(n,)`, of some columns; messages still name the places they were read from."""
        # Not column_names: with thousands of columns, a list of them for every column takes long.
        schema = self.columns.schema
        columns = self.columns.select([name for name in names if schema.get_field_index(name) >= 0])
        origin = rows if self.origin is None else self.origin[rows]
        return replace(self, columns=columns.take(arrow_from_numpy(rows)), origin=origin)

    def column(self, name: str) -> pa.ChunkedArray:
        """The cells of a column, to carry along: strings, float64, booleans, dates or times.

        Raises:
            DataError: There is no such column, or its cells are lists, bytes or of mixed types.
        """
        # Not column_names: with thousands of columns, a list of them for every column takes long.
        position = self.columns.schema.get_field_index(name)
        if position < 0:
            raise DataError(
                f"{self.source}: there is no column {quoted_list([name])}, "
                f"the columns are {quoted_list(self.column_names)}",
                hint=self.index_hint([name]) or did_you_mean(name, self.column_names),
            )
        column = self.columns.column(position)
        if not (_has_values(column.type) or pat.is_temporal(column.type)):
            raise self._unusable(name, "text, numbers, booleans, dates or durations")
        return column

    def value_column(self, name: str) -> pa.ChunkedArray:
        """The cells of a column to compute with: strings, float64 or booleans.

        Raises:
            DataError: There is no such column, or its cells are of another type.
        """
        column = self.column(name)
        if not _has_values(column.type):
            raise self._unusable(name, "text, numbers or booleans")
        return column

    def _unusable(self, name: str, expected: str) -> DataError:
        column = self.columns.schema.field(name)
        notes = column.metadata or {}
        if MIXED_CELLS in notes:
            expected, got = f"cells of one type ({expected})", notes[MIXED_CELLS].decode()
        else:
            got = f"the type {column.type}"
        table_hint = notes[CONVERSION].decode() if CONVERSION in notes else "convert the column to text or numbers"
        in_config = f"leave the column out with `data.drop: [{escaped(name)}]`, or convert it to text or numbers"
        return DataError(
            f"{self.source}: column '{escaped(name)}': expected {expected}, got {got}",
            hint=table_hint if self.is_frame else in_config,
            table_hint=table_hint,
        )


def _has_values(kind: pa.DataType) -> bool:
    return bool(pat.is_string(kind) or pat.is_float64(kind) or pat.is_boolean(kind))


def is_text_source(source: str) -> bool:
    """Whether a table of that name is read from text, unlike data frames and Parquet files."""
    return source != FRAME and not source.lower().endswith(".parquet")


def has_numbers_only(names: Sequence[str]) -> bool:
    """Whether the names of columns look like cells, as in a table without a header."""
    return all(_NUMBER.fullmatch(name) for name in names if name)


def check_column_names(names: Sequence[str], *, where: str, hint: str | None = None) -> None:
    """Checks that every column has a name of its own.

    Args:
        names: The names as found.
        where: How messages begin, for example "data.csv:1".
        hint: What to do about them, unless they look like cells.

    Raises:
        DataError: A name is empty or occurs twice, or there are too many.
    """
    if len(names) > _MOST_COLUMNS:
        raise DataError(f"{where}: expected at most {_MOST_COLUMNS:,} columns, got {len(names):,}")
    if any(_NUMBER.fullmatch(name.strip()) for name in names):
        hint = "if the first line is a row and no header: data.header=[...] names the columns"
    empty = [position for position, name in enumerate(names, start=1) if not name]
    if empty:
        shown = ", ".join(str(position) for position in empty[:5])
        raise DataError(f"{where}: every column needs a name, got an empty one for column {shown}", hint=hint)
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        places = [place for place, name in enumerate(names, start=1) if name == repeated[0]]
        each = hint or (
            f"give columns {', '.join(map(str, places[:5]))} different names, or remove all but one; of a file without "
            "a header, data.header=[...] names the columns"
        )
        raise DataError(f"{where}: column names must differ, got more than once: {quoted_list(repeated)}", hint=each)
