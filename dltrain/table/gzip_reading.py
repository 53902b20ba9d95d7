"""Unpacks gzip data while it is read."""

import zlib
from typing import Final

from dltrain.errors import DataError
from dltrain.table.csv_pieces import Read

_PACKED_BYTES: Final = 64 << 10
"""Read at a time; what is left behind a member is copied, so a large number makes files of many members slow."""

_SIGNATURE: Final = b"\x1f\x8b"
WITH_GZIP_HEADER: Final = 16 + zlib.MAX_WBITS
"""What zlib is asked for, to unpack gzip data."""


class GzipReader:
    """Reads what gzip data holds, of one member or several; zero bytes between and behind them are padding.

    Args:
        read: Reads the packed data.
        source: How messages name it.

    Raises:
        DataError: The data is not gzip.
    """

    def __init__(self, read: Read, source: str) -> None:
        self._read = read
        self._source = source
        self._packed = read(_PACKED_BYTES)
        if not self._packed:
            raise DataError(f"{source}: expected gzip data, got an empty file")
        if not self._packed.startswith(_SIGNATURE):
            raise DataError(f"{source}: expected gzip data, got something else", hint="rename the file without .gz")
        self._member = zlib.decompressobj(WITH_GZIP_HEADER)
        self._error: DataError | None = None

    def read(self, n_bytes: int) -> bytes:
        """Unpacked bytes, as many as asked for unless they end; none at the end.

        Raises:
            DataError: The data is damaged here, or ends within a member.
        """
        if self._error is not None:
            raise self._error
        parts, n_missing = list[bytes](), n_bytes
        try:
            while n_missing and (part := self._read_some(n_missing)):
                parts.append(part)
                n_missing -= len(part)
        except DataError as error:
            # What could be unpacked comes first: it may hold a mistake of its own.
            self._error = error
            if not parts:
                raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read_some(self, n_bytes: int) -> bytes:
        """Some bytes of one member."""
        while True:
            if self._member.eof and not self._next_member():
                return b""
            try:
                unpacked = self._member.decompress(self._packed, n_bytes)
            except zlib.error as error:
                raise DataError(f"{self._source}: the gzip data is damaged") from error
            self._packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if unpacked:
                return unpacked
            if not self._packed and not self._member.eof:
                self._packed = self._read(_PACKED_BYTES)
                if not self._packed:
                    raise DataError(f"{self._source}: the gzip data ends too early, the file is not complete")

    def _next_member(self) -> bool:
        """Goes to the next member, if there is one."""
        packed = self._packed.lstrip(b"\0")
        while not packed:
            more = self._read(_PACKED_BYTES)
            if not more:
                return False
            packed = more.lstrip(b"\0")
        self._packed = packed
        self._member = zlib.decompressobj(WITH_GZIP_HEADER)
        return True
