"""The JSON Schema of the config: for editors, and for wording what is wrong with a config."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from dltrain.config.config import Config
from dltrain.config.docstrings import attribute_docstrings
from dltrain.config.sections.losses import LONG_NAMES
from dltrain.config.sections.section import Section

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _WithoutTitles(GenerateJsonSchema):
    """Keys are their own titles."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def config_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of everything `load_config` accepts, short forms and aliases included.

    Every call gives the same object.
    """
    schema = Config.model_json_schema(schema_generator=_WithoutTitles)
    _describe(schema, Config)
    sections = {section.__name__: section for section in _sections(Section)}
    for name, definition in schema["$defs"].items():
        definition.pop("title", None)
        _describe(definition, sections[name])
    _accept_aliases(schema)
    return {
        "$schema": DIALECT,
        "$id": "urn:dltrain:config",
        "title": "dltrain config",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _sections(base: type[Section]) -> Iterator[type[Section]]:
    """All classes that inherit from one."""
    for section in base.__subclasses__():
        yield section
        yield from _sections(section)


def _describe(definition: dict[str, Any], kind: type) -> None:
    """Adds what the class says of its attributes."""
    for name, text in attribute_docstrings(kind).items():
        if name in definition["properties"]:
            definition["properties"][name]["description"] = text


def _accept_aliases(schema: dict[str, Any]) -> None:
    """Lets `{type: mean_squared_error}` be written for `{type: mse}`."""
    loss = schema["$defs"]["TrainingSection"]["properties"]["loss"]
    choice = next(option for option in loss["anyOf"] if "oneOf" in option)
    mapping: dict[str, str] = choice["discriminator"]["mapping"]
    for alias, name in LONG_NAMES.items():
        mapping[alias] = mapping[name]
        definition = schema["$defs"][mapping[name].rpartition("/")[2]]
        kind = definition["properties"]["type"]
        kind["enum"] = [*kind.get("enum", [kind.pop("const", None)]), alias]
