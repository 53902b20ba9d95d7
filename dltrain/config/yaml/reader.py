"""A strict YAML reader: YAML 1.2 scalars, positions, limits, and nothing that surprises.

It builds plain data from PyYAML's parsing events, so no tag is ever looked at and no object constructed, and it
stops as soon as a limit is passed.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn, TypeAlias

import yaml

from dltrain.config.yaml.document import Document, KeyPath, Place, dotted, shown_text
from dltrain.config.yaml.scalars import read_scalar
from dltrain.config.yaml.syntax import syntax_error
from dltrain.errors import ConfigError

MAX_BYTES: Final = 4 * 2**20
"""A run's config names every feature column twice: this is 20,000 columns with names of 80 characters."""
MAX_DEPTH: Final = 32
MAX_VALUES: Final = 65_000
"""It has three values for every column. No text of this many values takes a second to read."""

# libyaml's parser where PyYAML was built with it, as its wheels are: ten times as fast, same events.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# U+0085, U+2028 and U+2029 end a line in YAML 1.1, and for PyYAML, but not in YAML 1.2, nor in editors.
# Named one by one: Python takes ten times as long to compile the set of all others.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

_Node: TypeAlias = yaml.events.NodeEvent


def read_yaml(text: str | bytes, *, source: str, has_lines: bool = True) -> Document:
    """Reads one YAML document into plain data and positions; an empty one is null.

    Args:
        text: At most 4 MiB; bytes are UTF-8, with or without a byte order mark.
        source: How messages name it, such as the path as typed.
        has_lines: False for a text of one line whose position says nothing, such as an override.

    Raises:
        ConfigError: It is no YAML, or uses what configs do not need: anchors, tags, duplicate or merge keys, several
            documents, more than 4 MiB, 32 levels or 65,000 values.
    """
    reader = _Reader(source, has_lines=has_lines)
    content = reader.decoded(text)
    reader.check_characters(content)
    try:
        return reader.document(_events(content))
    except yaml.YAMLError as error:
        where, message, hint = syntax_error(error, content)
        raise ConfigError(f"{reader.place(*where)}: {message}", hint=hint) from error


def _events(content: str) -> Iterator[Any]:
    """What `yaml.parse` yields, without its look at every event before it takes it."""
    loader = _LOADER(content)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


class _Reader:
    """Turns parsing events into plain data; notes the place of every key and value."""

    def __init__(self, source: str, *, has_lines: bool) -> None:
        self._source = source
        self._has_lines = has_lines
        self._keys: dict[KeyPath, Place] = {}
        self._values: dict[KeyPath, Place] = {}

    def place(self, line: int, column: int) -> Place:
        return Place(self._source, line, column) if self._has_lines else Place(self._source)

    def decoded(self, text: str | bytes) -> str:
        if len(text) > MAX_BYTES:
            raise ConfigError(f"{self._source}: expected at most {MAX_BYTES // 2**20} MiB, got more")
        if isinstance(text, str):
            return text
        try:
            return text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # A byte order mark is not counted in the place of an error.
            content = text.removeprefix(codecs.BOM_UTF8)
            before = content[: error.start]
            place = self.place(before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
            got = f"0x{content[error.start]:02x}"
            raise ConfigError(
                f"{place}: expected UTF-8 text, got the byte {got}", hint="save the file as UTF-8"
            ) from error

    def check_characters(self, content: str) -> None:
        if found := _UNPRINTABLE.search(content):
            before = content[: found.start()]
            place = self.place(before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise ConfigError(f"{place}: expected printable characters, got U+{ord(found[0]):04X}")

    def document(self, events: Iterator[Any]) -> Document:
        data: Any = None
        n_documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                n_documents += 1
                if n_documents > 1:
                    self._refuse(event, "expected one document, got a second one")
            elif isinstance(event, yaml.NodeEvent):
                data = self._value(event, events, ())
        return Document(data, self._source, self._keys, self._values)

    def _value(self, event: _Node, events: Iterator[Any], path: KeyPath) -> Any:
        self._check_node(event, path)
        self._values[path] = self._place_of(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= MAX_DEPTH:
            self._refuse(event, f"expected at most {MAX_DEPTH} levels, got more")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, path)
        return self._mapping(events, path)

    def _list(self, events: Iterator[Any], path: KeyPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Any], path: KeyPath) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event, path)
            key_path = (*path, key)
            if key in items:
                first = self._keys[key_path]
                since = f" first given in line {first.line}" if first.line else " given twice"
                self._refuse(event, "duplicate key," + since, key_path)
            self._keys[key_path] = self._place_of(event)
            items[key] = self._value(next(events), events, key_path)
        return items

    def _key(self, event: _Node, path: KeyPath) -> str:
        self._check_node(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            got = "a list" if isinstance(event, yaml.SequenceStartEvent) else "a mapping"
            self._refuse(event, f"expected text as a key, got {got}", path)
        if event.value == "<<" and event.implicit[0]:
            self._refuse(event, "merge keys are not supported", path, hint="write the keys out")
        return str(event.value)

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> Any:
        # implicit[0] is true for a scalar without quotes.
        if not event.implicit[0]:
            return event.value
        try:
            return read_scalar(event.value)
        except ValueError as error:
            self._refuse(event, str(error), path)

    def _check_node(self, event: _Node, path: KeyPath) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(
                event, f"aliases (*{shown_text(str(event.anchor))}) are not supported", path, hint="write the value out"
            )
        if event.anchor is not None:
            self._refuse(
                event, f"anchors (&{shown_text(event.anchor)}) are not supported", path, hint="write the value out"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = shown_text(tag.replace("tag:yaml.org,2002:", "!!"))
            self._refuse(event, f"tags ({shown}) are not supported", path, hint="leave the tag out")
        if len(self._values) >= MAX_VALUES:
            self._refuse(event, f"expected at most {MAX_VALUES:,} values, got more")

    def _place_of(self, event: Any) -> Place:
        return self.place(event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, event: Any, message: str, path: KeyPath = (), *, hint: str | None = None) -> NoReturn:
        where = f"{dotted(path)}: " if path else ""
        raise ConfigError(f"{self._place_of(event)}: {where}{message}", hint=hint)
