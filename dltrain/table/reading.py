"""Reads whole tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from dltrain.table.blocks import STANDARD_INPUT, open_tables
from dltrain.table.table import Table


def read_table(path: Path, *, missing_values: Sequence[str] = (), source: str | None = None) -> Table:
    """Reads a .csv, .tsv, .csv.gz, .tsv.gz or .parquet file.

    Args:
        path: The file; its suffix names the format.
        missing_values: Cell texts that mean "missing", besides the empty cell.
        source: How messages name the file; the path when None.

    Returns:
        The columns of the file, at least one row.

    Raises:
        DataError: The file is missing, unreadable, or not exactly a table of its format.
    """
    name = str(path) if source is None else source
    with open_tables(path, name=name, missing_values=missing_values, is_whole=True) as tables:
        parts = list(tables)
    lines = tuple(line for part in parts for line in part.lines)
    if not lines:
        return Table(_joined(parts), name)
    # Texts that are kept to look lines up in would be as large as the file, which can be read again.
    known = lines if all(part.text is None for part in lines) else ()
    return Table(_joined(parts), name, csv_path=path, lines=known)


def read_csv_stream(stream: BinaryIO, *, source: str = STANDARD_INPUT, missing_values: Sequence[str] = ()) -> Table:
    """Reads comma-separated text to its end.

    Args:
        stream: Open for reading bytes.
        source: How messages name it.
        missing_values: Cell texts that mean "missing", besides the empty cell.

    Raises:
        DataError: The text is not exactly a table.
    """
    with open_tables(stream, name=source, missing_values=missing_values, is_whole=True) as tables:
        parts = list(tables)
    return Table(_joined(parts), source, lines=tuple(line for part in parts for line in part.lines))


def _joined(parts: Sequence[Table]) -> pa.Table:
    return pa.concat_tables([part.columns for part in parts])
