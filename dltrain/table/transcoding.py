"""Text in other encodings than UTF-8, while it is read or written."""

import codecs
from typing import BinaryIO, Final

from dltrain.config.sections.data import Encoding
from dltrain.errors import DataError
from dltrain.table.csv_pieces import Read
from dltrain.table.csv_text import count_line_ends_in_bytes

_MARKS: Final[dict[bytes, Encoding]] = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The first bytes of texts that say themselves how they are encoded."""

_OF_SINGLE_BYTES: Final = ("latin-1", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254")


class Transcoder:
    """Reads text as UTF-8.

    Args:
        read: Reads the text.
        encoding: Of the text.
        source: How messages name it.
    """

    def __init__(self, read: Read, encoding: Encoding, source: str) -> None:
        self._read = read
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._encoding = encoding
        self._source = source
        self._line = 1
        self._ends_in_return = False
        self._is_start = True

    def read(self, n_bytes: int) -> bytes:
        """What about so many bytes of the text say; nothing at the end only.

        Raises:
            DataError: They are no text of the encoding.
        """
        while True:
            data = self._read(n_bytes)
            self._check_start(data)
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                self._count_lines(error.object[: error.start].decode(self._encoding, "ignore").encode())
                got = f"the byte 0x{error.object[error.start]:02x}" if error.start < len(error.object) else "its end"
                raise DataError(f"{self._source}:{self._line}: expected {self._encoding} text, got {got}") from error
            except UnicodeError as error:
                raise DataError(
                    f"{self._source}: expected {self._encoding} text that begins with a byte order mark, got none",
                    hint="iconv -f UTF-16LE -t UTF-8 FILE > NEW_FILE, or UTF-16BE, makes UTF-8 of it",
                ) from error
            if text or not data:
                found = text.encode()
                self._count_lines(found)
                return found

    def _count_lines(self, text: bytes) -> None:
        is_cut = self._ends_in_return and text.startswith(b"\n")
        self._line += count_line_ends_in_bytes(text) - is_cut
        self._ends_in_return = text.endswith(b"\r")

    def _check_start(self, data: bytes) -> None:
        """Refuses texts of another encoding, which single bytes would turn into other letters."""
        is_start, self._is_start = self._is_start, False
        found = _evident_encoding(data, self._encoding) if is_start else None
        if found not in (None, self._encoding):
            raise DataError(
                f"{self._source}: expected {self._encoding} text, got {found} text",
                hint=f"data.encoding: {found} reads it",
            )


def _evident_encoding(data: bytes, expected: Encoding) -> Encoding | None:
    """What the first bytes of a text leave no doubt about.

    Letters of several bytes that are UTF-8 without exception make no sense in an encoding of one byte for each.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if expected not in _OF_SINGLE_BYTES:
        return None
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None
    return None if text.isascii() else "utf-8"


class EncodedFile:
    """Writes UTF-8 text in another encoding.

    Args:
        file: Open for writing bytes; stays open.
        encoding: Of the text in it.
    """

    def __init__(self, file: BinaryIO, encoding: Encoding) -> None:
        self._file = file
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._encoder = codecs.getincrementalencoder(encoding)()

    def write(self, data: bytes | memoryview) -> None:
        """Writes some text."""
        self._file.write(self._encoder.encode(self._utf8.decode(bytes(data))))
