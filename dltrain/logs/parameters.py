"""A config as parameters of MLflow: flat, text, and not too long."""

import json
from collections.abc import Iterator
from typing import Any, Final

from dltrain.config import Config
from dltrain.config.sections.section import Section

MAX_CHARACTERS: Final = 500
"""Longest value that MLflow's servers of all versions take."""


def flat_config(config: Config) -> dict[str, str]:
    """Dotted key → value, without logs.

    Keys are those of the config's own sections, so they are short and plain. What users name, such as columns and
    labels, is in values, as JSON.
    """
    leaves = _leaves(config.model_copy(update={"logs": None}), "")
    return {key: text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…" for key, text in leaves}


def _leaves(section: Section, prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        key = f"{prefix}{name}"
        if isinstance(value, Section):
            yield from _leaves(value, f"{key}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], Section):
            for position, part in enumerate(value):
                yield from _leaves(part, f"{key}.{position}.")
        elif value is not None or field.default is not None:
            yield key, value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
