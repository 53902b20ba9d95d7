"""What spreadsheets leave around a table: empty rows below it, empty columns without a name beside it."""

import re
from dataclasses import dataclass
from typing import Final

from dltrain.errors import counted

_LINE_ENDS: Final = re.compile(rb"[\r\n]+")


@dataclass
class Padding:
    """What was left out of a CSV file because nothing is in it.

    Attributes:
        n_rows: Rows of empty cells below the last other row. They are counted when the end of the file is reached.
        n_columns: Columns behind the last one with a name.
    """

    n_rows: int = 0
    n_columns: int = 0

    def in_words(self) -> str:
        """What was left out; empty when nothing was."""
        rows = [f"{counted(self.n_rows, 'empty row')} at the end"] if self.n_rows else []
        columns = [f"{counted(self.n_columns, 'empty column')} without a name"] if self.n_columns else []
        if not (rows or columns):
            return ""
        verb = "is" if self.n_rows + self.n_columns == 1 else "are"
        return f"{' and '.join([*rows, *columns])} {verb} left out"

    def notes(self, source: str) -> tuple[str, ...]:
        """What was left out of a file, for its reader.

        Args:
            source: How messages name the file.
        """
        words = self.in_words()
        return (f"{source}: {words}",) if words else ()


def is_empty(data: bytes, delimiter: str) -> bool:
    """Whether some lines of CSV text have nothing but empty cells."""
    return not data.strip(b"\r\n" + delimiter.encode())


def count_empty_rows(data: bytes) -> int:
    """The rows of lines that are empty; blank lines are none."""
    return sum(1 for line in _LINE_ENDS.split(data) if line)
