"""JSON from a stranger: its size in memory, its keys and its types are checked before anything is made of it."""

import json
from typing import Any, Final, NoReturn

from pydantic import ValidationError

from dltrain.config.sections.section import Section, SectionT
from dltrain.config.yaml.document import dotted, shown_text

MAX_JSON_BYTES: Final = 256 * 2**20

_MAX_KEYS: Final = 64
"""Keys of one object; the widest one has a key for every metric. Every wrong key or item becomes an error of half a
kilobyte in Pydantic, hence this limit, and `fail_fast` of long lists."""

_FREE_VALUES: Final = 750_000
_BYTES_PER_VALUE: Final = 40
"""A value takes up to 110 bytes of memory however short its text, so too many of them in a short text are refused:
reading takes at most 100 MB and twice the text, or three times the text in files of more than 85 MB."""

_MAX_DIGITS: Final = 30
_MAX_SHOWN: Final = 200


def to_json(section: Section) -> str:
    """A model as JSON, for people and programs."""
    return section.model_dump_json(indent=2) + "\n"


def parse_json(content: bytes, model: type[SectionT]) -> SectionT:
    """Reads JSON as a model.

    Raises:
        ValueError: As `read_json` and `to_model`.
    """
    return to_model(read_json(content), model)


def read_json(content: bytes) -> Any:
    """Reads JSON: objects as dictionaries, the lists in them as tuples.

    Raises:
        ValueError: It is no JSON, has a key twice, or would take too much memory.
    """
    # Those inside texts count as well: this only has to be an upper bound.
    n_values = sum(map(content.count, (b",", b":", b"[", b"{")))
    if n_values > _FREE_VALUES + len(content) // _BYTES_PER_VALUE:
        raise ValueError(f"expected fewer values in {len(content):,} bytes, got about {n_values:,}")
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_object, parse_int=_integer, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not a JSON file: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError("not a JSON file: too many levels") from error


def to_model(values: Any, model: type[SectionT]) -> SectionT:
    """Makes a model of what `read_json` gives.

    Pydantic's own JSON parser is not used: it takes the last one of two equal keys, and its errors hold copies of
    everything around the mistake.

    Raises:
        ValueError: Something does not fit the model.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = shown_text(dotted(first["loc"]), limit=_MAX_SHOWN)
        raise ValueError(f"{where}: {shown_text(first['msg'], limit=_MAX_SHOWN)}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MAX_KEYS:
        raise ValueError(f"expected at most {_MAX_KEYS} keys in an object, got {len(pairs):,}")
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key '{shown_text(key)}' is given twice")
        # Strict models want tuples. A list in a list stays one: no model has any.
        result[key] = tuple(value) if isinstance(value, list) else value
    return result


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"not a JSON file: a number with {len(text):,} digits")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"expected finite numbers, got {name}")
