"""Tables: real ones, and those of a text."""

import io
import os
from pathlib import Path

import pyarrow as pa
import pytest

from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.table import Table
from dltrain.table.blocks import open_tables
from tests.conftest import PROJECT

FOLDERS = [Path(folder) for folder in (PROJECT / "data", os.environ.get("DLTRAIN_TABLES")) if folder]


def table_of(name: str) -> Path:
    """The table of that name, of `data/` or the folder that `DLTRAIN_TABLES` names; a test is skipped without it."""
    for folder in FOLDERS:
        if (path := folder / name).exists():
            return path
    pytest.skip(f"{name} is not shipped")


def csv_table(data: bytes, *, texts: TextFormat = PLAIN_TEXTS) -> Table:
    """The table in the text of a CSV file, which messages call t.csv."""
    with open_tables(io.BytesIO(data), name="t.csv", texts=texts, is_whole=True) as tables:
        parts = list(tables)
    columns = pa.concat_tables([part.columns for part in parts])
    return Table(columns, "t.csv", lines=tuple(line for part in parts for line in part.lines), texts=texts)
