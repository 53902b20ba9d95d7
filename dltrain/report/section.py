"""A part of the page under a heading."""

from dltrain.report.markup import Child, Markup, element


def section(key: str, heading: str, *children: Child) -> Markup:
    """A section; `key` is unique on the page."""
    title = element("h2", heading, attributes={"id": f"{key}-heading"})
    return element("section", title, *children, attributes={"id": key, "aria-labelledby": f"{key}-heading"})


def paragraph(*children: Child, kind: str = "") -> Markup:
    """A paragraph; `kind` is a class for the style."""
    return element("p", *children, attributes={"class": kind} if kind else {})


def charts(*figures: Child) -> Markup:
    """Figures side by side, as many as there is room for."""
    return element("div", *figures, attributes={"class": "charts"})
