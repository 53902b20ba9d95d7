"""A terminal for a command, and what a person would see on it."""

import contextlib
import os
import pty
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

CTRL_C: Final = b"\x03"
SHOW_CURSOR: Final = "\x1b[?25h"
HIDE_CURSOR: Final = "\x1b[?25l"


@dataclass
class Terminal:
    """A pseudo-terminal.

    Attributes:
        keyboard: File descriptor of the side where a person sits.
        command: File descriptor of the side of the command.
    """

    keyboard: int
    command: int
    _seen: bytearray = field(default_factory=bytearray)

    def press(self, key: bytes) -> None:
        """Presses a key."""
        os.write(self.keyboard, key)

    @property
    def text(self) -> str:
        """What was printed so far."""
        # Nothing to read is an error, and so is that nobody can write any more.
        with contextlib.suppress(OSError):
            while part := os.read(self.keyboard, 1 << 16):
                self._seen += part
        return self._seen.decode()

    @property
    def is_cursor_shown(self) -> bool:
        """Whether the last word on the cursor is that it is shown."""
        return self.text.rfind(SHOW_CURSOR) >= self.text.rfind(HIDE_CURSOR)


@contextlib.contextmanager
def terminal() -> Iterator[Terminal]:
    """Opens one."""
    keyboard, command = pty.openpty()
    os.set_blocking(keyboard, False)
    try:
        yield Terminal(keyboard, command)
    finally:
        os.close(keyboard)
        os.close(command)
