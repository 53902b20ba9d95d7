"""What commands print without any layout. Nothing heavy is imported here: short commands wait for it."""

import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from dltrain.errors import escaped_lines


def print_json(content: Mapping[str, Any]) -> None:
    """Prints one JSON object."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def note(text: str) -> None:
    """Prints a remark to standard error."""
    say(f"note: {text}")


def say(text: str) -> None:
    """Prints to standard error. Where that is full, or where nobody reads it any more, the work goes on."""
    with contextlib.suppress(OSError):
        # Some of it may be a stranger's.
        print(escaped_lines(text), file=sys.stderr, flush=True)
