"""Unpacks gzip data while it is read."""

import zlib
from typing import Final

from dltrain.errors import DataError
from dltrain.table.csv_pieces import Read

_PACKED_BYTES: Final = 1 << 20
_SIGNATURE: Final = b"\x1f\x8b"
_WITH_GZIP_HEADER: Final = 16 + zlib.MAX_WBITS


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
        if not self._packed.startswith(_SIGNATURE):
            raise DataError(f"{source}: expected gzip data, got something else", hint="rename the file without .gz")
        self._member = zlib.decompressobj(_WITH_GZIP_HEADER)

    def read(self, n_bytes: int) -> bytes:
        """Some unpacked bytes, at most as many as asked for; none at the end.

        Raises:
            DataError: The data is damaged here, or ends within a member.
        """
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
        self._member = zlib.decompressobj(_WITH_GZIP_HEADER)
        return True
