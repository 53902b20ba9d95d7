"""How large a table will be in memory, judged by its file before it is read."""

import zlib
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.table import Table
from dltrain.table.gzip_reading import WITH_GZIP_HEADER
from dltrain.table.opening import separator_of

_SAMPLE_BYTES: Final = 1 << 20
_BYTES_PER_CELL: Final = 3.125
"""Of a text in Arrow: an offset of four bytes and a bit for missing, less the separator that the file has."""
_BITS_PER_NUMBER: Final = 65
"""Numbers of any width become float64."""
_BITS_PER_TEXT: Final = 33


class TableSize(NamedTuple):
    """A table in memory, before its columns have kinds.

    Attributes:
        n_bytes: Of the cells.
        n_rows: Number of rows.
        n_columns: Number of columns.
    """

    n_bytes: float
    n_rows: float
    n_columns: int

    @classmethod
    def of(cls, table: Table) -> "TableSize":
        """The size of a table that has been read."""
        return cls(table.columns.nbytes, table.n_rows, table.columns.num_columns)


def expected_size(path: Path, texts: TextFormat = PLAIN_TEXTS) -> TableSize | None:
    """What `read_table` will take for a file.

    CSV: from the size of the file and the lines and cells in its first mebibyte; packed CSV likewise, with the ratio
    at which that mebibyte was packed. Parquet: from its metadata; a text that it keeps once for many rows counts
    once, so files of such columns are underestimated.

    Args:
        path: A table by its name.
        texts: How its texts are to be read.

    Returns:
        None for a file whose size says nothing, such as a pipe, and one that cannot be read: its reader says why.
    """
    name = path.name.lower()
    try:
        if not path.is_file():
            return None
        if name.endswith(".parquet"):
            return _parquet_size(path)
        delimiter = separator_of(path, texts).encode()
        return _csv_size(path, delimiter, is_packed=name.endswith(".gz"), skip_lines=texts.skip_lines)
    except (OSError, zlib.error, pa.ArrowException):
        return None


def _csv_size(path: Path, delimiter: bytes, *, is_packed: bool, skip_lines: int) -> TableSize | None:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    n_text = float(path.stat().st_size)
    if is_packed:
        n_read, member = len(sample), zlib.decompressobj(WITH_GZIP_HEADER)
        sample = member.decompress(sample, _SAMPLE_BYTES)
        n_packed = n_read - len(member.unconsumed_tail) - len(member.unused_data)
        n_text *= len(sample) / max(1, n_packed)
    n_lines = sample.count(b"\n") or sample.count(b"\r")
    if not n_lines:
        return None
    n_rows = n_text * n_lines / len(sample)
    # The header may stand below a line that is blank or says what is between the cells.
    n_columns = max(
        len(line.split(None if delimiter == b" " else delimiter)) for line in sample.splitlines()[: skip_lines + 2]
    )
    return TableSize(n_text + _BYTES_PER_CELL * n_rows * n_columns, n_rows, n_columns)


def _parquet_size(path: Path) -> TableSize:
    # Imported here because it takes longer than reading a small CSV.
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        metadata, schema = file.metadata, file.schema_arrow
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        text_positions = [number for number, field in enumerate(schema) if not _is_number(field.type)]
        n_bits = metadata.num_rows * (
            _BITS_PER_TEXT * len(text_positions) + _BITS_PER_NUMBER * (len(schema.names) - len(text_positions))
        )
        n_text = 0
        if text_positions and metadata.num_columns == len(schema.names):
            n_text = sum(group.column(number).total_uncompressed_size for group in groups for number in text_positions)
        return TableSize(n_text + n_bits / 8, metadata.num_rows, len(schema.names))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pat.is_integer(kind) or pat.is_floating(kind) or pat.is_boolean(kind) or pat.is_temporal(kind))
