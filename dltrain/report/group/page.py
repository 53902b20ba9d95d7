"""The page of a cross-validation, or of several seeds, as a whole."""

from dltrain.report.charts.curves_chart import MOST_CURVES
from dltrain.report.document import html_document
from dltrain.report.gates_section import gates_section
from dltrain.report.group.facts import GroupFacts
from dltrain.report.group.importance import importance_section
from dltrain.report.group.measured import members_section, metrics_section
from dltrain.report.group.summary import summary_section
from dltrain.report.markup import Markup, data, element
from dltrain.report.mistakes import mistakes_section
from dltrain.report.origin import origin_section
from dltrain.report.overlaid_curves import TrainedRun, overlaid_curves
from dltrain.report.result_charts import result_charts
from dltrain.report.section import charts, paragraph, section
from dltrain.run.members import FOLDS


def group_page(facts: GroupFacts) -> str:
    """The page of a group."""
    pooled, task = facts.pooled, facts.summary.task
    return html_document(
        title=f"{facts.name} · dltrain report",
        header=[
            element("h1", data(facts.name)),
            element("p", f"dltrain report · {task} · {len(facts.members):,} {facts.word}s"),
        ],
        sections=[
            summary_section(facts),
            metrics_section(facts),
            gates_section(facts.gates),
            members_section(facts),
            _pooled_section(facts),
            importance_section(facts),
            mistakes_section(pooled.mistakes, pooled.places, task) if pooled else None,
            _curves_section(facts),
            origin_section(
                facts.data,
                created=facts.summary.created,
                versions=facts.versions,
                config=facts.config_text,
                config_name="Config of all folds" if facts.summary.group == FOLDS else "Config of the first seed",
            ),
        ],
    )


def _pooled_section(facts: GroupFacts) -> Markup | None:
    if facts.pooled is None:
        return None
    words, shown = result_charts(
        facts.pooled.result, facts.target, is_weighted=facts.is_weighted, has_class_weights=facts.has_class_weights
    )
    how = paragraph("Every row is predicted by the network of its fold, which did not see it.")
    return section("test", "On all rows", how, words, shown)


def _curves_section(facts: GroupFacts) -> Markup:
    runs = [
        TrainedRun(run.name, position, run.history, run.metrics.best_epoch)
        for position, run in enumerate(facts.members[:MOST_CURVES])
    ]
    metrics = [name for name in facts.summary.metrics if all(f"val_{name}" in run.history[0] for run in runs)]
    words = "Epoch by epoch, on the validation rows; the dots are the epochs whose weights were kept."
    few = f" Drawn are the first {MOST_CURVES} of {len(facts.members):,} {facts.word}s."
    return section(
        "learning",
        "Learning curves",
        paragraph(words + (few if len(runs) < len(facts.members) else "")),
        charts(
            overlaid_curves("losses", "Validation loss", "val_loss", runs),
            *(overlaid_curves(f"curves-{name}", f"Validation {name}", f"val_{name}", runs) for name in metrics),
        ),
    )
