"""What was predicted for rows beside what is true, drawn."""

from typing import Final, assert_never

from dltrain.features.preprocessing import Target
from dltrain.report.binary_charts import binary_charts
from dltrain.report.facts import BinaryResult, MulticlassResult, RegressionResult, Result
from dltrain.report.markup import Child, Markup, data
from dltrain.report.multiclass_charts import multiclass_charts
from dltrain.report.regression_charts import regression_charts
from dltrain.report.section import paragraph

_CURVES: Final = "Curves and calibration count rows with their weights; the counts do not."
_SHIFTED: Final = (
    "Curves and calibration count rows without the weights of their classes. Training did count with them, so the "
    "probabilities are those of a table in which the classes are as frequent as their weights make them: points beside "
    "the line of the calibration are no fault of the network."
)


def result_charts(
    result: Result | None, target: Target, *, is_weighted: bool, has_class_weights: bool
) -> tuple[Markup | None, Markup | None]:
    """What a reader should know of the charts first, and the charts of the task.

    Args:
        result: What there is to draw; None when some predictions are not finite.
        target: What is predicted.
        is_weighted: Whether rows count with weights in metrics.
        has_class_weights: Whether some of these are of their classes, which curves do without.
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
        curves = _SHIFTED if has_class_weights else _CURVES
        words.append(
            curves if isinstance(result, BinaryResult) else "Here every row counts alike, whatever its weight."
        )
    return paragraph(*words) if words else None, shown
