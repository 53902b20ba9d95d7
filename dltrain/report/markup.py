"""HTML that cannot be broken by what stands in it: text becomes markup in one way only, escaped."""

import html
from collections.abc import Iterable, Mapping
from typing import Final


class Markup(str):
    """Text that is HTML already, made by the functions of this module."""

    __slots__ = ()


Child = str | Markup | None
"""Plain text is escaped, markup stays as it is, None is nothing."""

_VOID: Final = frozenset({"meta", "br", "col"})


def _replacements() -> dict[int, str]:
    """Characters that HTML does not allow, or that cannot be written as UTF-8, become the sign for such."""
    controls = [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
    return {code: "\ufffd" for code in controls if chr(code) not in "\t\n"}


_NOT_ALLOWED: Final = _replacements()


def escape(text: Child) -> Markup:
    """A text as HTML.

    >>> escape('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    if text is None:
        return Markup()
    return text if isinstance(text, Markup) else Markup(html.escape(text.translate(_NOT_ALLOWED)))


def element(name: str, *children: Child, attributes: Mapping[str, str | float] | None = None) -> Markup:
    """An element with its children.

    >>> element("p", "a < b", element("b", "c"), attributes={"class": "note"})
    '<p class="note">a &lt; b<b>c</b></p>'
    """
    shown = "".join(f' {key}="{escape(_text(value))}"' for key, value in (attributes or {}).items())
    if name in _VOID:
        return Markup(f"<{name}{shown}>")
    return Markup(f"<{name}{shown}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Markup:
    """Several children one after the other."""
    return Markup("".join(map(escape, children)))


def data(text: str) -> Markup:
    """A text that comes from a table or a config: it may be written from right to left, or be very long."""
    return element("bdi", text)


def _text(value: str | float) -> str:
    """A number as short as a picture needs it: to the hundredth."""
    if isinstance(value, str):
        return value
    return f"{value:.2f}".rstrip("0").rstrip(".")
