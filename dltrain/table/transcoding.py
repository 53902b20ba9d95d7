"""Text in other encodings than UTF-8, while it is read or written."""

import codecs
from typing import BinaryIO

from dltrain.config.data import Encoding
from dltrain.errors import DataError
from dltrain.table.csv_pieces import Read


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

    def read(self, n_bytes: int) -> bytes:
        """What about so many bytes of the text say; nothing at the end only.

        Raises:
            DataError: They are no text of the encoding.
        """
        while True:
            data = self._read(n_bytes)
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                line = self._line + error.object[: error.start].decode(self._encoding, "ignore").count("\n")
                got = f"the byte 0x{error.object[error.start]:02x}" if error.start < len(error.object) else "its end"
                raise DataError(f"{self._source}:{line}: expected {self._encoding} text, got {got}") from error
            if text or not data:
                self._line += text.count("\n")
                return text.encode()


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
