"""The lines above the header of a CSV file: a title, who exported it and when."""

import re
from itertools import islice
from typing import Final

from dltrain.errors import DataError, counted
from dltrain.table.csv_pieces import Read

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class LineSkipper:
    """Reads text without what stands in its first lines; their ends stay, so that messages name the lines behind.

    Args:
        read: Reads the text.
        n_lines: How many lines, at least one. Quotes in them mean nothing.
        source: How messages name the text.
    """

    def __init__(self, read: Read, n_lines: int, source: str) -> None:
        self._read = read
        self._n_lines = n_lines
        self._source = source
        self._waiting = b""

    def read(self, n_bytes: int) -> bytes:
        """At most so many bytes of the text; none at the end only.

        Raises:
            DataError: It ends before the header, from the first call.
        """
        if self._n_lines:
            self._waiting, self._n_lines = self._beginning(n_bytes), 0
        if not self._waiting:
            return self._read(n_bytes)
        data, self._waiting = self._waiting[:n_bytes], self._waiting[n_bytes:]
        return data

    def _beginning(self, n_bytes: int) -> bytes:
        """The ends of the first lines, and what has been read behind them."""
        data, ends = b"", list[re.Match[bytes]]()
        # A \r at the end of what is there may be half of a line end.
        while len(ends) < self._n_lines or ends[-1].end() == len(data):
            new = self._read(n_bytes)
            data += new
            ends = list(islice(_LINE_END.finditer(data), self._n_lines))
            if not new:
                break
        behind = data[ends[-1].end() :] if len(ends) == self._n_lines else b""
        if data and not behind:
            n_found = len(ends) + (not ends or ends[-1].end() < len(data))
            raise DataError(
                f"{self._source}: expected a header in line {self._n_lines + 1:,}, got {counted(n_found, 'line')}",
                hint="data.skip_lines says how many lines stand above it",
            )
        return b"".join(end.group() for end in ends) + behind
