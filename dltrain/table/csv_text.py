"""CSV text as bytes, and a second look at it with Python's csv module: slower than Arrow, but it knows every line."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dltrain.errors import DataError

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_LINE_END_BYTES: Final = re.compile(rb"\r\n|\r|\n")


class CsvText(NamedTuple):
    """The whole content of a CSV file.

    Attributes:
        data: UTF-8, with or without a byte order mark.
        delimiter: The character between the cells.
        source: How messages name the file.
    """

    data: bytes
    delimiter: str
    source: str

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yields the line where each record begins, from 1, and its cells; the header too, and blank lines as [].

        Raises:
            DataError: The text is not UTF-8, or a quoted cell is not closed properly.
        """
        lines = io.TextIOWrapper(io.BytesIO(self.data), "utf-8-sig", newline="")
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        # The module refuses cells of more than 128 KiB unless the whole process allows them.
        limit = csv.field_size_limit(max(len(self.data), csv.field_size_limit()))
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise self._quote_error(line) from error
        except UnicodeDecodeError as error:
            raise self._encoding_error() from error
        finally:
            csv.field_size_limit(limit)

    def line_of_byte(self, position: int) -> int:
        """The line, from 1, in which a byte of the text stands."""
        return len(_LINE_END_BYTES.findall(self.data, 0, position)) + 1

    def _encoding_error(self) -> DataError:
        try:
            self.data.decode()
        except UnicodeDecodeError as error:
            return DataError(
                f"{self.source}:{self.line_of_byte(error.start)}: expected UTF-8 text, "
                f"got the byte 0x{self.data[error.start]:02x}",
                hint="if the text is Latin-1: iconv -f LATIN1 -t UTF-8 FILE > NEW_FILE",
            )
        raise AssertionError("this text is UTF-8")

    def _quote_error(self, record_line: int) -> DataError:
        """Finds the quoted cell that the csv module stumbled over, in the record that begins in the given line."""
        text = self.data.decode("utf-8-sig", errors="replace")
        quoted = re.compile(r'"(?:[^"]++|"")*+"')
        plain = rf'[^"{self.delimiter}\r\n][^{self.delimiter}\r\n]*+'
        cell = re.compile(rf"(?:{quoted.pattern}|{plain})?+(?:{self.delimiter}|\r\n|\r|\n|\Z)")
        line_ends = _LINE_END.finditer(text)
        position = start = max((next(line_ends).end() for _ in range(record_line - 1)), default=0)
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
