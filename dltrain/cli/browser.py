"""Showing a page in the browser of whoever sits here."""

from pathlib import Path

from dltrain.cli.notes import note


def open_page(path: Path) -> None:
    """Opens a file in the browser, or says that there is none."""
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        note("no browser could be opened")
