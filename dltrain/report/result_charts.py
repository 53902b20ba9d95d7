"""What was predicted for rows beside what is true, drawn."""

from typing import assert_never

from dltrain.features.preprocessing import Target
from dltrain.report.binary_charts import binary_charts
from dltrain.report.facts import BinaryResult, MulticlassResult, RegressionResult, Result
from dltrain.report.markup import Child, Markup, data
from dltrain.report.multiclass_charts import multiclass_charts
from dltrain.report.regression_charts import regression_charts
from dltrain.report.section import paragraph


def result_charts(result: Result | None, target: Target, *, is_weighted: bool) -> tuple[Markup | None, Markup | None]:
    """What a reader should know of the charts first, and the charts of the task.

    Args:
        result: What there is to draw; None when some predictions are not finite.
        target: What is predicted.
        is_weighted: Whether rows count with weights in metrics and curves.
    """
    words: list[Child] = []
    match result:
        case BinaryResult():
            shown = binary_charts(result, target.labels)
            words = ["Positive is the label ", data(target.labels[1]), ". "]
        case MulticlassResult():
            shown = multiclass_charts(result, target.labels)
        case RegressionResult():
            shown = regression_charts(result, target.name)
        case None:
            return paragraph("Some predictions are not finite numbers, so there is nothing to draw."), None
        case _:
            assert_never(result)
    if is_weighted:
        curves = "Curves and calibration count rows with their weights; the counts do not."
        has_curves = isinstance(result, BinaryResult)
        words.append(curves if has_curves else "Here every row counts alike, whatever its weight.")
    return paragraph(*words) if words else None, shown
