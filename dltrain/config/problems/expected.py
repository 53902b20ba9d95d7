"""Values of the config in words: what a piece of the JSON Schema expects, and what was found instead."""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.yaml.document import shown_text
from dltrain.errors import quoted_list

_SIGNS: Final = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
_BOUNDS: Final[dict[str, Callable[[float, float], bool]]] = {
    "minimum": operator.ge,
    "exclusiveMinimum": operator.gt,
    "maximum": operator.le,
    "exclusiveMaximum": operator.lt,
}
_FRACTION_OR_FILE: Final = "a fraction > 0 and < 1, or the path of a file"


def shown(value: Any) -> str:
    """A value as messages show it.

    >>> [shown(value) for value in (None, True, 0.5, "a", [7], {"b": 1})]
    ['nothing (null)', 'true', '0.5', "'a'", 'a list of 1', 'a mapping']
    """
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return str(value).lower()
        case str():
            return f"'{shown_text(value)}'" if value else "empty text"
        case list():
            return f"a list of {len(value):,}" if value else "an empty list"
        case dict():
            return "a mapping" if value else "an empty mapping"
    return shown_text(str(value))


def expected(options: Sequence[dict[str, Any]], value: Any) -> str:
    """Says which values fit.

    Args:
        options: Pieces of the schema without references; a value has to fit one of them.
        value: What was found, so that no more is told than its reader needs.
    """
    kinds = {option.get("type") for option in options}
    names = names_of(options)
    phrases = []
    if names:
        phrases.append(_names(names, value))
    for option in options:
        # Every whole number is a number too.
        is_redundant = option.get("type") == "integer" and "number" in kinds
        if not is_redundant and (phrase := _phrase(option, value)) is not None and phrase not in phrases:
            phrases.append(phrase)
    if phrases == ["a number > 0 and < 1", "text"]:
        return _FRACTION_OR_FILE
    return _joined(phrases)


def _joined(phrases: list[str]) -> str:
    if len(phrases) == 1:
        return phrases[0]
    # "true or false" brings its own "or".
    last = ", " if phrases[-1] == "true or false" else " or "
    return ", ".join(phrases[:-1]) + last + phrases[-1]


def names_of(options: Sequence[dict[str, Any]]) -> list[str]:
    """The names to choose from."""
    names = [name for option in options for name in option.get("enum", [option["const"]] if "const" in option else [])]
    return list(dict.fromkeys(names))


def _names(names: list[str], value: Any) -> str:
    is_typo = isinstance(value, str) and did_you_mean(value, names) is not None
    listed = quoted_list(names, limit=5 if is_typo else len(names))
    return listed if len(names) == 1 else f"one of {listed}"


def _phrase(option: dict[str, Any], value: Any) -> str | None:
    if "enum" in option or "const" in option:
        return None
    if "oneOf" in option:
        return "a mapping with a 'type'"
    match option["type"]:
        case "number":
            return _in_range("a number", option)
        case "integer":
            return _in_range("a whole number", option)
        case "string":
            return "text"
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "array":
            return _list_phrase(option, value)
    others = option.get("additionalProperties")
    return "a mapping of labels to numbers" if others and "type" in others else "a mapping (key: value)"


def _in_range(noun: str, option: dict[str, Any]) -> str:
    bounds = " and ".join(f"{sign} {option[key]:,}" for key, sign in _SIGNS.items() if key in option)
    return f"{noun} {bounds}" if bounds else noun


def _list_phrase(option: dict[str, Any], value: Any) -> str:
    match option["items"]:
        case {"type": "integer" | "number"}:
            noun = "numbers"
        case {"type": "string"}:
            noun = "names"
        case _:
            noun = "layers"
    if "maxItems" in option and option["maxItems"] == option.get("minItems"):
        return f"a list of {option['maxItems']} {noun}"
    if isinstance(value, list) and value and "maxItems" in option:
        return f"a list of at most {option['maxItems']} {noun}"
    return f"a list of {noun}" if value != [] else f"a list of {noun}, one at least"


def has_type(value: Any, option: dict[str, Any]) -> bool:
    """Whether a value is of the right kind, whatever its size; `1.0` is no whole number, `true` no number."""
    if "oneOf" in option:
        return isinstance(value, dict)
    match option["type"]:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
    return isinstance(value, dict)


def fits(value: Any, option: dict[str, Any]) -> bool:
    """Whether a value of the right kind is in range; looks at no items."""
    if names := names_of([option]):
        return value in names
    match value:
        case str():
            return len(value) >= int(option.get("minLength", 0))
        case list():
            return int(option.get("minItems", 0)) <= len(value) <= int(option.get("maxItems", len(value)))
        case bool() | None | dict():
            return True
    return math.isfinite(value) and all(
        is_within(value, option[key]) for key, is_within in _BOUNDS.items() if key in option
    )
