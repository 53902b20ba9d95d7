"""`KEY=VALUE` on the command line: one key of the config, replaced."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dltrain.config.yaml.document import Document, KeyPath, Place, dotted, shown_text
from dltrain.config.yaml.reader import MAX_DEPTH, read_yaml
from dltrain.errors import ConfigError

_COLUMNS: Final = ("preprocessing", "columns")
_CLASS_WEIGHT: Final = ("training", "class_weight")
USUAL_OPTIMIZER: Final = "adam"
"""That of a config that names none."""

_OPTIMIZER: Final = ("training", "optimizer")
_FOLDS: Final = ("split", "folds")
_TEST: Final = ("split", "test")
_EXPECT: Final = "expect"
_SIGN_KEYS: Final = ("data.separator", "data.decimal", "data.thousands")
"""Their values are single characters, of which YAML takes some for syntax, and a shell takes the quotes away."""

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_KEY: Final = re.compile(rf"[^.=]*(?:\.(?:{_QUOTED}(?=\.|\s*=)|[^.=]*))*\s*")
_PART: Final = re.compile(rf"\.({_QUOTED}(?=\.|$)|[^.]*)")


def apply_overrides(document: Document, overrides: Sequence[str]) -> Document:
    """Replaces one value for each override, in order; whether key and value are right is not looked at here.

    Args:
        document: Is left as it is.
        overrides: `KEY=VALUE` with keys joined by dots, list positions counted from 0, and the value in YAML:
            `training.epochs=5`, `model.layers.0.units=64`, `data.features=[a, b]`, `training.early_stopping=null`,
            `expect.test.roc_auc=>= 0.9`. `split.folds=5` takes `split.test` out, the share of rows that follows from
            it. Column names in `preprocessing.columns.NAME.OPTION` and labels in
            `training.class_weight.LABEL` may hold dots; a part in double quotes, with JSON's escapes, may hold
            anything: `preprocessing.columns."a=b".impute=mean`. A key below a short form keeps it: after
            `optimizer: sgd`, `training.optimizer.momentum=0.9` makes `{type: sgd, momentum: 0.9}`.

    Raises:
        ConfigError: An override without a key or '=', a value that is no YAML, or a list position that is none.
    """
    document, given = _applied(document, overrides)
    return _without_test_of_folds(document) if _FOLDS in given and not {_TEST, _TEST[:1]} & {*given} else document


def overridden_keys(document: Document, overrides: Sequence[str]) -> list[KeyPath]:
    """What overrides are about, in their order.

    Args:
        document: What they are for: whether a part of a key is a position depends on it.
        overrides: As for `apply_overrides`.

    Raises:
        ConfigError: As `apply_overrides`.
    """
    return _applied(document, overrides)[1]


def _applied(document: Document, overrides: Sequence[str]) -> tuple[Document, list[KeyPath]]:
    given = []
    for override in overrides:
        document, path = _apply(document, override)
        given.append(path)
    return document, given


def _without_test_of_folds(document: Document) -> Document:
    """The document without a share of test rows, which follows from the number of folds."""
    split = document.data["split"]
    if not isinstance(split, dict) or split.get("folds") is None or not isinstance(split.get("test"), int | float):
        return document
    return replace(document, data={**document.data, "split": {key: split[key] for key in split if key != "test"}})


def _form_hint(override: str) -> str:
    """How the override would be written, when it is written as in YAML."""
    key, colon, value = override.partition(":")
    is_key = colon and key.strip() and key.replace(".", "").replace("_", "").strip().isalnum()
    return f"write {key.strip()}={shown_text(value.strip())}" if is_key else "for example training.epochs=5"


def _apply(document: Document, override: str) -> tuple[Document, KeyPath]:
    """The document with one override, and what that is about."""
    key, equals, text = _divided(override)
    # Messages end up in logs, where nobody should read the password of an address.
    source = f"override '{shown_text(re.sub('//[^/]*@', '//…@', override))}'"
    if not equals or not key.isprintable() or not key or len(_parts(key)) > MAX_DEPTH:
        raise ConfigError(f"{source}: expected KEY=VALUE", hint=_form_hint(override))
    value = _value(key, text, source)
    parts = key_parts(key, value)
    if not all(parts):
        raise ConfigError(f"{source}: expected KEY=VALUE", hint=_form_hint(override))
    data: Any = _opened(document.data, ())
    root = data
    path: KeyPath = ()
    made: list[KeyPath] = []
    *parents, last = parts
    for part in parents:
        at = _position(data, part, path, source)
        path = (*path, at)
        child = data.get(at) if isinstance(data, dict) else data[at]
        if not isinstance(child, (dict, list)):
            made.append(path)
        data[at] = _opened(child, path)
        data = data[at]
    at = _position(data, last, path, source)
    data[at] = value
    path = (*path, at)
    return _moved(document, root, path, made, Place(source)), path


def _divided(override: str) -> tuple[str, str, str]:
    """Key, '=' and value; the last two are empty where no '=' stands outside of quotes."""
    found = _KEY.match(override)
    assert found is not None  # noqa: S101 - it matches the empty text, too
    return found[0].strip(), override[found.end() :][:1], override[found.end() + 1 :]


def _value(key: str, text: str, source: str) -> Any:
    """The value of an override; `>= 0.9`, `,` and `%d.%m.%Y` need no quotes besides those that the shell takes away."""
    if key in _SIGN_KEYS and len(text) == 1:
        return text
    if key.startswith("preprocessing.columns.") and key.endswith(".format") and text.startswith("%"):
        return text
    if key.startswith(f"{_EXPECT}.") and text.strip().startswith((">", "<")) and text.isprintable():
        return text.strip()
    return read_yaml(text, source=source, has_lines=False).data


def _moved(document: Document, data: Any, path: KeyPath, made: Sequence[KeyPath], place: Place) -> Document:
    """The document with other data: what stands at `path`, and the mappings made for it, come from the override."""
    news = dict.fromkeys([*made, path], place)

    def updated(places: Mapping[KeyPath, Place]) -> dict[KeyPath, Place]:
        return {old: where for old, where in places.items() if old[: len(path)] != path} | news

    return Document(data, document.source, updated(document.keys), updated(document.values))


def key_parts(key: str, value: Any) -> tuple[str, ...]:
    """Splits a key at its dots, except in quotes, a column name or a label.

    Args:
        key: As in an override.
        value: What it is given: options of a column are a mapping.
    """
    parts = _parts(key)
    if parts[:2] == _CLASS_WEIGHT and len(parts) > 2:
        return *_CLASS_WEIGHT, ".".join(parts[2:])
    if parts[0] == _EXPECT and len(parts) > 1:
        return _EXPECT, ".".join(parts[1:])
    if parts[:2] == _COLUMNS and len(parts) > 3:
        is_map = parts[-1] == "map" and isinstance(value, dict) and not any(map(_is_text, value.values()))
        if isinstance(value, dict) and not is_map:
            return *_COLUMNS, ".".join(parts[2:])
        return *_COLUMNS, ".".join(parts[2:-1]), parts[-1]
    return parts


def key_part(name: str) -> str:
    r"""A name as a part of the key of an override, in quotes where it would not be read as it is.

    >>> key_part("age"), key_part("Date.1"), key_part("D=t")
    ('age', 'Date.1', '"D=t"')
    """
    is_plain = name.isprintable() and not {'"', "="} & {*name}
    return name if is_plain else json.dumps(name, ensure_ascii=not name.isprintable())


def _parts(key: str) -> tuple[str, ...]:
    """The parts between the dots of a key; one that is no text in UTF-8 is empty, as one that is missing."""
    return tuple(_without_quotes(part) for part in _PART.findall(f".{key}"))


def _without_quotes(part: str) -> str:
    if not re.fullmatch(_QUOTED, part):
        return part
    try:
        text: str = json.loads(part)
        text.encode()
    except ValueError:
        return ""
    return text


def _is_text(value: Any) -> bool:
    """Whether a value of a mapping is no number, so that the mapping holds the options of a column called `….map`."""
    return isinstance(value, bool) or not isinstance(value, int | float)


def _opened(value: Any, path: KeyPath) -> Any:
    """What an override of a deeper key goes into: a copy, the long form of a short form, or a new mapping."""
    if isinstance(value, (dict, list)):
        return value.copy()
    if isinstance(value, str) and path != _CLASS_WEIGHT:
        return {"type": value}
    return {"type": USUAL_OPTIMIZER} if path == _OPTIMIZER else {}


def _position(container: Any, part: str, path: KeyPath, source: str) -> str | int:
    if not isinstance(container, list):
        return part
    if part in map(str, range(len(container))):
        return int(part)
    known = f"a position from 0 to {len(container) - 1}" if container else "no position in an empty list"
    raise ConfigError(f"{source}: {dotted(path)}: expected {known}, got '{shown_text(part)}'")
