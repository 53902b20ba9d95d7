"""Reads whole tables."""

from pathlib import Path

import pyarrow as pa

from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.table.blocks import open_tables
from dltrain.table.opening import check_opens_again, opens_once
from dltrain.table.table import Table


def read_table(path: Path, *, texts: TextFormat = PLAIN_TEXTS, is_read_once: bool = False) -> Table:
    """Reads a file of CSV text (.csv, .tsv, .txt, .dat or .data, also with .gz), or a .parquet file.

    Args:
        path: The file; its suffix names the format.
        texts: How its texts are to be read.
        is_read_once: Whether the caller does not need the file again, so that a pipe will do.

    Returns:
        The columns of the file, at least one row.

    Raises:
        DataError: The file is missing, unreadable, a pipe, or not exactly a table of its format.
    """
    name = str(path)
    if not is_read_once:
        check_opens_again(path, name)
    with open_tables(path, name=name, texts=texts, is_whole=True) as tables:
        parts = list(tables)
    columns = pa.concat_tables([part.columns for part in parts])
    lines = tuple(line for part in parts for line in part.lines)
    if not lines:
        return Table(columns, name, texts=texts)
    # Texts that are kept to look lines up in would be as large as the file, which can be read again if it is no pipe.
    if opens_once(path) or all(part.text is None for part in lines):
        return Table(columns, name, csv_path=path, lines=lines, texts=texts)
    return Table(columns, name, csv_path=path, texts=texts)
