"""Checks of what the Python API is given, so that a wrong type is told by the name of its argument."""

import contextlib
import operator
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import SupportsIndex

from dltrain.errors import ConfigError


def checked_path(value: object, argument: str, *, expected: str = "a path") -> Path:
    """The path that an argument says.

    Args:
        value: What was given.
        argument: Its name.
        expected: What it names, with an article.

    Raises:
        ConfigError: It is something else than text or a path.
    """
    if isinstance(value, str | os.PathLike):
        return Path(value)
    raise wrong_type(value, argument, expected)


def checked_texts(value: object, argument: str, *, hint: str | None = None) -> list[str]:
    """The texts of an argument that is a list of them.

    Args:
        value: What was given.
        argument: Its name.
        hint: What to write instead.

    Raises:
        ConfigError: It is something else.
    """
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
        raise wrong_type(value, argument, "a list of texts", hint=hint)
    texts = list(value)
    for text in texts:
        if not isinstance(text, str):
            raise wrong_type(text, argument, "a list of texts", hint=hint)
    return texts


def checked_count(value: object, argument: str) -> int:
    """The whole number that an argument is, of NumPy or not.

    Raises:
        ConfigError: It is something else.
    """
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        # An array has the method too, but is no number, unless it has no dimensions.
        with contextlib.suppress(TypeError):
            return operator.index(value)
    raise wrong_type(value, argument, "a whole number")


def check_text(value: object, argument: str, expected: str) -> None:
    """Checks that an argument is a text or None.

    Raises:
        ConfigError: It is something else.
    """
    if not isinstance(value, str | None):
        raise wrong_type(value, argument, expected)


def check_flag(value: object, argument: str) -> None:
    """Checks that an argument is True or False.

    Raises:
        ConfigError: It is something else.
    """
    if not isinstance(value, bool):
        raise wrong_type(value, argument, "True or False")


def wrong_type(value: object, argument: str, expected: str, *, hint: str | None = None) -> ConfigError:
    """The error for an argument of another type.

    Args:
        value: What was given.
        argument: Its name.
        expected: What would be right, with an article.
        hint: What to do about it.
    """
    return ConfigError(f"{argument}: expected {expected}, got an object of the type {type(value).__name__}", hint=hint)


def check_config_or_table(value: object) -> None:
    """Checks that an argument may be a config or a table.

    Raises:
        ConfigError: It is neither a path nor a mapping.
    """
    if isinstance(value, str | os.PathLike | Mapping):
        return
    is_frame = hasattr(value, "columns")
    raise wrong_type(
        value,
        "config",
        "the path of a YAML file, its content as a mapping, or the path of a table",
        hint='data.to_parquet("table.parquet") writes a table; then fit("table.parquet", target="COLUMN")'
        if is_frame
        else None,
    )
