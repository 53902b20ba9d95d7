"""CSV text without the spaces between its cells."""

import codecs
import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.sections.data import TextFormat
from dltrain.table.csv_pieces import Read
from dltrain.table.numpy_arrow import null_of, text_array

SPACE: Final = " "
_LAST_LINE_END: Final = re.compile(rb"(?s:.*)(?:\n|\r(?=[^\n]))")
_SPACES: Final = (b" " * 4096, b" " * 64, b" " * 8, b" ")
"""So many are taken away at once."""


class SpaceTrimmer:
    r"""Reads CSV text without the spaces and tabs beside its separators and at the ends of its lines.

    Those within quotes stay (see `trimmed_cells`), and so does every line end.

    Args:
        read: Reads the text, in UTF-8.
        delimiter: The character between the cells. For a space, any number of spaces and tabs is one separator.

    >>> import io
    >>> SpaceTrimmer(io.BytesIO(b' a , "b, c "\n').read, ",").read(100)
    b'a,"b, c "\n'
    >>> SpaceTrimmer(io.BytesIO(b'  18.0   8\t"a b"\n').read, " ").read(100)
    b'18.0 8 "a b"\n'
    """

    def __init__(self, read: Read, delimiter: str) -> None:
        self._read = read
        self._cells = _Cells(delimiter)
        self._waiting = b""
        self._has_begun = False

    def read(self, n_bytes: int) -> bytes:
        """About so many bytes of the text; none at the end only."""
        while True:
            # Twice as much each time: a cell without an end would be looked at for every block of it.
            new = self._read(max(n_bytes, len(self._waiting)))
            data = self._waiting + (new if self._has_begun else new.removeprefix(codecs.BOM_UTF8))
            self._has_begun = True
            if not new:
                self._waiting = b""
                return self._cells.trimmed(data + b"\n")[:-1]
            end = self._cells.end(data)
            self._waiting = data[end:]
            if trimmed := self._cells.trimmed(data[:end]):
                return trimmed


def trimmed_cells(columns: pa.Table, texts: TextFormat) -> pa.Table:
    """Leaves out the spaces and tabs around the cells of columns of text, where the format says so.

    Args:
        columns: Also those whose spaces stood within quotes, and those of data frames and Parquet files.
        texts: Says so, and which texts mean missing.
    """
    if not texts.trims_spaces:
        return columns
    missing = text_array(["", *texts.missing_values])
    for place, field in enumerate(columns.schema):
        if pat.is_string(field.type):
            cells = pc.utf8_trim(columns.column(place), characters=" \t")
            cells = pc.if_else(pc.is_in(cells, value_set=missing), null_of(pa.string()), cells)
            columns = columns.set_column(place, field, cells)
    return columns


def without_spaces(text: bytes, delimiter: str) -> bytes:
    """All of a text as `SpaceTrimmer` reads it."""
    return _Cells(delimiter).trimmed(text + b"\n")[:-1]


class _Cells:
    """How cells look between spaces, with a delimiter."""

    def __init__(self, delimiter: str) -> None:
        self._blanks = b" " if delimiter == "\t" else b" \t"
        self._is_space = delimiter == SPACE
        blank, divider = f"[{self._blanks.decode()}]", re.escape(delimiter)
        word = rf"[^ \t{divider}\r\n]++"
        # Not `(…)*+` but `(?>(…)*)` for what may fail in the middle: until 3.11.4, Python does not go back from there.
        quoted = r'"[^"]*+(?:""[^"]*+)*+"'
        if self._is_space:
            self._edges = [b"\n", b"\r"]
            words, behind_quotes = word, word
            separator = rf"{blank}++(?=[^ \t\r\n])"
        else:
            self._edges = [b"\n", b"\r", delimiter.encode()]
            words = rf"{word}(?>(?:{blank}++{word})*)"
            # What should not stand there; whoever reads the cell says so.
            behind_quotes = rf"(?!{blank}*+(?:{divider}|[\r\n]|\Z)){blank}*+{words}"
            separator = rf"{blank}*+{divider}"
        content = rf'{quoted}(?>(?:{behind_quotes})?)|(?!"){words}'
        line_end = rf"{blank}*+(?:\r\n|\n|\r(?!\n|\Z))"
        self._cell = re.compile(rf"{blank}*+((?>(?:{content})?))({separator}|{line_end})".encode())
        self._all_cells = re.compile(rb"(?>(?:%s)*)" % self._cell.pattern)
        edge = b"|".join(map(re.escape, self._edges))
        self._outer_blanks = re.compile(
            rb"(?<!%(blank)s)%(blank)s++(?=%(edge)s)|(?:\A|(?<=%(edge)s))%(blank)s++"
            % {b"blank": blank.encode(), b"edge": b"(?:%s)" % edge}
        )

    def end(self, data: bytes) -> int:
        """Where the last whole cell ends, in a text that begins with one; without quotes, the last line."""
        found = (self._all_cells if b'"' in data else _LAST_LINE_END).match(data)
        return 0 if found is None else found.end()

    def trimmed(self, data: bytes) -> bytes:
        """Whole cells without the spaces around them; what is none stays as it is."""
        if b'"' in data:
            # Where a cell ends is known by what follows.
            end = self.end(data + b"x")
            return self._cell.sub(self._joined, data[:end] + b"x")[:-1] + data[end:]
        if self._is_space:
            data = data.replace(b"\t", b" ")
            while b"  " in data:
                data = data.replace(b"  ", b" ")
        elif b"\t" in data and b"\t" in self._blanks:
            return self._outer_blanks.sub(b"", data)
        data = data.lstrip(b" ")
        for edge in self._edges:
            for spaces in _SPACES:
                while edge + spaces in data:
                    data = data.replace(edge + spaces, edge)
                while spaces + edge in data:
                    data = data.replace(spaces + edge, edge)
        return data

    def _joined(self, cell: re.Match[bytes]) -> bytes:
        """The text of a cell with what ends it."""
        text, end = cell.groups()
        joined: bytes = text + (end.strip(self._blanks) or b" ")
        return joined
