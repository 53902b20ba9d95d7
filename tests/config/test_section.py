import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from dltrain.config.sections.section import Section, ShortForm


class Circle(Section):
    """Round."""

    type: Literal["circle"]
    radius: float = 1.0


class Square(Section):
    """Four corners."""

    type: Literal["square"]
    side: float = 1.0


SHAPES: TypeAdapter[Any] = TypeAdapter(
    Annotated[Circle | Square, Field(discriminator="type"), ShortForm({"disc": "circle"})]
)


@pytest.mark.parametrize("written", ["circle", "disc", {"type": "circle"}, {"type": "disc", "radius": 1}])
def test_a_choice_is_written_by_name_or_alias_or_at_length(written: Any) -> None:
    assert SHAPES.validate_json(json.dumps(written)) == Circle(type="circle")


@pytest.mark.parametrize("written", ["blob", 3, None, {"radius": 1}, {"type": 3}])
def test_anything_else_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        SHAPES.validate_json(json.dumps(written))


def test_the_schema_has_names_and_aliases_beside_the_long_form() -> None:
    short, long = SHAPES.json_schema()["anyOf"]
    assert short == {"type": "string", "enum": ["circle", "square", "disc"]}
    assert set(long["discriminator"]["mapping"]) == {"circle", "square"}


@pytest.mark.parametrize("written", ['{"type": "circle", "radius": "1"}', '{"type": "circle", "radius": NaN}'])
def test_sections_are_strict_and_finite(written: str) -> None:
    with pytest.raises(ValidationError):
        SHAPES.validate_json(written)
