"""From the number of a row to the line of the file it stands in."""

from collections.abc import Sequence
from pathlib import Path

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table.csv_reading import read_csv_rows
from dltrain.table.opening import open_csv
from dltrain.table.row_lines import find_lines
from dltrain.table.table import Table


def row_places(table: Table, rows: Sequence[int]) -> list[str]:
    """How messages name rows: "data.csv:17" where there are lines, "data.parquet: row 16" elsewhere.

    Args:
        table: The table, or a block of one.
        rows: Indices of the rows, from 0; messages count them from 1, and in a block from the beginning of the file.
    """
    if table.origin is not None:
        rows = table.origin[list(rows)].tolist()
    rows = [table.first_row + row for row in rows]
    lines = _lines_of_rows(table, rows)
    return [f"{table.source}:{lines[row]}" if row in lines else f"{table.source}: row {row + 1}" for row in rows]


def _lines_of_rows(table: Table, rows: Sequence[int]) -> dict[int, int]:
    """The lines of the given rows of the file; empty when there are none to be found."""
    if not table.lines and table.csv_path is not None:
        return _lines_in_file(table.csv_path, rows, table.texts)
    return {row: line for part in table.lines for row, line in part.lines_of(rows).items()}


def _lines_in_file(path: Path, rows: Sequence[int], texts: TextFormat) -> dict[int, int]:
    try:
        with open_csv(path, source=str(path), texts=texts) as file:
            return find_lines(read_csv_rows(file, source=str(path), texts=texts).texts, rows)
    except DataError:
        # The file has changed since it was read.
        return {}
