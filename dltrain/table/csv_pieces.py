"""A stream of bytes → pieces of CSV text that begin and end with a record."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from dltrain.errors import DataError
from dltrain.table.csv_problems import N_TELLING_BYTES, check_format
from dltrain.table.csv_text import CsvText, long_cells

Read = Callable[[int], bytes]
"""Reads some bytes, at most as many as asked for; none at the end."""

FIRST_BYTES: Final = 256 << 10
"""So much is read first, so that small tables and the first rows of large ones do not wait."""

LONGEST_ROW_BYTES: Final = 1 << 30
"""Rows up to this length are read in any case. Arrow parses less than 2 GiB at once."""

_BLANK_LINES_BYTES: Final = 1 << 10


def read_pieces(read: Read, *, delimiter: str, source: str, piece_bytes: int) -> Iterator[CsvText]:
    """Cuts CSV text behind records: pieces of about the given size, or as long as a record is that is longer.

    A piece does not end with blank lines, except the last one: they come with the record behind them.

    Args:
        read: Reads the text.
        delimiter: The character between the cells.
        source: How messages name the text.
        piece_bytes: So much is read at a time.

    Raises:
        DataError: The text has another format, or a row is too long.
    """
    first_line, n_wanted = 1, min(FIRST_BYTES, piece_bytes)
    data = _start(read, n_wanted, delimiter, source)
    while True:
        cut = last_cut(data, delimiter)
        if cut.end:
            text = CsvText(data[: cut.end], delimiter, source, first_line, cut.is_regular)
            data, first_line, n_wanted = data[cut.end :], first_line + text.n_lines, piece_bytes
            yield text
        elif len(data) >= LONGEST_ROW_BYTES:
            raise DataError(
                f"{source}:{first_line}: the row that begins in this line is longer than {LONGEST_ROW_BYTES:,} bytes",
                hint="the closing quote of a cell may be missing",
            )
        new = read(max(n_wanted, len(data)))
        if not new:
            break
        data += new
    if data:
        yield CsvText(data, delimiter, source, first_line, has_regular_quotes(data, delimiter))


def _start(read: Read, n_bytes: int, delimiter: str, source: str) -> bytes:
    """The first bytes of a text, without a byte order mark.

    A first line `sep=;`, which tells spreadsheets what is between the cells, becomes a blank one. Where it says
    something else than the delimiter it stays, and is refused as a header.
    """
    data, declaration = b"", b"sep=" + delimiter.encode()
    marked = codecs.BOM_UTF8 + declaration
    is_cut = True
    while (len(data) < N_TELLING_BYTES or is_cut) and (new := read(n_bytes)):
        data += new
        is_cut = marked.startswith(data) or declaration.startswith(data)
    check_format(data, source)
    data = data.removeprefix(codecs.BOM_UTF8)
    is_declared = data.startswith((declaration + b"\n", declaration + b"\r"))
    return data.removeprefix(declaration) if is_declared else data


class Cut(NamedTuple):
    """A place between two records.

    Attributes:
        end: The first byte behind it; 0 when no whole record is there.
        is_regular: Whether every quote before it opens or closes a cell or is doubled.
    """

    end: int
    is_regular: bool


def last_cut(data: bytes, delimiter: str) -> Cut:
    """The last place behind a record, in text that begins with a record and ends anywhere.

    Where every quote opens a cell, closes one, or is doubled, a line ends a record if an even number of quotes stands
    before it. Other text is left to the csv module.
    """
    end = _line_end_before(data, len(data))
    if data.find(b'"', 0, end) < 0:
        return Cut(_without_blank_lines(data, end), is_regular=True)
    quotes = _quotes(data)
    quotes = quotes[: np.searchsorted(quotes, end)]
    if not _are_regular(data, quotes, delimiter):
        return Cut(_without_blank_lines(data, _end_of_records(data[:end], delimiter)), is_regular=False)
    while len(quotes) % 2:
        end = _line_end_before(data, int(quotes[-1]))
        quotes = quotes[: np.searchsorted(quotes, end)]
    return Cut(_without_blank_lines(data, end), is_regular=True)


def has_regular_quotes(data: bytes, delimiter: str) -> bool:
    """Whether every quote opens a cell at its beginning, closes it at its end, or stands doubled inside it."""
    if b'"' not in data:
        return True
    quotes = _quotes(data)
    return len(quotes) % 2 == 0 and _are_regular(data, quotes, delimiter)


def _quotes(data: bytes) -> np.ndarray:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == ord('"'))


def _are_regular(data: bytes, quotes: np.ndarray, delimiter: str) -> bool:
    """Judges quotes by their neighbours; a last one that opens a cell need not be closed.

    If they are regular, they alternate between opening and closing (a doubled quote closes and opens again). So it is
    enough to look at the byte before every opening quote and after every closing one.
    """
    characters = np.frombuffer(data, np.uint8)
    is_edge = np.zeros(256, dtype=np.bool_)
    is_edge[list(f'{delimiter}\r\n"'.encode())] = True
    opening, closing = quotes[::2], quotes[1::2]
    # At either end of the text a quote sees itself, which counts as an edge.
    before = characters[np.maximum(opening - 1, 0)]
    after = characters[np.minimum(closing + 1, characters.size - 1)]
    return bool(is_edge[before].all() and is_edge[after].all())


def _line_end_before(data: bytes, stop: int) -> int:
    r"""The byte behind the last line end before `stop`, 0 without any; a last \r may be half of a line end."""
    return max(data.rfind(b"\n", 0, stop), data.rfind(b"\r", 0, min(stop, len(data) - 1))) + 1


def _without_blank_lines(data: bytes, end: int) -> int:
    """The end of the last line before `end` that is not blank, 0 without any."""
    # A copy of all the data only where it ends with more blank lines than anybody writes.
    start = max(0, end - _BLANK_LINES_BYTES)
    stop = start + len(data[start:end].rstrip(b"\r\n"))
    if stop == start:
        stop = len(data[:end].rstrip(b"\r\n"))
    return stop and stop + (2 if data.startswith(b"\r\n", stop) else 1)


def _end_of_records(data: bytes, delimiter: str) -> int:
    """The end of the last whole record of some lines, as the csv module sees it; their end if that is an error."""
    position, end, is_exhausted = 0, 0, False

    def lines() -> Iterator[str]:
        nonlocal position, is_exhausted
        # One character for every byte.
        for line in io.TextIOWrapper(io.BytesIO(data), "latin-1", newline=""):
            position += len(line)
            yield line
        is_exhausted = True

    with long_cells():
        try:
            for _ in csv.reader(lines(), delimiter=delimiter, strict=True):
                end = position
        except csv.Error:
            # Whoever reads these lines will find the error and name it.
            return end if is_exhausted else len(data)
    return end
