"""What every section of the config shares: strict types, no unknown keys, documented fields."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen part of the config. Attribute docstrings become the JSON Schema's descriptions."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


def named(value: Any) -> Any:
    """Reads the short form of a choice: `adam` means `{type: adam}`; anything else is returned as it is."""
    return {"type": value} if isinstance(value, str) else value
