"""Where the run came from: data, versions, config."""

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
        element("p", f"Made {facts.created} with {versions}."),
        element("details", element("summary", "Config, every default filled in"), element("pre", facts.config_text)),
    )
