"""A short way to check a table."""

from pathlib import Path
from typing import Any

from dltrain.config import config_from_dict
from dltrain.workflows.check import check
from dltrain.workflows.checking.report import CheckReport

LEAKS = {"leak", "groups", "known_rows"}
"""Topics of what makes scores look better than they are."""


def report_of(path: Path, target: str, **sections: Any) -> CheckReport:
    content: dict[str, Any] = {
        "data": {"path": str(path), "target": target},
        "model": {"layers": [{"type": "dense", "units": 8, "activation": "relu"}]},
    }
    for section, values in sections.items():
        content[section] = {**content.get(section, {}), **values}
    return check(config_from_dict(content))


def topics(report: CheckReport) -> set[tuple[str | None, str]]:
    return {(finding.column, finding.topic) for finding in report.findings}
