"""A strict reader of Protocol Buffers' wire format.

https://protobuf.dev/programming-guides/encoding describes the format. A field is a tag, which is its number times 8
plus its wire type, and a value. What the caller's description of a message does not name is refused, and so are a
field that is given twice, groups, and numbers in more bytes than they need: whatever is accepted, every other reader
understands the same way.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

Message: TypeAlias = Mapping[int, "Field"]
"""A message: field number → field."""

_VARINT, _BYTES, _FIXED_32 = 0, 2, 5
_WIRE_TYPES: Final = {"integer": _VARINT, "float": _FIXED_32, "text": _BYTES, "bytes": _BYTES}
_MAX_VARINT_BYTES: Final = 10
_MAX_TEXT_BYTES: Final = 1_000


@dataclass(frozen=True)
class Field:
    """A field of a message.

    Attributes:
        name: How the result calls it.
        kind: integer: a varint, int64; float: float32; text: UTF-8, short; bytes: a view without a copy; or another
            message.
        repeated: Whether it may be given more than once and makes a list.
    """

    name: str
    kind: Literal["integer", "float", "text", "bytes"] | Message
    repeated: bool = False


def read_message(content: bytes, message: Message, *, max_fields: int) -> dict[str, Any]:
    """Reads a message as nested dictionaries.

    Args:
        content: All of it.
        message: What it may consist of.
        max_fields: Fields in all messages together: bounds the time and memory, however small the fields are.

    Returns:
        Field name → value; a repeated field that is missing is an empty list, another one has no key.

    Raises:
        ValueError: Something else is in it, or it is cut off.
    """
    return _Reader(max_fields).message(memoryview(content), message)


class _Reader:
    def __init__(self, max_fields: int) -> None:
        self._max_fields = max_fields
        self._n_fields = 0

    def message(self, content: memoryview, message: Message) -> dict[str, Any]:
        found: dict[str, Any] = {field.name: [] for field in message.values() if field.repeated}
        position = 0
        while position < len(content):
            tag, position = _varint(content, position)
            field, wire_type = message.get(tag >> 3), tag & 7
            if field is None:
                raise ValueError(f"unexpected field {tag >> 3}")
            expected = _BYTES if isinstance(field.kind, Mapping) else _WIRE_TYPES[field.kind]
            if wire_type != expected:
                raise ValueError(f"{field.name}: expected wire type {expected}, got {wire_type}")
            self._count()
            value, position = self._value(content, position, field)
            if field.repeated:
                found[field.name].append(value)
            elif field.name in found:
                raise ValueError(f"{field.name} is given twice")
            else:
                found[field.name] = value
        return found

    def _count(self) -> None:
        self._n_fields += 1
        if self._n_fields > self._max_fields:
            raise ValueError(f"expected at most {self._max_fields:,} fields, got more")

    def _value(self, content: memoryview, position: int, field: Field) -> tuple[Any, int]:
        if field.kind == "integer":
            number, position = _varint(content, position)
            return (number - 2**64 if number >= 2**63 else number), position
        if field.kind == "float":
            part, position = _part(content, position, 4)
            return struct.unpack("<f", part)[0], position
        length, position = _varint(content, position)
        part, position = _part(content, position, length)
        if field.kind == "bytes":
            return part, position
        if field.kind == "text":
            if length > _MAX_TEXT_BYTES:
                raise ValueError(f"{field.name}: expected at most {_MAX_TEXT_BYTES:,} bytes, got {length:,}")
            return str(part, "utf-8"), position
        return self.message(part, field.kind), position


def _varint(content: memoryview, position: int) -> tuple[int, int]:
    """An unsigned number of at most 64 bits, seven bits a byte, the lowest first; and where it ends."""
    number = 0
    for index, byte in enumerate(content[position : position + _MAX_VARINT_BYTES]):
        number |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            if (byte == 0 and index > 0) or number >= 2**64:
                raise ValueError("a number in another form than writers use")
            return number, position + index + 1
    raise ValueError("cut off, or a number of too many bytes")


def _part(content: memoryview, position: int, length: int) -> tuple[memoryview, int]:
    end = position + length
    if end > len(content):
        raise ValueError(f"cut off: expected {length:,} more bytes, got {len(content) - position:,}")
    return content[position:end], end
