"""The page of a run as a whole."""

from typing import assert_never

from dltrain.report.binary_charts import binary_charts
from dltrain.report.columns_section import importance_section
from dltrain.report.data_section import data_section
from dltrain.report.document import html_document
from dltrain.report.facts import BinaryResult, MulticlassResult, RegressionResult, ReportFacts
from dltrain.report.gates_section import gates_section
from dltrain.report.learning import learning_section
from dltrain.report.markup import Markup, data, element, join
from dltrain.report.measured import metrics_section
from dltrain.report.mistakes import mistakes_section
from dltrain.report.multiclass_charts import multiclass_charts
from dltrain.report.network_section import network_section
from dltrain.report.number_text import number
from dltrain.report.origin import origin_section
from dltrain.report.regression_charts import regression_charts
from dltrain.report.section import paragraph, section
from dltrain.report.summary import summary_section
from dltrain.run.decision_in_words import decision_in_words


def report_page(facts: ReportFacts) -> str:
    """The page of a run."""
    return html_document(
        title=f"{facts.name} · dltrain report",
        header=[element("h1", data(facts.name)), element("p", f"dltrain report · {facts.config.data.task}")],
        sections=[
            summary_section(facts),
            metrics_section(facts),
            gates_section(facts),
            _test_section(facts),
            importance_section(facts),
            mistakes_section(facts),
            learning_section(facts),
            network_section(facts),
            data_section(facts),
            origin_section(facts),
        ],
    )


def _test_section(facts: ReportFacts) -> Markup:
    labels = facts.preprocessing.target.labels
    match facts.result:
        case BinaryResult():
            shown = binary_charts(facts.result, labels)
            words = join(["Positive is the label ", data(labels[1]), ". "])
        case MulticlassResult():
            shown, words = multiclass_charts(facts.result, labels), Markup()
        case RegressionResult():
            shown, words = regression_charts(facts.result, facts.preprocessing.target.name), Markup()
        case None:
            shown, words = Markup(), Markup("Some predictions are not finite numbers, so there is nothing to draw.")
        case _:
            assert_never(facts.result)
    if facts.is_weighted and facts.result is not None:
        has_curves = isinstance(facts.result, BinaryResult)
        curves = "Curves and calibration count rows with their weights; the counts do not."
        words = join([words, curves if has_curves else "Here every row counts alike, whatever its weight."])
    return section("test", "On the test rows", paragraph(words) if words else None, _decision(facts), shown)


def _decision(facts: ReportFacts) -> Markup | None:
    """How probabilities became labels; None where the most probable label is predicted."""
    lines = decision_in_words(facts.config, facts.metrics.decision, number)
    if not lines:
        return None
    told = [join([element("strong", name.capitalize()), f": {text}. "]) for name, text in lines]
    is_fixed = facts.config.decision is not None and facts.config.decision.is_fixed
    settled = (
        None if is_fixed else "Settled on the validation rows after the last epoch; learning curves know nothing of it."
    )
    return paragraph(*told, settled)
