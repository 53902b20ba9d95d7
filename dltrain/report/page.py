"""The page of a run as a whole."""

from dltrain.report.columns_section import importance_section
from dltrain.report.data_section import data_section
from dltrain.report.document import html_document
from dltrain.report.facts import ReportFacts
from dltrain.report.gates_section import gates_section
from dltrain.report.learning import learning_section
from dltrain.report.markup import Markup, data, element, join
from dltrain.report.measured import metrics_section
from dltrain.report.mistakes import mistakes_section
from dltrain.report.network_section import network_section
from dltrain.report.number_text import number
from dltrain.report.origin import origin_section
from dltrain.report.result_charts import result_charts
from dltrain.report.section import paragraph, section
from dltrain.report.summary import summary_section
from dltrain.run.decision_in_words import decision_in_words
from dltrain.run.gates import judge_run


def report_page(facts: ReportFacts) -> str:
    """The page of a run."""
    return html_document(
        title=f"{facts.name} · dltrain report",
        header=[element("h1", data(facts.name)), element("p", f"dltrain report · {facts.config.data.task}")],
        sections=[
            summary_section(facts),
            metrics_section(facts),
            gates_section(judge_run(facts.config, facts.metrics)),
            _test_section(facts),
            importance_section(facts),
            mistakes_section(facts.mistakes, facts.places, facts.preprocessing.target.task),
            learning_section(facts),
            network_section(facts),
            data_section(facts),
            origin_section(
                facts.data,
                created=facts.created,
                versions=facts.versions,
                config=facts.config_text,
                config_name="Config, every default filled in",
            ),
        ],
    )


def _test_section(facts: ReportFacts) -> Markup:
    words, shown = result_charts(
        facts.result,
        facts.preprocessing.target,
        is_weighted=facts.is_weighted,
        has_class_weights=facts.has_class_weights,
    )
    return section("test", "On the test rows", words, _decision(facts), shown)


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
