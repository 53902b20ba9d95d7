"""The lines above the header of a CSV file: a title, who exported it and when."""

import csv
import re
from collections.abc import Collection
from itertools import islice, pairwise
from typing import Final

from dltrain.errors import DataError, counted
from dltrain.table.csv_pieces import Read
from dltrain.table.csv_problems import MOST_TITLE_LINES
from dltrain.table.csv_text import BYTE_ORDER_MARK

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_MOST_BYTES: Final = 1 << 20
"""In a longer beginning no header is looked for: such lines are no titles."""

_MANY: Final = 0.5
"""A line that names so many of the known columns is a header, even though some are missing."""


class LineSkipper:
    """Reads text without what stands above its header; the line ends stay, so that messages name the lines behind.

    Args:
        read: Reads the text.
        n_lines: How many lines stand above the header. Quotes in them mean nothing.
        source: How messages name the text.
        delimiter: The character between its cells.
        names: Columns that the header is known to have: the first line that names them all is the header, or else the
            one that names most of them, whatever `n_lines` says. Where none names many, or the line below `n_lines`
            names some, `n_lines` counts.
    """

    def __init__(
        self, read: Read, n_lines: int, source: str, *, delimiter: str = ",", names: Collection[str] = ()
    ) -> None:
        self._read = read
        self._n_lines = n_lines
        self._source = source
        self._delimiter = delimiter
        self._names = frozenset(name.strip() for name in names)
        self._has_begun = False
        self._waiting = b""

    def read(self, n_bytes: int) -> bytes:
        """At most so many bytes of the text; none at the end only.

        Raises:
            DataError: It ends before the header, from the first call.
        """
        if not self._has_begun:
            self._waiting, self._has_begun = self._beginning(n_bytes), True
        if not self._waiting:
            return self._read(n_bytes)
        data, self._waiting = self._waiting[:n_bytes], self._waiting[n_bytes:]
        return data

    def _beginning(self, n_bytes: int) -> bytes:
        """The ends of the lines above the header, and what has been read behind them."""
        data, behind, is_over, n_above = b"", b"", False, None
        while n_above is None or not (is_over or behind.strip(b"\r\n")):
            new = self._read(n_bytes)
            data, is_over = data + new, not new
            # A \r at the end of what is there may be half of a line end.
            ends = [end for end in islice(_LINE_END.finditer(data), self._most + 1) if is_over or end.end() < len(data)]
            n_above = self._n_above(data, ends, is_over=is_over)
            behind = data[ends[n_above - 1].end() :] if n_above and n_above <= len(ends) else b"" if n_above else data
        if n_above and data and not behind.strip(b"\r\n"):
            n_found = len(data.splitlines())
            raise DataError(
                f"{self._source}: expected a header in line {self._n_lines + 1:,}, got {counted(n_found, 'line')}",
                hint="data.skip_lines says how many lines stand above it",
            )
        return b"".join(end.group() for end in ends[:n_above]) + behind

    @property
    def _most(self) -> int:
        """The lines above a header that are looked at."""
        return max(self._n_lines, MOST_TITLE_LINES) if self._names else self._n_lines

    def _n_above(self, data: bytes, ends: list[re.Match[bytes]], *, is_over: bool) -> int | None:
        """How many lines stand above the header; None while that cannot be told."""
        shares = self._shares(data, ends, is_over=is_over) if self._names and len(data) <= _MOST_BYTES else []
        if 1.0 in shares:
            return shares.index(1.0)
        is_given_up = not self._names or len(ends) > self._most or len(data) > _MOST_BYTES
        if not is_over and not (is_given_up and len(ends) >= self._n_lines):
            return None
        is_doubtful = self._n_lines < len(shares) and not shares[self._n_lines]
        return shares.index(max(shares)) if is_doubtful and max(shares) >= _MANY else self._n_lines

    def _shares(self, data: bytes, ends: list[re.Match[bytes]], *, is_over: bool) -> list[float]:
        """The share of the known columns that the cells behind the beginning of each line name, in one row of CSV."""
        stops = [*(end.end() for end in ends), *([len(data)] if is_over else [])]
        lines = [data[start:stop].decode(errors="replace") for start, stop in pairwise([0, *stops])]
        lines[:1] = [line.removeprefix(BYTE_ORDER_MARK) for line in lines[:1]]
        return [self._share(lines[start:]) for start in range(len(lines))]

    def _share(self, lines: list[str]) -> float:
        try:
            cells = next(csv.reader(lines, delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            return 0.0
        return len(self._names.intersection(cell.strip() for cell in cells)) / len(self._names)
