"""CSV text as bytes, and a second look at it with Python's csv module: slower than Arrow, but it knows every line."""

import csv
import io
import re
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Final

import numpy as np

from dltrain.errors import DataError

_LONGEST_CELL: Final = 2**31 - 1
_COUNTED_BYTES: Final = 256 << 10
"""So few at a time that what is computed of them stays in the processor's cache."""
ROW_NUMBERS: Final = "Unnamed: 0"
"""What pandas calls a first column without a name, which it and R write for the numbers or names of the rows."""

BYTE_ORDER_MARK: Final = "\ufeff"
FEWEST_REPEATED: Final = 2
"""So many names in one row are no chance."""

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n|\Z")


@dataclass(frozen=True)
class CsvText:
    """Some consecutive records of a CSV file: the bytes of whole lines.

    Attributes:
        data: UTF-8 without a byte order mark.
        delimiter: The character between the cells.
        source: How messages name the file.
        first_line: The line of the file, from 1, in which the text begins.
        is_regular: Whether every quote is known to open a cell at its beginning, to close it at its end, or to stand
            doubled inside it.
    """

    data: bytes
    delimiter: str
    source: str
    first_line: int = 1
    is_regular: bool = False

    @cached_property
    def n_lines(self) -> int:
        """Number of lines; the last one may have no end."""
        return count_line_ends_in_bytes(self.data) + (not self.data.endswith((b"\r", b"\n")))

    def records(self) -> Generator[tuple[int, list[str]], None, None]:
        """Yields the line where each record begins, and its cells; the header too, and blank lines as [].

        Raises:
            DataError: The next line is not UTF-8 or has a zero byte, or a quoted cell is not closed properly. All
                records before that have been yielded.
        """
        reader = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
        line = self.first_line
        with long_cells():
            try:
                for cells in reader:
                    yield line, cells
                    line = self.first_line + reader.line_num
            except csv.Error as error:
                raise self._quote_error(line) from error

    def readable_records(self, most: int | None = None) -> list[tuple[int, list[str]]]:
        """The first records with a cell, at most so many, up to the first that cannot be read; see `records`."""
        found: list[tuple[int, list[str]]] = []
        with suppress(DataError), closing(self.records()) as records:
            for line, cells in records:
                if len(found) == most:
                    break
                if cells:
                    found.append((line, cells))
        return found

    def below(self, line: int, cells: Sequence[str]) -> "CsvText":
        """The text below a record, as `records` yields it."""
        n_lines = line - self.first_line + 1 + sum(count_line_ends(cell) for cell in cells)
        end = next(islice(_LINE_ENDS.finditer(self.data), n_lines - 1, None)).end()
        return replace(self, data=self.data[end:], first_line=self.first_line + n_lines)

    def _lines(self) -> Iterator[str]:
        """The lines with their ends."""
        # In Latin-1 every byte is a character, so that a line that is no UTF-8 can be named.
        lines = io.TextIOWrapper(io.BytesIO(self.data), "latin-1", newline="")
        if self.data.isascii() and b"\0" not in self.data:
            yield from lines
            return
        for number, line in enumerate(lines, start=self.first_line):
            try:
                text = line.encode("latin-1").decode()
            except UnicodeDecodeError as error:
                raise DataError(
                    f"{self.source}:{number}: expected UTF-8 text, got the byte 0x{ord(line[error.start]):02x}",
                    hint="data.encoding says what else it is: cp1252 if it comes from Windows in Western Europe",
                ) from error
            if "\0" in text:
                raise DataError(
                    f"{self.source}:{number}: expected UTF-8 text, got a zero byte",
                    hint="if the text is UTF-16: iconv -f UTF-16LE -t UTF-8 FILE > NEW_FILE",
                )
            yield text

    def _quote_error(self, record_line: int) -> DataError:
        """Finds the quoted cell that the csv module stumbled over, in the record that begins in the given line."""
        text = self.data.decode(errors="replace")
        # Groups are repeated as in spaces.py.
        quoted = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
        delimiter = re.escape(self.delimiter)
        plain = rf'[^"{delimiter}\r\n][^{delimiter}\r\n]*+'
        cell = re.compile(rf"(?>(?:{quoted.pattern}|{plain})?)(?:{delimiter}|\r\n|\r|\n|\Z)")
        line_ends = _LINE_END.finditer(text)
        position = start = max((next(line_ends).end() for _ in range(record_line - self.first_line)), default=0)
        while (match := cell.match(text, position)) and match.end() > position:
            position = match.end()
        opening_line = record_line + count_line_ends(text[start:position])
        closed = quoted.match(text, position)
        if closed is None:
            return DataError(
                f"{self.source}:{opening_line}: the quote that opens a cell in this line is never closed",
                hint='a cell that begins with a quote ends with one; quotes inside it are written twice: ""',
            )
        return DataError(
            f"{self.source}:{opening_line}: the quoted cell that begins in this line closes in line "
            f"{opening_line + count_line_ends(closed.group())}, expected a delimiter or the end of the line there, "
            f"got {text[closed.end()]!r}",
            hint='quotes inside a quoted cell are written twice: ""',
        )


def count_line_ends(text: str) -> int:
    r"""How often a line ends in a text, with \n, \r\n or \r."""
    return len(_LINE_END.findall(text))


def count_line_ends_in_bytes(data: bytes) -> int:
    r"""How often a line ends in the bytes of a text, with \n, \r\n or \r."""
    characters, has_returns, count = np.frombuffer(data, np.uint8), b"\r" in data, 0
    for start in range(0, characters.size, _COUNTED_BYTES):
        part = characters[start : start + _COUNTED_BYTES + 1]
        is_feed = part == ord("\n")
        count += int(np.count_nonzero(is_feed[:_COUNTED_BYTES]))
        if has_returns:
            is_return = part == ord("\r")
            count += int(np.count_nonzero(is_return[:_COUNTED_BYTES]))
            count -= int(np.count_nonzero(is_return[:-1] & is_feed[1:]))
    return count


def are_names(cells: list[str]) -> bool:
    """Whether cells may be the names of columns: every one says something else, and none is a number."""
    names = cells[: n_named(cells)]
    return all(names) and len(set(names)) == len(names) and not any(map(is_number, names))


def is_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row repeats the header, with a byte order mark or without, as where files are put together.

    In a table of one column a row may have this word by chance.
    """
    if n_named(names) < FEWEST_REPEATED or list(cells[1:]) != list(names[1:]):
        return False
    return cells[0].removeprefix(BYTE_ORDER_MARK) in {"" if names[0] == ROW_NUMBERS else names[0], names[0]}


def n_named(cells: Sequence[str]) -> int:
    """How many columns a header names: spreadsheets end every line with separators when a column was once in use.

    Empty cells at the end name no column, unless they are more than half of the cells or only one is filled, as in a
    title.
    """
    n_cells = len(cells)
    while n_cells and not cells[n_cells - 1]:
        n_cells -= 1
    return n_cells if n_cells > 1 and 2 * n_cells >= len(cells) else len(cells)


def is_number(cell: str) -> bool:
    """Whether Python reads a text as a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


class _CellLimit:
    """The csv module's limit of 128 KiB a cell: it holds for the whole process, whatever thread sets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_users = 0
        self._usual = csv.field_size_limit()

    def lift(self) -> None:
        with self._lock:
            if self._n_users == 0:
                self._usual = csv.field_size_limit(_LONGEST_CELL)
            self._n_users += 1

    def restore(self) -> None:
        with self._lock:
            self._n_users -= 1
            if self._n_users == 0:
                csv.field_size_limit(self._usual)


_CELL_LIMIT: Final = _CellLimit()


@contextmanager
def long_cells() -> Iterator[None]:
    """Lets the csv module read cells of any length; the last reader that ends restores the limit."""
    _CELL_LIMIT.lift()
    try:
        yield
    finally:
        _CELL_LIMIT.restore()
