"""Hints for a value that does not fit where it stands."""

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final

from dltrain.config.problems.expected import has_type, names_of
from dltrain.config.problems.foreign_values import FOREIGN_VALUES
from dltrain.config.problems.suggest import closest, did_you_mean
from dltrain.config.yaml.document import shown_text
from dltrain.config.yaml.scalars import read_scalar

IN_QUOTES: Final = "put it in quotes"

_KEY_WITHOUT_SPACE: Final = re.compile(r"([A-Za-z_]+):(?!//)(?=\S)")
_DECIMAL_COMMA: Final = re.compile(r"([+-]?\d+),(\d+)")
_MOST: Final = 10_000
_CROSS_ENTROPY: Final = ("cross_entropy", "crossentropy", "ce")
_ACTIVATIONS: Final = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "tanh", "sigmoid", "softmax")

_OTHER_SCHEDULES: Final = {
    "inversetimedecay": "none of them falls as 1 / t does; exponential_decay comes nearest",
    "polynomialdecay": "none of them is a polynomial; cosine_decay, too, ends after a number of steps",
    "cosinedecayrestarts": "cosine_decay is one fall, without restarts",
}
"""Schedules of Keras that no config has."""


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
    if "array" in kinds and "," in value:
        return _list_hint(value, may_be_empty=False)
    if names := names_of(options):
        return _name_hint(value, names)
    if "null" in kinds and value.lower() in ("none", "null", "off"):
        return "write null to turn it off"
    if (hint := _type_hint(value, [name for option in options for name in _types(option)])) is not None:
        return hint
    if (key := _key_of(value, options)) is not None:
        return f"write {{{key}: {value}}}"
    if "array" in kinds:
        return _list_hint(value, may_be_empty=not any(option.get("minItems") for option in options))
    if kinds <= {"object", "null"} and (start := _KEY_WITHOUT_SPACE.match(value)) is not None:
        return f"write a space behind the colon: {start[1]}: {shown_text(value[start.end() :].split()[0])}"
    if "number" in kinds and _DECIMAL_COMMA.fullmatch(value):
        return f"write {value.replace(',', '.')}"
    is_quoted = len(value) <= 100 and any(has_type(read_scalar(value), option) for option in options)
    return "remove the quotes" if is_quoted else None


def _list_hint(value: str, *, may_be_empty: bool) -> str:
    """What to write in the place of a text where a list belongs."""
    if value.lower() in ("all", "*"):
        return "leave the key out for all"
    if value.lower() in ("none", "null"):
        return "write [] for an empty list" if may_be_empty else "leave the key out"
    parts = [part.strip() for part in value.split(",")]
    if all(part.isidentifier() and isinstance(read_scalar(part), str) for part in parts):
        return f"write a list: [{', '.join(parts)}]"
    return f"write a list: [{json.dumps(shown_text(value), ensure_ascii=False)}]"


def _type_hint(value: str, types: Sequence[str]) -> str | None:
    """What to write in the place of a text where a mapping with a type belongs."""
    if (activation := _activation(value.lower())) is not None and "dense" in types:
        return f"an activation belongs to a layer: {{type: dense, units: 64, activation: {activation}}}"
    kind = closest(value, types)
    return None if kind is None else f"write {{type: {kind}, …}}"


def _name_hint(value: str, names: Sequence[str]) -> str | None:
    """The name that is meant: as other tools call it, or with a slip."""
    name = value.strip().lower()
    if (activation := _activation(name)) is not None and "dense" in names:
        return f"an activation is written {{type: activation, activation: {activation}}}, or belongs to a dense layer"
    if (schedule := name.replace("_", "")) in _OTHER_SCHEDULES and "cosine_decay" in names:
        return _OTHER_SCHEDULES[schedule]
    if meant := [known for known in FOREIGN_VALUES.get(name, ()) if known in names]:
        return f"write {' or '.join(meant)}"
    if name in _CROSS_ENTROPY:
        if "log_loss" in names:
            return "write log_loss"
        if "binary_crossentropy" in names:
            return "leave it out: it follows from the task; or binary_crossentropy, categorical_crossentropy"
    if name in ("kfold", "k_fold", "stratified_kfold") and "stratified" in names:
        return "cross-validation is 'split.folds'"
    return did_you_mean(value, names)


def _activation(name: str) -> str | None:
    """The activation that a name in lower case means, as Keras calls the layer of it or not.

    >>> _activation("leakyrelu"), _activation("silu"), _activation("dense")
    ('leaky_relu', 'silu', None)
    """
    return next((known for known in _ACTIVATIONS if known.replace("_", "") == name.replace("_", "")), None)


def _types(option: dict[str, Any]) -> list[str]:
    return list(option.get("discriminator", {}).get("mapping", {}))


def _key_of(name: str, options: Sequence[dict[str, Any]]) -> str | None:
    """The key of a section that has a name as a value: `threshold: f1` means `{maximize: f1}`."""
    children = [item for option in options for item in option.get("properties", {}).items()]
    return next((key for key, child in children if name in names_of(child.get("anyOf", [child]))), None)


def _number_hint(value: float, options: Sequence[dict[str, Any]], kinds: set[str]) -> str | None:
    if not math.isfinite(value):
        return None
    if value > 0 and "l2" in names_of(options):
        return f"write {{type: l2, l2: {value:g}}}"
    is_count = value >= 1 and value == int(value) and value <= _MOST
    if is_count and "dense" in [name for option in options for name in _types(option)]:
        return f"write {{type: dense, units: {value:g}, activation: relu}}"
    if is_count and "object" in kinds and any("patience" in option.get("properties", {}) for option in options):
        return f"write {{patience: {value:g}}}"
    is_share = any(1 in (option.get("maximum"), option.get("exclusiveMaximum")) for option in options)
    if is_share and value in range(5, 101):
        return f"{value:g} % is {value / 100:g}"
    if "integer" in kinds and isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    if "string" in kinds and "number" not in kinds and not names_of(options):
        return f'{IN_QUOTES}: "{shown_text(str(value))}"'
    return None
