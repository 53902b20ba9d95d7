"""Reads Parquet files."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from dltrain.errors import DataError
from dltrain.table.arrow_columns import plain_column
from dltrain.table.table import check_column_names

_PANDAS_INDEX: Final = re.compile(r"__index_level_\d+__")


def read_parquet(path: Path, *, missing_values: Sequence[str], source: str) -> pa.Table:
    """Reads a Parquet file. The nameless index that pandas adds as a column is left out.

    Args:
        path: A file that can be opened.
        missing_values: Cell texts that mean "missing", besides the empty text.
        source: How messages name the file.

    Returns:
        Strings, float64, booleans, and columns of other types as they are; at least one row.

    Raises:
        DataError: The file is not Parquet, is damaged, or holds no table.
    """
    # Imported here because it takes longer than reading a small CSV.
    from pyarrow.parquet import ParquetFile

    try:
        # pq.read_table would add columns for folders named like `year=2024`.
        with ParquetFile(path, page_checksum_verification=True) as file:
            names = [name for name in file.schema_arrow.names if not _PANDAS_INDEX.fullmatch(name)]
            check_column_names(names, where=source)
            columns = file.read(columns=names)
        columns.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{source}: the file is not Parquet, or is damaged") from error
    if columns.num_rows == 0 or columns.num_columns == 0:
        raise DataError(f"{source}: expected columns and rows, got none")
    return pa.table({name: plain_column(columns.column(name), missing_values) for name in names})
