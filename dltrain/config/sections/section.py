"""What every section of the config shares: strict types, no unknown keys, documented fields, short forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Section(BaseModel):
    """A frozen part of the config. Attribute docstrings become the JSON Schema's descriptions."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
    )


SectionT = TypeVar("SectionT", bound=Section)


@dataclass(frozen=True, eq=False)
class ShortForm:
    """Marks a choice between sections that can be written by its name alone: `adam` means `{type: adam}`.

    Args:
        aliases: Other names, and the name each one stands for.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)

    def expand(self, value: Any) -> Any:
        """The long form of a name; anything else is returned as it is.

        >>> ShortForm({"logcosh": "log_cosh"}).expand("logcosh")
        {'type': 'log_cosh'}
        """
        if isinstance(value, str):
            value = {"type": value}
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            return value | {"type": self.aliases.get(value["type"], value["type"])}
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        choice = handler(schema)
        names = [*choice["discriminator"]["mapping"], *self.aliases]
        return {"anyOf": [{"type": "string", "enum": names}, choice]}
