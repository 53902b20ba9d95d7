"""Cross-checks of section `logs`: the address, which may hold what nobody else should read."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from dltrain.config.problems.problems import Problem
from dltrain.config.sections.logs import SQLITE, TRACKING_URI, LogsSection, sqlite_path
from dltrain.config.yaml.document import shown_text

_EXPECTED: Final = "expected sqlite:///FILE or the address of a server, http://… or https://…"


def log_problems(logs: LogsSection | None) -> Iterator[Problem]:
    """What is wrong with the section."""
    if logs is None or logs.mlflow is None:
        return
    uri = logs.mlflow.tracking_uri
    path = sqlite_path(uri)
    if path is None:
        yield from _server_problems(uri)
    elif not path or "?" in path:
        yield Problem(TRACKING_URI, f"expected sqlite:///FILE with the path of a file without '?', got '{_shown(uri)}'")


def _server_problems(uri: str) -> Iterator[Problem]:
    try:
        address = urlsplit(uri)
        is_server = address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        is_server = False
    # What may hold a password is not repeated: messages end up in logs.
    if "@" in uri or (is_server and (address.query or address.fragment)):
        hint = "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the environment"
        yield Problem(TRACKING_URI, "expected an address without user, password and '?', since it is saved", hint)
    elif not is_server:
        is_name = uri != "" and ":" not in uri
        yield Problem(
            TRACKING_URI, f"{_EXPECTED}, got '{_shown(uri)}'", f"{SQLITE}{_shown(uri)}.db" if is_name else None
        )


def _shown(uri: str) -> str:
    return shown_text(uri, limit=200)
