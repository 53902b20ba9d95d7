"""A YAML document as plain data, and where each part of it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dltrain.errors import escaped

KeyPath = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists, as in ("model", "layers", 0, "units")."""


class Place(NamedTuple):
    """Where something was written. `line` and `column` count from 1; line 0 means there are no lines.

    >>> str(Place("fit.yaml", 3, 5)), str(Place("override 'training.epochs=0'"))
    ('fit.yaml:3:5', "override 'training.epochs=0'")
    """

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


@dataclass(frozen=True)
class Document:
    """Plain data and its places.

    Attributes:
        data: Mappings with text keys, lists, text, numbers, true, false and null.
        source: How messages name the document.
        keys: Where the key that leads to each value stands.
        values: Where each value stands.
    """

    data: Any
    source: str
    keys: Mapping[KeyPath, Place] = field(default_factory=dict)
    values: Mapping[KeyPath, Place] = field(default_factory=dict)

    def place(self, path: KeyPath, *, at_key: bool = False) -> Place:
        """The place of a value or of its key; for what was not written, the place of what is around it."""
        if not at_key and path in self.values:
            return self.values[path]
        for length in range(len(path), -1, -1):
            found = self.keys.get(path[:length]) or self.values.get(path[:length])
            if found is not None:
                return found
        return Place(self.source)


def dotted(path: KeyPath) -> str:
    """A path as users write it in messages and overrides.

    >>> dotted(("model", "layers", 0, "units"))
    'model.layers.0.units'
    """
    return ".".join(shown_text(str(part)) or "''" for part in path)


def shown_text(text: str, *, limit: int = 60) -> str:
    r"""A text on one line of a message: unprintable characters escaped, the end cut off when it is long.

    >>> shown_text("two\nlines")
    'two\\nlines'
    """
    return escaped(text if len(text) <= limit else text[:limit] + "…")
