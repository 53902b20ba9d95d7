"""Where the run came from: data, versions, config."""

from datetime import UTC, datetime

from dltrain.report.facts import ReportFacts
from dltrain.report.figure import table
from dltrain.report.markup import Markup, data, element
from dltrain.report.section import section


def origin_section(facts: ReportFacts) -> Markup:
    """Everything that is needed to make the run again."""
    files = [
        (role, data(file.path), element("code", file.sha256), f"{file.rows:,}", f"{file.size:,}")
        for role, file in facts.data.items()
    ]
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    return section(
        "origin",
        "Origin",
        table(["table", "path", "SHA-256", "rows", "bytes"], files, label="Tables", n_text=3),
        element("p", f"Made {_moment(facts.created)} with {versions}."),
        element("details", element("summary", "Config, every default filled in"), element("pre", facts.config_text)),
    )


def _moment(created: str) -> str:
    """ISO 8601 as a reader wants it: to the minute.

    >>> _moment("2026-11-21T12:05:59+00:00")
    '2026-11-21 at 12:05 UTC'
    """
    return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%d at %H:%M} UTC"
