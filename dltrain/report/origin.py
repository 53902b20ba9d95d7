"""Where the run came from: data, versions, config."""

from dltrain.report.facts import ReportFacts
from dltrain.report.figure import table
from dltrain.report.markup import Markup, data, element
from dltrain.report.section import section


def origin_section(facts: ReportFacts) -> Markup:
    """Everything that is needed to make the run again."""
    files = [
        (role, data(file.path), f"{file.rows:,}", f"{file.size:,}", element("code", file.sha256))
        for role, file in facts.data.items()
    ]
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    return section(
        "origin",
        "Origin",
        table(["table", "path", "rows", "bytes", "SHA-256"], files, label="Tables", n_text=2, kind="wide"),
        element("p", f"Made {facts.created} with {versions}."),
        element("details", element("summary", "Config, every default filled in"), element("pre", facts.config_text)),
    )
