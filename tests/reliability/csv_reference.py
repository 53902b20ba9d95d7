"""What a CSV file holds, by Python's csv module and a page of rules: the reference for dltrain's reader.

The csv module reads in strict mode, which refuses text behind a closing quote and a quote that is never closed. These
are refused besides: what is not UTF-8, zero bytes, other file formats, names of columns that are empty, repeated, or a
single one with another delimiter in it, text in columns without a name at the end of the header, rows of another length
than the header, rows that repeat two names or more, a table without rows, and a blank line between the rows of a
single column. Blank lines elsewhere are skipped. Cells at the end of the header need no name if they are at
most half of all and two have one; those of the rows must be empty there, and are left out.
"""

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_FORMATS: Final = (b"\x1f\x8b", b"PAR1\x15", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")
_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SPACES: Final = " \t\n\v\f\r"


class RefusedError(Exception):
    """The text is no table.

    Attributes:
        reason: A key of `WORDS`.
        line: Where the record that is wrong begins; None for the file as a whole.
        is_title: Whether the next row names all columns, where names are missing.
    """

    def __init__(self, reason: str, line: int | None, *, is_title: bool = False) -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line
        self.is_title = is_title


WORDS: Final = {
    "format": ": expected UTF-8 text, got ",
    "encoding": ": expected UTF-8 text, got the byte 0x",
    "zero byte": ": expected UTF-8 text, got a zero byte",
    "quote": "quote",
    "empty": ": expected a header and rows, got an empty file",
    "delimiter": ": expected cells separated by ",
    "no name": ": every column needs a name, got an empty one for column ",
    "repeated name": ": column names must differ, got more than once: ",
    "no name, but text": ": expected an empty cell in column ",
    "ragged": " as in the header, got ",
    "blank": ": expected a cell, got a blank line",
    "header": ": expected a row, got the header again",
    "no rows": ": expected rows below the header, got none",
}
"""What an error says for each reason, at least."""

TITLE: Final = ": expected the names of "
"""What it says instead of "no name" when the row below has the names, and has been read together with the first."""


@dataclass(frozen=True)
class ReferenceTable:
    """Names, rows of texts, and the line in which every row begins."""

    names: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def cells(self, name: str) -> list[str]:
        """A column."""
        position = self.names.index(name)
        return [row[position] for row in self.rows]


def read_reference(data: bytes, delimiter: str = ",") -> ReferenceTable:
    """Reads a table, or says what is wrong first in the order of the file."""
    if data.startswith(_FORMATS):
        raise RefusedError("format", None)
    records = _records(data.removeprefix(b"\xef\xbb\xbf"), delimiter)
    line, names = next(((line, cells) for line, cells in records if cells), (1, []))
    header, n_cells, n_unnamed = list(names), len(names), _n_unnamed(names)
    names = names[: n_cells - n_unnamed]
    try:
        _check_names(names, line, delimiter)
    except RefusedError as refusal:
        raise RefusedError(refusal.reason, line, is_title=_is_title(names, records)) from None
    names_of_all = [*names, *header[len(names) :]]
    below = _records(data.removeprefix(b"\xef\xbb\xbf"), delimiter)
    next(cells for _, cells in below if cells)
    if _is_title(names_of_all, below):
        raise RefusedError("no name", line, is_title=True)
    table, blank_line = ReferenceTable(names), None
    for line, cells in records:
        if not cells:
            blank_line = blank_line or line
            continue
        if blank_line is not None and n_cells == 1:
            raise RefusedError("blank", blank_line)
        _check_row(cells, line, headers=(header, names_of_all), n_unnamed=n_unnamed)
        del cells[len(names) :]
        table.rows.append(cells)
        table.lines.append(line)
    if not table.rows:
        raise RefusedError("no rows", 1)
    return table


def _check_row(cells: list[str], line: int, *, headers: tuple[list[str], list[str]], n_unnamed: int) -> None:
    n_cells = len(headers[0])
    if len(cells) != n_cells:
        raise RefusedError("ragged", line)
    if [cells[0].removeprefix("\ufeff"), *cells[1:]] in headers and n_cells - n_unnamed > 1:
        raise RefusedError("header", line)
    if n_unnamed and any(cells[-n_unnamed:]):
        raise RefusedError("no name, but text", line)


def _is_title(first: list[str], records: Iterator[tuple[int, list[str]]]) -> bool:
    """Whether a first row is mostly empty, or in its last half, and the second one names as many columns."""
    if len(first) < 2 or (first.count("") * 2 <= len(first) and any(first[len(first) // 2 :])):
        return False
    try:
        second = next((cells for _, cells in records if cells), [])
    except RefusedError:
        return False
    names = second[: len(second) - _n_unnamed(second)]
    return len(second) == len(first) and len({*names, ""}) == len(names) + 1 and not any(map(_is_float, names))


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _n_unnamed(names: list[str]) -> int:
    """Empty cells at the end, if they are at most half of all and leave two."""
    at_end = len(list(itertools.takewhile(lambda name: name == "", reversed(names))))
    return at_end if 2 * at_end <= len(names) and len(names) - at_end > 1 else 0


def _check_names(names: list[str], line: int, delimiter: str) -> None:
    if not names:
        raise RefusedError("empty", line)
    if len(names) == 1 and any(other in names[0] for other in set(",;\t|") - {delimiter}):
        raise RefusedError("delimiter", line)
    if names[0] == "" and any(names) and not all(re.fullmatch(r"[+-]?[0-9.]+", name) for name in names if name):
        # As pandas calls it.
        names[0] = "Unnamed: 0" if "Unnamed: 0" not in names else ""
    if "" in names:
        raise RefusedError("no name", line)
    if len(set(names)) < len(names):
        raise RefusedError("repeated name", line)


def _records(data: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(data), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RefusedError("quote", line) from error
        yield line, cells
        line = reader.line_num + 1


def _lines(data: bytes) -> Iterator[str]:
    for number, line in enumerate(_LINE.findall(data), start=1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise RefusedError("encoding", number) from error
        if "\0" in text:
            raise RefusedError("zero byte", number)
        yield text


def reference_number(cell: str) -> float | None:
    """The number in a cell, None when it holds no finite decimal number; empty cells are NaN."""
    if not cell:
        return float("nan")
    trimmed = cell.strip(_SPACES)
    if _NUMBER.fullmatch(trimmed) is None:
        return None
    number = float(trimmed)
    return number if abs(number) < float("inf") else None
