"""The lines that rows of CSV text stand in."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from dltrain.table.csv_text import CsvText


class RowLines(NamedTuple):
    """Where consecutive rows of a CSV file stand.

    Attributes:
        first_row: Number of rows of the file before them.
        n_rows: Number of rows.
        first_line: The line of the first one, from 1.
        text: The rows, to look their lines up in; None when every row is one line.
    """

    first_row: int
    n_rows: int
    first_line: int
    text: CsvText | None

    @classmethod
    def of_text(cls, text: CsvText, *, first_row: int, n_rows: int) -> "RowLines":
        """Remembers where the rows of a text stand; it keeps the text only when that is necessary."""
        return cls(first_row, n_rows, text.first_line, None if text.n_lines == n_rows else text)

    @property
    def last_line(self) -> int:
        """The line in which the last one ends."""
        return self.first_line + (self.n_rows if self.text is None else self.text.n_lines) - 1

    def lines_of(self, rows: Collection[int]) -> dict[int, int]:
        """The lines of those of the given rows, counted from 0 in the file, that are here."""
        here = {row for row in rows if 0 <= row - self.first_row < self.n_rows}
        if self.text is None:
            return {row: self.first_line + row - self.first_row for row in here}
        return find_lines([self.text], here, first_row=self.first_row)


def find_lines(texts: Iterable[CsvText], rows: Collection[int], *, first_row: int = 0) -> dict[int, int]:
    """Reads texts until the lines of all the given rows are found.

    Args:
        texts: Consecutive rows of a file.
        rows: Rows of the file, from 0.
        first_row: The row that the first text begins with.

    Raises:
        DataError: A text cannot be read.
    """
    wanted, found = set(rows), dict[int, int]()
    if not wanted:
        return found
    lines = (line for text in texts for line, cells in text.records() if cells)
    for row, line in enumerate(lines, start=first_row):
        if row in wanted:
            found[row] = line
            if len(found) == len(wanted):
                break
    return found
