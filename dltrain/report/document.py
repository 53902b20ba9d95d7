"""The frame of a page: HTML that needs nothing else, no file, no network, no script."""

import base64
import hashlib
from collections.abc import Iterable
from importlib import resources

from dltrain.report.markup import Child, Markup, element


def html_document(*, title: str, header: Iterable[Child], sections: Iterable[Child]) -> str:
    """A whole page.

    Args:
        title: Of the window.
        header: What the page begins with.
        sections: What follows; None for those that there are not.
    """
    style = Markup(resources.files("dltrain.report").joinpath("style.css").read_text(encoding="utf-8"))
    head = [
        element("meta", attributes={"charset": "utf-8"}),
        element("meta", attributes={"http-equiv": "Content-Security-Policy", "content": _policy(style)}),
        element("meta", attributes={"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", attributes={"name": "color-scheme", "content": "light dark"}),
        element("title", title),
        element("style", style),
    ]
    body = [element("header", *header), element("main", *sections)]
    whole = element("html", element("head", *head), element("body", *body), attributes={"lang": "en"})
    return f"<!doctype html>\n{whole}\n"


def _policy(style: str) -> str:
    """Nothing may be loaded, run or sent anywhere; the one style is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
