"""One page that shows what a run is worth: self-contained HTML, charts as inline SVG, every number in a table."""

from dltrain.report.facts import (
    BinaryResult,
    ImportanceRow,
    Mistake,
    MulticlassResult,
    RegressionResult,
    ReportFacts,
    Result,
)
from dltrain.report.page import report_page

__all__ = [
    "BinaryResult",
    "ImportanceRow",
    "Mistake",
    "MulticlassResult",
    "RegressionResult",
    "ReportFacts",
    "Result",
    "report_page",
]
