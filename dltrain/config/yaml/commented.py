"""A config with comments, as somebody would write it by hand, that our own reader reads back to the same values."""

import math
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dltrain.config.yaml.document import KeyPath
from dltrain.config.yaml.scalars import is_text
from dltrain.errors import escaped

_WIDTH: Final = 110
_COMMENT_COLUMN: Final = 32
_LEAST_COMMENT: Final = 12
"""Characters of the narrowest comment, so that deep nesting never leaves none."""

_LONGEST_KEY: Final = 1_000
"""YAML takes what is before a colon for a key in one line of up to 1,024 characters only."""

_PLAIN: Final = re.compile(r"(?=.*\w)[\w./][\w .()/+-]*")
_TRUTHS_OF_YAML_1_1: Final = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Text for us, true or false for other readers."""

_SIGNS: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def commented_yaml(
    content: Mapping[str, Any], comments: Mapping[KeyPath, str] | None = None, *, head: Sequence[str] = ()
) -> str:
    """Writes sections with their comments.

    Sections, lists of lists or mappings, and whatever has a comment inside stand in lines of their own; other lists
    and mappings stand in one line if they fit.

    Args:
        content: Section → its value: mappings with text as keys, lists, text, finite numbers, true, false, None.
        comments: Key path → why it is so. Short ones stand behind the value, longer ones above the key, or above the
            first of the items of a list that share them. They may hold any characters.
        head: Comment lines above everything; an empty one is a line with nothing but `#`.
    """
    lines = [f"# {escaped(line)}".rstrip() for line in head]
    return "\n".join([*lines, *_Layout(comments or {}).mapping(content, ())]) + "\n"


def scalar_text(value: str | float | bool | None) -> str:
    r"""A scalar as YAML, in any place.

    >>> [scalar_text(value) for value in ("age", "no", "a: b", "1", 1, 0.001, True, None, "two\nlines")]
    ['age', '"no"', '"a: b"', '"1"', '1', '0.001', 'true', 'null', '"two\\nlines"']

    Raises:
        ValueError: A number that is not finite.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            if not math.isfinite(value):
                raise ValueError(f"expected a finite number, got {value}")
            return repr(value)
        case _:
            return value if _is_plain(value) else f'"{"".join(map(_in_quotes, value))}"'


def wrapped(text: str, *, indent: int) -> list[str]:
    """Breaks a text into lines that fit behind `# `."""
    return textwrap.wrap(
        escaped(text), max(_WIDTH - indent - 2, _LEAST_COMMENT), break_long_words=False, break_on_hyphens=False
    )


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes, wherever it stands and whoever reads it."""
    return (
        _PLAIN.fullmatch(text) is not None
        and text == text.rstrip()
        and is_text(text)
        and text.lower() not in _TRUTHS_OF_YAML_1_1
    )


def _in_quotes(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _in_one_line(value: Any) -> str:
    """A value in flow style."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_flow_key(key)}: {_in_one_line(item)}' for key, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_in_one_line, value))}]"
    return scalar_text(value)


def _flow_key(key: str) -> str:
    text = scalar_text(key)
    return text if len(text) <= _LONGEST_KEY else f"? {text} "


class _Layout:
    """Lays values out in lines."""

    def __init__(self, comments: Mapping[KeyPath, str]) -> None:
        self._comments = comments
        self._commented_inside = {path[:length] for path in comments for length in range(len(path))}

    def mapping(self, content: Mapping[str, Any], path: KeyPath) -> Iterator[str]:
        """The lines of the entries of a mapping."""
        for key, value in content.items():
            start = "  " * len(path)
            text = scalar_text(key)
            if len(text) > _LONGEST_KEY:
                yield f"{start}? {text}"
                text = ""
            yield from self._entry(f"{start}{text}:", value, (*path, key))

    def _items(self, items: Sequence[Any], path: KeyPath) -> Iterator[str]:
        start = "  " * len(path)
        for place, item in enumerate(items):
            # Items stay in one line: nothing that a config lists is nested deeper.
            *above, line = self._beside(f"{start}- {_in_one_line(item)}", (*path, place))
            if self._comments.get((*path, place)) != self._comments.get((*path, place - 1)):
                yield from above
            yield line

    def _entry(self, start: str, value: Any, path: KeyPath) -> Iterator[str]:
        """A key, which `start` ends with, and its value."""
        one_line = f"{start} {_in_one_line(value)}"
        if not self._needs_lines(value, path, one_line):
            yield from self._beside(one_line, path)
            return
        yield from self._beside(start, path)
        yield from self.mapping(value, path) if isinstance(value, Mapping) else self._items(value, path)

    def _needs_lines(self, value: Any, path: KeyPath, one_line: str) -> bool:
        if not isinstance(value, (Mapping, list, tuple)) or not value:
            return False
        children = value.values() if isinstance(value, Mapping) else value
        is_nested = any(isinstance(child, (Mapping, list, tuple)) and child for child in children)
        is_section = len(path) == 1 and isinstance(value, Mapping)
        return is_section or path in self._commented_inside or is_nested or len(one_line) > _WIDTH

    def _beside(self, line: str, path: KeyPath) -> Iterator[str]:
        """A line with its comment behind it, or above it where that is too long."""
        comment = escaped(self._comments.get(path, ""))
        if not comment.strip():
            yield line
            return
        with_comment = f"{line:<{_COMMENT_COLUMN - 1}} # {comment}"
        if len(with_comment) <= _WIDTH:
            yield with_comment
            return
        indent = len(line) - len(line.lstrip())
        yield from (f"{' ' * indent}# {part}" for part in wrapped(comment, indent=indent))
        yield line
