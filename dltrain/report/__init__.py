"""Pages that show what runs are worth: self-contained HTML, charts as inline SVG, every number in a table."""

from dltrain.report.comparison.page import comparison_page
from dltrain.report.facts import (
    BinaryResult,
    Mistake,
    MulticlassResult,
    RegressionResult,
    ReportFacts,
    Result,
)
from dltrain.report.group.page import group_page
from dltrain.report.page import report_page

__all__ = [
    "BinaryResult",
    "Mistake",
    "MulticlassResult",
    "RegressionResult",
    "ReportFacts",
    "Result",
    "comparison_page",
    "group_page",
    "report_page",
]
