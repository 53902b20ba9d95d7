"""Documents for the property tests: made along the JSON Schema, and spoilt in one place."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from dltrain.config.json_schema import config_schema

SCHEMA = config_schema()
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.floats(),
    st.sampled_from([10**299, -(10**20), 1e300, 0.5, 1.0]),
    st.text(max_size=8),
    st.sampled_from(["adam", "dense", "none", "no", "1e-3", "010", "balanced"]),
    st.lists(st.integers(0, 2), max_size=2),
    st.dictionaries(st.sampled_from(["type", "units", "x"]), st.integers(0, 2), max_size=2),
)


@cache
def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Configs as the schema describes them."""
    return _values(SCHEMA)


@st.composite
def spoilt_documents(draw: st.DrawFn) -> Any:
    """Configs with one to three places replaced, removed, renamed or added."""
    document = draw(documents())
    for _ in range(draw(st.integers(1, 3))):
        document = _spoilt(document, draw)
    return document


def _spoilt(value: Any, draw: st.DrawFn) -> Any:
    """Walks to a random place and changes it."""
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        match draw(st.sampled_from(["below", "below", "below", "below", "below", "remove", "rename", "add"])):
            case "below":
                return value | {key: _spoilt(value[key], draw)}
            case "remove":
                return {name: item for name, item in value.items() if name != key}
            case "rename":
                return {(f"{name}s" if name == key else name): item for name, item in value.items()}
        return value | {draw(st.text(max_size=5)): draw(JUNK)}
    if isinstance(value, list) and value:
        position = draw(st.integers(0, len(value) - 1))
        return [*value[:position], _spoilt(value[position], draw), *value[position + 1 :]]
    return draw(JUNK)


def _values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match schema:
        case {"$ref": reference}:
            return _section(reference.rpartition("/")[2])
        case {"anyOf": options} | {"oneOf": options}:
            return st.one_of([_values(option) for option in options])
        case {"enum": names}:
            return st.sampled_from(names)
        case {"const": name}:
            return st.just(name)
    return _OF_TYPE[schema["type"]](schema)


@cache
def _section(name: str) -> st.SearchStrategy[Any]:
    return _values(SCHEMA["$defs"][name])


def _mappings(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return st.dictionaries(st.text(max_size=8), _values(schema["additionalProperties"]), max_size=2)
    required = {name: _values(schema["properties"][name]) for name in schema.get("required", ())}
    optional = {name: _values(child) for name, child in schema["properties"].items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def _numbers(schema: dict[str, Any]) -> st.SearchStrategy[float]:
    lowest = schema.get("minimum", schema.get("exclusiveMinimum"))
    highest = schema.get("maximum", schema.get("exclusiveMaximum"))
    return st.floats(
        lowest,
        highest,
        exclude_min="exclusiveMinimum" in schema,
        exclude_max="exclusiveMaximum" in schema,
        allow_nan=False,
        allow_infinity=False,
    )


def _integers(schema: dict[str, Any]) -> st.SearchStrategy[int]:
    highest = schema.get("maximum", schema.get("exclusiveMaximum", 10**20) - 1)
    return st.integers(schema.get("minimum"), highest)


_OF_TYPE: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
    "null": lambda schema: st.none(),
    "boolean": lambda schema: st.booleans(),
    "integer": _integers,
    "number": _numbers,
    "string": lambda schema: st.text(min_size=schema.get("minLength", 0), max_size=12),
    "array": lambda schema: st.lists(
        _values(schema["items"]), min_size=schema.get("minItems", 0), max_size=schema.get("maxItems", 3)
    ),
    "object": _mappings,
}
