"""Standard input as commands read it."""

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from typing import BinaryIO, Final

from dltrain.errors import DataError

_PAUSE_SECONDS: Final = 0.02
"""A pause this long ends a read: whoever writes is slow, and the reader can work on what is there."""

_MOST_BYTES: Final = 1 << 20
"""Room that is made for a single read; a pipe rarely fills it."""


def standard_input() -> BinaryIO:
    """Standard input as bytes.

    Raises:
        DataError: It is closed or cannot be read; so does reading it.
    """
    if sys.stdin is None:
        raise DataError("standard input: expected CSV, but it is closed")
    return PromptInput(sys.stdin.fileno(), "rb", closefd=False)


class PromptInput(FileIO):
    """A file or pipe that hands out much at a time, but does not hold back what has come for what may come.

    It has no buffer, and so no lock that a thread which waits for input could leave behind when the program ends.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads up to `size` bytes: until so many or the end have come, or nothing new has for a moment."""
        n_missing = sys.maxsize if size is None or size < 0 else size
        pieces, seconds = list[bytes](), None
        with _reading_errors():
            while n_missing and select.select([self], [], [], seconds)[0]:
                piece = super().read(min(n_missing, _MOST_BYTES))
                if not piece:
                    break
                pieces.append(piece)
                n_missing -= len(piece)
                seconds = _PAUSE_SECONDS
        return b"".join(pieces)


@contextmanager
def _reading_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"standard input: cannot be read: {error.strerror}") from error
