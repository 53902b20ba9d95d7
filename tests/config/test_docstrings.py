"""The docstrings under attributes."""

from pydantic import BaseModel, ConfigDict

from dltrain.config.docstrings import attribute_docstrings
from dltrain.config.sections.section import Section


def test_a_class_has_those_of_the_classes_it_inherits_from() -> None:
    class Base(Section):
        """Not counted."""

        first: int
        """Of the base."""
        second: int
        """Replaced."""

    class Derived(Base):
        second: int
        """Several
        lines."""
        third: int

    class Reference(BaseModel):
        model_config = ConfigDict(use_attribute_docstrings=True)

        first: int
        """Of the base."""
        second: int
        """Several
        lines."""

    expected = {name: field.description for name, field in Reference.model_fields.items()}
    assert attribute_docstrings(Derived) == expected
