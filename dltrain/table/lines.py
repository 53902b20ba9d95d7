"""From the number of a row to the line of the file it stands in."""

from collections.abc import Sequence

from dltrain.errors import DataError
from dltrain.table.csv_text import CsvText
from dltrain.table.reading import read_csv_text
from dltrain.table.table import Table


def row_places(table: Table, rows: Sequence[int]) -> list[str]:
    """How messages name rows: "data.csv:17" where there are lines, "data.parquet: row 16" elsewhere.

    Args:
        table: The table.
        rows: Indices of the rows, from 0; messages count them from 1.
    """
    if table.origin is not None:
        rows = table.origin[list(rows)].tolist()
    lines = _lines_of_rows(table, rows)
    return [f"{table.source}:{lines[row]}" if row in lines else f"{table.source}: row {row + 1}" for row in rows]


def _lines_of_rows(table: Table, rows: Sequence[int]) -> dict[int, int]:
    """The lines of the given rows, found in one pass; empty when there are none to be found."""
    wanted, found = set(rows), dict[int, int]()
    try:
        text = _csv_text(table)
        if text is None:
            return {}
        # Row -1 is the header.
        for row, line in enumerate((line for line, cells in text.records() if cells), start=-1):
            if row in wanted:
                found[row] = line
            if len(found) == len(wanted):
                break
    except DataError:
        return {}
    return found


def _csv_text(table: Table) -> CsvText | None:
    if table.csv_bytes is not None:
        return CsvText(table.csv_bytes, ",", table.source)
    if table.csv_path is not None:
        return read_csv_text(table.csv_path, source=table.source)
    return None
