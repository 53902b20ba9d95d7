"""Where the run came from: data, versions, config."""

from collections.abc import Mapping
from datetime import UTC, datetime

from dltrain.report.figure import table
from dltrain.report.markup import Markup, data, element
from dltrain.report.section import section
from dltrain.run import DataFile


def origin_section(
    tables: Mapping[str, DataFile], *, created: str, versions: Mapping[str, str], config: str, config_name: str
) -> Markup:
    """Everything that is needed to make a run, or a group of them, again.

    Args:
        tables: Role → the table it was made from.
        created: When it was made, ISO 8601.
        versions: Of the libraries that made it.
        config: As YAML.
        config_name: What it is, in words.
    """
    files = [
        (role, data(file.path), element("code", file.sha256), f"{file.rows:,}", f"{file.size:,}")
        for role, file in tables.items()
    ]
    made_with = ", ".join(f"{name} {version}" for name, version in versions.items())
    return section(
        "origin",
        "Origin",
        table(["table", "path", "SHA-256", "rows", "bytes"], files, label="Tables", n_text=3),
        element("p", f"Made {_moment(created)} with {made_with}."),
        element("details", element("summary", config_name), element("pre", config)),
    )


def _moment(created: str) -> str:
    """ISO 8601 as a reader wants it: to the minute.

    >>> _moment("2026-11-21T12:05:59+00:00")
    '2026-11-21 at 12:05 UTC'
    """
    return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%d at %H:%M} UTC"
