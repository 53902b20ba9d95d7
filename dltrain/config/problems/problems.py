"""What is wrong with a config, all of it at once, in words of its own.

Pydantic decides whether a config is valid. This module then finds and words the problems by walking the config along
its JSON Schema, because pydantic's messages speak of unions and tags that users never see.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError

from dltrain.config.json_schema import config_schema
from dltrain.config.problems.expected import expected, fits, has_type, shown
from dltrain.config.problems.key_hints import unknown_key_hint
from dltrain.config.problems.suggest import closest
from dltrain.config.problems.value_hints import IN_QUOTES, value_hint
from dltrain.config.yaml.document import Document, KeyPath, Place, dotted
from dltrain.config.yaml.overrides import USUAL_OPTIMIZER
from dltrain.errors import ConfigError, quoted_list

MAX_PROBLEMS: Final = 20

_FEW: Final = 3
_MISSING: Final = "a text that means missing stands in 'data.missing_values'"
_TYPE_KEYS: Final = ("name", "kind", "layer", "class", "class_name")
_COLUMNS: Final = ("preprocessing", "columns")
_QUOTED_NAME: Final = 'preprocessing.columns."NAME".KEY=VALUE'

_Schema = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something wrong at one place of a config.

    Attributes:
        path: The key.
        text: What is wrong, what was expected, what was found.
        hint: What to do about it; None when nothing useful is known.
        is_key: Whether the key itself is wrong, not its value.
    """

    path: KeyPath
    text: str
    hint: str | None = None
    is_key: bool = False


def config_error(problems: Iterable[Problem], document: Document) -> ConfigError:
    """One error with a line for every problem and its hint, in the order of the file; at most 20 of them."""
    found = list(islice(problems, MAX_PROBLEMS + 1))
    placed = sorted(
        ((document.place(problem.path, at_key=problem.is_key), problem) for problem in found[:MAX_PROBLEMS]),
        key=lambda item: item[0][1:],
    )
    placed = [(place, replace(problem, hint=_hint(problem, place))) for place, problem in placed]
    lines = []
    for number, (place, problem) in enumerate(placed, start=1):
        where = f"{place}: {dotted(problem.path)}" if problem.path else str(place)
        lines.append(f"{where}: {problem.text}")
        # What helps with several problems stands below the last of them.
        if problem.hint is not None and all(later.hint != problem.hint for _, later in placed[number:]):
            lines.append(f"    hint: {problem.hint}")
    if len(found) > MAX_PROBLEMS:
        lines.append(f"{document.source}: and more problems")
    return ConfigError("\n".join(lines))


def _hint(problem: Problem, place: Place) -> str | None:
    """The hint of a problem, for the shell where an override has it: that takes quotes away."""
    if not place.source.startswith("override "):
        return problem.hint
    # What stands before the first '=' was taken for the key.
    if problem.path[:2] == _COLUMNS and place.source.count("=") > 1 and '"' not in place.source.partition("=")[0]:
        return f"a name with '=' in it stands in quotes, and those in others for the shell: '{_QUOTED_NAME}'"
    quotes, _, text = (problem.hint or "").partition(": ")
    return f"{quotes}, and in others for the shell: '{text}'" if quotes == IN_QUOTES else problem.hint


def validation_problems(error: ValidationError, data: Any) -> Iterator[Problem]:
    """The problems that made pydantic refuse `data`."""
    n_found = 0
    for problem in find_problems(data):
        n_found += 1
        yield problem
    if n_found < MAX_PROBLEMS:
        yield from _rules_broken(error, data, is_rest=n_found > 0)


def find_problems(data: Any) -> Iterator[Problem]:
    """Where data departs from the JSON Schema of the config, in the order of the data."""
    yield from _check(data, config_schema(), ())


def _check(value: Any, schema: _Schema, path: KeyPath) -> Iterator[Problem]:
    options = _options(schema)
    # Null where it is the default says nothing worth telling.
    told = [option for option in options if option.get("type") != "null" or schema.get("default") is not None]
    matching = [option for option in options if has_type(value, option)]
    if not any(fits(value, option) for option in matching):
        suitable = [option for option in matching if option in told] or told
        yield _wrong(value, suitable, told, path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _check(item, matching[0]["items"], (*path, position))
    elif isinstance(value, dict):
        yield from _check_mapping(value, matching[0], path)


def _options(schema: _Schema) -> list[_Schema]:
    """What may stand at a place, without references."""
    if "$ref" in schema:
        return [_definition(schema["$ref"])]
    if "anyOf" in schema:
        return [option for choice in schema["anyOf"] for option in _options(choice)]
    return [schema]


def _definition(reference: str) -> _Schema:
    definition: _Schema = config_schema()["$defs"][reference.rpartition("/")[2]]
    return definition


def _wrong(value: Any, suitable: Sequence[_Schema], told: Sequence[_Schema], path: KeyPath) -> Problem:
    hint = _MISSING if value is None and path[-2:-1] == ("map",) else value_hint(value, told)
    return Problem(path, f"expected {expected(suitable, value)}, got {shown(value)}", hint)


def _check_mapping(value: dict[str, Any], schema: _Schema, path: KeyPath) -> Iterator[Problem]:
    siblings: dict[str, _Schema] = {}
    if "oneOf" in schema:
        mapping = schema["discriminator"]["mapping"]
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in mapping:
            yield _wrong_type(value, {name: _definition(reference) for name, reference in mapping.items()}, path)
            return
        siblings = {name: _definition(reference) for name, reference in mapping.items()}
        schema = siblings[kind]
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", False)
    meant = set()
    for key, item in value.items():
        if key in known or others:
            yield from _check(item, known.get(key, others), (*path, key))
            continue
        hint = _other_type_hint(key, siblings) or unknown_key_hint(key, known)
        if item is None and path and str(path[-1]).endswith(".map"):
            hint = _MISSING
        elif key.isdigit() and item is None:
            hint = "numbers have a decimal point, and no comma"
        meant.add(closest(key, known))
        listed = "" if hint else f", expected {quoted_list(list(known), limit=len(known))}"
        yield Problem((*path, key), f"unknown key{listed}", hint, is_key=True)
    for key in schema.get("required", ()):
        # A key that was only misspelt is not missing too.
        if key not in value and key not in meant:
            yield Problem((*path, key), f"required key is missing, expected {expected(_options(known[key]), None)}")


def _other_type_hint(key: str, siblings: dict[str, _Schema]) -> str | None:
    """Names the types that do have a key, such as the optimizers with momentum."""
    types = [name for name, section in siblings.items() if key in section["properties"]]
    return f"'{key}' is a key of type {quoted_list(types, limit=3)}" if types else None


def _wrong_type(value: dict[str, Any], types: dict[str, _Schema], path: KeyPath) -> Problem:
    """The mapping does not say which of several it is."""
    names = list(types)
    options = [{"type": "string", "enum": names}]
    if "type" in value:
        return _wrong(value["type"], options, options, (*path, "type"))
    # {name: dense, units: 8} says it with another key, {dense: {units: 8}} with none.
    used = [text for key, text in value.items() if key in _TYPE_KEYS and isinstance(text, str) and text in names]
    is_only = len(value) == 1
    used += [key.lower() for key, item in value.items() if key.lower() in names and (is_only or isinstance(item, dict))]
    having = _types_having(value, types)
    # The usual optimizer has no more keys than others.
    used += [name for name in having if name == USUAL_OPTIMIZER]
    hint = f"write {{type: {used[0]}, …}}" if used else None
    if hint is None and 0 < len(having) <= _FEW:
        hint = f"write {{type: {' or '.join(having)}, …}}"
    if any(":" in key for key in value):
        hint = "write a space behind the colon: {type: …}"
    return Problem((*path, "type"), f"required key is missing, expected {expected(options, None)}", hint)


def _types_having(value: dict[str, Any], types: dict[str, _Schema]) -> list[str]:
    """The types that have all keys of a mapping, each by its first name; none for an empty one."""
    found: list[str] = []
    for name, section in types.items():
        is_new = all(section is not types[other] for other in found)
        if value and is_new and value.keys() <= section["properties"].keys():
            found.append(name)
    return found


def _rules_broken(error: ValidationError, data: Any, *, is_rest: bool) -> Iterator[Problem]:
    """Rules that span several keys of a section, which no JSON Schema can say."""
    # Thousands of errors are no place to look for them.
    if error.error_count() > 1_000:
        return
    details = error.errors(include_url=False)
    rules = [detail for detail in details if detail["type"] == "value_error"]
    for detail in rules:
        yield Problem(_path_in(data, detail["loc"]), str(detail["ctx"]["error"]))
    if not rules and not is_rest:
        for detail in details:
            yield Problem(_path_in(data, detail["loc"]), f"expected another value, got {shown(detail['input'])}")


def _path_in(data: Any, location: tuple[Any, ...]) -> KeyPath:
    """The part of pydantic's location that leads through the data; it also names members of unions."""
    path: KeyPath = ()
    for part in location:
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            data, path = data[part], (*path, part)
    return path
