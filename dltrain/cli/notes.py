"""What commands print without any layout. Nothing heavy is imported here: short commands wait for it."""

import contextlib
import io
import json
import sys
from collections.abc import Mapping
from typing import Any

from dltrain.errors import escaped_lines


def print_json(content: Mapping[str, Any]) -> None:
    """Prints one JSON object, in UTF-8 wherever it goes."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Its encoding may be another one, in which some texts could not be written as JSON.
        sys.stdout.reconfigure(encoding="utf-8", errors=sys.stdout.errors)
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def note(text: str) -> None:
    """Prints a remark to standard error."""
    say(f"note: {text}")


def say(text: str) -> None:
    """Prints to standard error. Where that is full, or where nobody reads it any more, the work goes on."""
    with contextlib.suppress(OSError):
        # Some of it may be a stranger's.
        print(escaped_lines(text), file=sys.stderr, flush=True)
