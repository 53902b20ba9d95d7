"""A figure: a caption, a picture that can be read out, and its numbers as a table."""

from collections.abc import Iterable, Sequence

from dltrain.report.markup import Child, Markup, element, join

WIDTH = 360
"""Of every chart, in the units of its picture. On a phone that is about a unit a pixel, so text keeps its size."""


def figure(
    key: str, *, title: str, description: str, picture: Sequence[Child], height: float, table: Markup, note: str = ""
) -> Markup:
    """A figure.

    Args:
        key: Unique on the page.
        title: What is shown, in a few words.
        description: What a person who does not see the picture has to know.
        picture: SVG elements.
        height: Of the picture, at the width `WIDTH`.
        table: The numbers.
        note: A line below the title; empty for none.
    """
    svg = element(
        "svg",
        element("title", title, attributes={"id": f"{key}-title"}),
        element("desc", description, attributes={"id": f"{key}-desc"}),
        *picture,
        attributes={
            "role": "img",
            "aria-labelledby": f"{key}-title {key}-desc",
            "viewBox": f"0 0 {WIDTH} {height:g}",
            "xmlns": "http://www.w3.org/2000/svg",
        },
    )
    caption = element("figcaption", element("strong", title), element("span", note) if note else None)
    numbers = element("details", element("summary", "Numbers", attributes={"aria-label": f"Numbers: {title}"}), table)
    return element("figure", caption, svg, numbers, attributes={"id": key})


def table(headings: Sequence[Child], rows: Iterable[Sequence[Child]], *, label: str, n_text: int = 1) -> Markup:
    """A table that scrolls sideways by itself when it is too wide.

    Args:
        headings: Of the columns.
        rows: Cells; the first one of a row is its heading.
        label: What the table holds, for people who do not see it.
        n_text: So many columns hold text; those after them hold numbers.
    """

    def cell(tag: str, position: int, child: Child, scope: str | None) -> Markup:
        attributes = {} if position < n_text else {"class": "n"}
        return element(tag, child, attributes=attributes | ({"scope": scope} if scope else {}))

    head = join(cell("th", position, child, "col") for position, child in enumerate(headings))
    body = [
        element("tr", cell("th", 0, row[0], "row"), *(cell("td", n, child, None) for n, child in enumerate(row[1:], 1)))
        for row in rows
    ]
    whole = element(
        "table",
        element("thead", element("tr", head)),
        element("tbody", *body),
    )
    return element("div", whole, attributes={"class": "scroll", "role": "region", "aria-label": label, "tabindex": "0"})
