"""Hints for a value that does not fit where it stands."""

import json
import math
from collections.abc import Sequence
from typing import Any, Final

from dltrain.config.problems.expected import has_type, names_of
from dltrain.config.problems.suggest import closest, did_you_mean
from dltrain.config.yaml.document import shown_text
from dltrain.config.yaml.scalars import read_scalar

IN_QUOTES: Final = "put it in quotes"


def value_hint(value: Any, options: Sequence[dict[str, Any]]) -> str | None:
    """What to do about a value that does not fit, or None."""
    kinds = {option.get("type", "object") for option in options}
    match value:
        case None:
            return _null_hint(kinds)
        case bool():
            return _switch_hint(value, options, kinds)
        case str():
            return _text_hint(value, options, kinds)
        case int() | float():
            return _number_hint(value, options, kinds)
        case [str() as only] if "string" in kinds:
            return f"write it without brackets: {shown_text(only)}"
        case {} if kinds == {"string", "number"}:
            return "join the keys by a dot, as in test.roc_auc"
    return None


def _null_hint(kinds: set[str]) -> str | None:
    if "array" in kinds:
        return "write [] for an empty list"
    return "indent its keys below it, or leave it out for its defaults" if kinds == {"object"} else None


def _switch_hint(value: bool, options: Sequence[dict[str, Any]], kinds: set[str]) -> str | None:
    word = str(value).lower()
    if "string" in kinds and "number" not in kinds and not names_of(options):
        return f'{IN_QUOTES}: "{word}"'
    if {"object", "null"} <= kinds:
        return "leave the key out for its defaults" if value else "write null to turn it off"
    return None


def _text_hint(value: str, options: Sequence[dict[str, Any]], kinds: set[str]) -> str | None:
    if names := names_of(options):
        return did_you_mean(value, names)
    if (kind := closest(value, [name for option in options for name in _types(option)])) is not None:
        return f"write {{type: {kind}, …}}"
    if (key := _key_of(value, options)) is not None:
        return f"write {{{key}: {value}}}"
    if "array" in kinds:
        is_plain = value.isidentifier() and isinstance(read_scalar(value), str)
        return f"write a list: [{value if is_plain else json.dumps(shown_text(value), ensure_ascii=False)}]"
    if len(value) <= 100 and any(has_type(read_scalar(value), option) for option in options):
        return "remove the quotes"
    return None


def _types(option: dict[str, Any]) -> list[str]:
    return list(option.get("discriminator", {}).get("mapping", {}))


def _key_of(name: str, options: Sequence[dict[str, Any]]) -> str | None:
    """The key of a section that has a name as a value: `threshold: f1` means `{maximize: f1}`."""
    children = [item for option in options for item in option.get("properties", {}).items()]
    return next((key for key, child in children if name in names_of(child.get("anyOf", [child]))), None)


def _number_hint(value: float, options: Sequence[dict[str, Any]], kinds: set[str]) -> str | None:
    if not math.isfinite(value):
        return None
    is_share = any(1 in (option.get("maximum"), option.get("exclusiveMaximum")) for option in options)
    if is_share and value in range(5, 101):
        return f"{value:g} % is {value / 100:g}"
    if "integer" in kinds and isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    if "string" in kinds and "number" not in kinds and not names_of(options):
        return f'{IN_QUOTES}: "{shown_text(str(value))}"'
    return None
