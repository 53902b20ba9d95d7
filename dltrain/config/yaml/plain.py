"""Python values as the plain data a YAML file would have given, for configs written as a mapping."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dltrain.config.yaml.document import KeyPath, dotted, shown_text
from dltrain.config.yaml.reader import MAX_DEPTH, MAX_VALUES
from dltrain.config.yaml.scalars import LARGEST
from dltrain.errors import ConfigError


def plain_data(value: Any) -> Any:
    """Turns tuples and arrays into lists, NumPy scalars into numbers, paths and keys into text.

    >>> plain_data({"layers": ({"units": 8},), "path": Path("a.csv"), 0: True})
    {'layers': [{'units': 8}], 'path': 'a.csv', '0': True}

    Raises:
        ConfigError: A value that no YAML file could have given.
    """
    # An alias bomb that was read by another YAML reader is small until it is copied.
    return _plain(value, (), iter(range(MAX_VALUES)))


def _plain(value: Any, path: KeyPath, budget: Iterator[int]) -> Any:
    """A value below `path`; takes one from the budget for each value."""
    if next(budget, None) is None:
        raise _unusable((), f"at most {MAX_VALUES:,} values", "more")
    if len(path) > MAX_DEPTH:
        raise _unusable(path[:1], f"at most {MAX_DEPTH} levels", "more")
    # NumPy and pandas share this method; they need not be imported to be recognised.
    if hasattr(value, "tolist"):
        value = value.tolist()
    match value:
        case None | bool() | float():
            return value
        case int() if abs(value) < LARGEST:
            return int(value)
        case str() | Path():
            return _plain_text(str(value), path)
        case Mapping():
            return _plain_mapping(value, path, budget)
        case list() | tuple():
            return [_plain(item, (*path, position), budget) for position, item in enumerate(value)]
    raise _unusable(path, "a mapping, a list, text, a number, a bool or None", type(value).__name__)


def _plain_mapping(value: Mapping[Any, Any], path: KeyPath, budget: Iterator[int]) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for key, item in value.items():
        name = _plain_key(key, path)
        if name in items:
            raise _unusable((*path, name), "a key once", "it twice")
        items[name] = _plain(item, (*path, name), budget)
    return items


def _plain_key(key: Any, path: KeyPath) -> str:
    if hasattr(key, "tolist"):
        key = key.tolist()
    match key:
        case bool():
            return str(key).lower()
        case str() | int() | float():
            return _plain_text(str(key), path)
    raise _unusable(path, "text as a key", type(key).__name__)


def _plain_text(text: str, path: KeyPath) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _unusable(path, "Unicode text", f"'{shown_text(text)}'") from error
    return text


def _unusable(path: KeyPath, expected: str, got: str) -> ConfigError:
    where = f"config: {dotted(path)}" if path else "config"
    return ConfigError(f"{where}: expected {expected}, got {got}")
