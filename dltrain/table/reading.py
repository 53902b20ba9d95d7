"""Reads whole tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from dltrain.config.data import PLAIN_TEXTS, TextFormat
from dltrain.table.blocks import STANDARD_INPUT, open_tables
from dltrain.table.opening import check_opens_again, opens_once
from dltrain.table.table import Table


def read_table(
    path: Path, *, texts: TextFormat = PLAIN_TEXTS, source: str | None = None, is_read_once: bool = False
) -> Table:
    """Reads a .csv, .tsv, .csv.gz, .tsv.gz or .parquet file.

    Args:
        path: The file; its suffix names the format.
        texts: How its texts are to be read.
        source: How messages name the file; the path when None.
        is_read_once: Whether the caller does not need the file again, so that a pipe will do.

    Returns:
        The columns of the file, at least one row.

    Raises:
        DataError: The file is missing, unreadable, a pipe, or not exactly a table of its format.
    """
    name = str(path) if source is None else source
    if not is_read_once:
        check_opens_again(path, name)
    with open_tables(path, name=name, texts=texts, is_whole=True) as tables:
        parts = list(tables)
    lines = tuple(line for part in parts for line in part.lines)
    if not lines:
        return Table(_joined(parts), name, texts=texts)
    # Texts that are kept to look lines up in would be as large as the file, which can be read again if it is no pipe.
    if opens_once(path) or all(part.text is None for part in lines):
        return Table(_joined(parts), name, csv_path=path, lines=lines, texts=texts)
    return Table(_joined(parts), name, csv_path=path, texts=texts)


def read_csv_stream(stream: BinaryIO, *, source: str = STANDARD_INPUT, texts: TextFormat = PLAIN_TEXTS) -> Table:
    """Reads the text of a CSV file to its end.

    Args:
        stream: Open for reading bytes.
        source: How messages name it.
        texts: How it is to be read.

    Raises:
        DataError: The text is not exactly a table.
    """
    with open_tables(stream, name=source, texts=texts, is_whole=True) as tables:
        parts = list(tables)
    lines = tuple(line for part in parts for line in part.lines)
    return Table(_joined(parts), source, lines=lines, texts=texts)


def _joined(parts: Sequence[Table]) -> pa.Table:
    return pa.concat_tables([part.columns for part in parts])
