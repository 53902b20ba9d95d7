"""What PyYAML's syntax errors mean, in the words of someone who writes configs."""

import re
from typing import Final, NamedTuple

import yaml

_ITEM_WITHOUT_SPACE: Final = re.compile(r" *-[^\s\d.-]")
"""A line that begins like an item of a list, and is none: `-{type: dense}`."""


_ITEMS: Final = "begin every item of the list with '- ', indented alike"


class _Meaning(NamedTuple):
    """A syntax error: words that PyYAML uses for it, what it means, what to do; where it is shown."""

    words: tuple[str, ...]
    message: str
    hint: str
    is_shown_at_start: bool = False


_MEANINGS: Final = (
    _Meaning(
        ("mapping values are not allowed",),
        "unexpected ':'",
        "indent the keys of one section alike, write 'key: value' with a space, put text that contains ': ' in quotes",
    ),
    _Meaning(("block sequence entries",), "unexpected '-'", "begin the list on the next line, or write [a, b]"),
    _Meaning(("comment or line break",), "unexpected '>' or '|'", "put text that begins with > or | in quotes", True),
    _Meaning(("scanning an alias",), "unexpected '*'", "put text that begins with * in quotes", True),
    _Meaning(("scanning an anchor",), "unexpected '&'", "put text that begins with & in quotes", True),
    _Meaning(("directive",), "unexpected '%'", "put text that begins with % in quotes", True),
    _Meaning(
        ("expected ',' or ']'",),
        "this list is not closed, expected ',' between its items and ']' at its end",
        "put text with any of , : [ ] { } ? # in quotes",
        True,
    ),
    _Meaning(
        ("expected ',' or '}'",),
        "this mapping is not closed, expected ',' between its items and '}' at its end",
        "put text with any of , : [ ] { } ? # in quotes",
        True,
    ),
    _Meaning(("quoted scalar", "unexpected"), "this quote is not closed", "a quote inside quotes is doubled: ''", True),
    _Meaning(("escape",), "unknown escape after a backslash", "put text with backslashes in single quotes"),
    _Meaning(("hexdecimal",), "unknown escape after a backslash", "put text with backslashes in single quotes"),
    _Meaning(("expected ':'",), "expected 'key: value'", "write a ':' and a space after the key", True),
    _Meaning(("expected '-' indicator",), "expected '- '", _ITEMS),
    _Meaning(
        ("expected key",),
        "expected 'key: value'",
        "indent the keys of one section alike; nothing may follow a closing quote or bracket",
    ),
    _Meaning(("<document start>",), "expected the end of the document", "indent the keys of one section alike"),
    _Meaning(("tab character",), "unexpected tab", "indent with spaces"),
    _Meaning(("node content",), "expected a value", "write null for an empty one"),
    _Meaning(("mapping keys are not allowed",), "unexpected '?'", "put text that begins with ? in quotes"),
    _Meaning(("indentation indicator",), "unexpected digit after '>' or '|'", "leave it out, or write 1 to 9"),
    _Meaning(("incompatible YAML document",), "expected YAML 1.1 or 1.2", "leave the line that begins with %YAML out"),
    _Meaning(("tag",), "unexpected '!'", "put text that begins with ! in quotes", True),
)


def syntax_error(error: yaml.YAMLError, content: str) -> tuple[tuple[int, int], str, str | None]:
    """Translates an error of PyYAML.

    Returns:
        Line and column, counted from 1; the message; a hint or None.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return (1, 1), "expected YAML, got something else", None
    mark, problem = error.problem_mark, error.problem or ""
    if "cannot start any token" in problem:
        return (mark.line + 1, mark.column + 1), *_unexpected(content[mark.index : mark.index + 1])
    full = f"{error.context or ''} {problem}"
    if "mapping values" in full and (column := _item_without_space(content, mark)) is not None:
        return (mark.line + 1, column), "expected '- '", _ITEMS
    if "block node" in full and content[mark.index : mark.index + 1] in (",", "]", "}"):
        return (mark.line + 1, mark.column + 1), *_unexpected(content[mark.index])
    for meaning in _MEANINGS:
        if all(words in full for words in meaning.words):
            if meaning.is_shown_at_start and error.context_mark is not None:
                mark = error.context_mark
            return (mark.line + 1, mark.column + 1), meaning.message, meaning.hint
    return (mark.line + 1, mark.column + 1), f"expected YAML: {problem}", None


def _item_without_space(content: str, mark: yaml.Mark) -> int | None:
    """The column of the dash, counted from 1, if the line of an unexpected ':' begins with an item such as -{a: 1}."""
    start = mark.index - mark.column
    item = _ITEM_WITHOUT_SPACE.match(content, start)
    if item is None:
        return None
    # A key may begin with a dash, too: then it is the second colon that is unexpected.
    is_key = not item.group().endswith(("{", "[")) and ": " in content[item.end() : mark.index]
    return None if is_key else item.end() - 1 - start


def _unexpected(character: str) -> tuple[str, str]:
    if character == "\t":
        return "unexpected tab", "indent with spaces"
    return f"unexpected '{character}'", f"put text that begins with {character} in quotes"
