"""Reads Parquet files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError, counted
from dltrain.table.arrow_columns import has_inexact_numbers, have_few_digits, may_be_inexact, number_texts, plain_column
from dltrain.table.opening import file_errors
from dltrain.table.table import MOST_BLOCK_ROWS, check_column_names

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

_PANDAS_INDEX: Final = re.compile(r"__index_level_\d+__")
_BUFFER_BYTES: Final = 64 << 10


@contextmanager
def open_parquet(
    path: Path, *, texts: TextFormat, source: str, block_bytes: int, uses_threads: bool
) -> Iterator[Iterator[pa.Table]]:
    """Opens a Parquet file. The nameless index that pandas adds as a column is left out.

    Args:
        path: The file.
        texts: How its texts are to be read.
        source: How messages name the file.
        block_bytes: About how much a table may hold.
        uses_threads: Whether Arrow may unpack several columns at a time.

    Yields:
        The rows in order, in tables of the same columns: strings, float64, booleans, and other types as they are.

    Raises:
        DataError: The file is missing, is not Parquet, is damaged, or holds no table.
    """
    # Imported here because it takes longer than reading a small CSV.
    from pyarrow.parquet import ParquetFile

    with file_errors(path, source):
        path.open("rb").close()
    with _damage_errors(source):
        # pq.read_table would add columns for folders named like `year=2024`. Without the last two options Arrow holds
        # the packed file in memory.
        file = ParquetFile(path, page_checksum_verification=True, pre_buffer=False, buffer_size=_BUFFER_BYTES)
    with file:
        with _damage_errors(source):
            names = [name for name in file.schema_arrow.names if not _PANDAS_INDEX.fullmatch(name)]
            n_rows = file.metadata.num_rows
            n_bytes = sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups))
        check_column_names(names, where=source)
        if n_rows == 0 or not names:
            got = f"got {counted(len(names), 'column')} and no row" if names else "got none"
            raise DataError(f"{source}: expected columns and rows, {got}")
        # The file's own size says little about repeated values, which it packs together.
        row_bytes = max(n_bytes / n_rows, 8 * len(names))
        block_rows = max(1, min(MOST_BLOCK_ROWS, int(block_bytes / row_bytes)))
        yield _ParquetRows(file, source, uses_threads).tables(names, texts, block_rows)


@dataclass(frozen=True)
class _ParquetRows:
    """Reads the rows of an open file."""

    file: "ParquetFile"
    source: str
    uses_threads: bool

    def tables(self, names: list[str], texts: TextFormat, block_rows: int) -> Iterator[pa.Table]:
        inexact = self._inexact_numbers(names)
        for batch in self._batches(names, block_rows):
            read = pa.Table.from_batches([batch]).columns
            columns = [
                number_texts(column, texts) if name in inexact else plain_column(column, texts)
                for name, column in zip(names, read, strict=True)
            ]
            yield pa.table(columns, names=names)

    def _inexact_numbers(self, names: list[str]) -> set[str]:
        """The columns of numbers of which some have no exact float64: they become text in every block alike."""
        schema = self.file.schema_arrow
        wide = [name for name in names if may_be_inexact(schema.field(name).type)]
        wide = [name for name in wide if not self._has_small_bounds(name)]
        inexact = set[str]()
        for batch in self._batches(wide, MOST_BLOCK_ROWS) if wide else ():
            for name in set(wide) - inexact:
                if has_inexact_numbers(batch.column(name)):
                    inexact.add(name)
        return inexact

    def _has_small_bounds(self, name: str) -> bool:
        """Whether the file itself says that all numbers of a column have an exact float64."""
        metadata = self.file.metadata
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        column = next((c for c in range(metadata.num_columns) if metadata.schema.column(c).path == name), None)
        if column is None:
            return False
        kind = self.file.schema_arrow.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        bounds = [group.column(column).statistics for group in groups]
        return all(
            bound is not None and bound.has_min_max and have_few_digits(bound.min, bound.max, kind) for bound in bounds
        )

    def _batches(self, names: list[str], block_rows: int) -> Iterator[pa.RecordBatch]:
        batches = self.file.iter_batches(block_rows, columns=names, use_threads=self.uses_threads)
        n_rows = 0
        while True:
            with _damage_errors(self.source):
                batch = next(batches, None)
                if batch is None:
                    break
                batch.validate(full=True)
            n_rows += batch.num_rows
            if batch.num_rows:
                yield batch
        if n_rows != self.file.metadata.num_rows:
            raise _damage(self.source)


@contextmanager
def _damage_errors(source: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _damage(source) from error


def _damage(source: str) -> DataError:
    return DataError(f"{source}: the file is not Parquet, or is damaged")
