"""A figure in large digits."""

from dltrain.report.markup import Child, Markup, element
from dltrain.report.number_text import number


def card(heading: Child, value: float | None, note: Child, *, is_main: bool = False) -> Markup:
    """A card with one figure.

    Args:
        heading: What it is of.
        value: The figure.
        note: What to think of it, in a few words.
        is_main: Whether it stands out among others.
    """
    return element(
        "div",
        element("span", heading, attributes={"class": "card-heading"}),
        element("span", number(value), attributes={"class": "card-value"}),
        element("span", note, attributes={"class": "card-note"}),
        attributes={"class": "card main" if is_main else "card"},
    )
