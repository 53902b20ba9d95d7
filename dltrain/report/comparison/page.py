"""The page that compares runs."""

from dltrain.errors import counted
from dltrain.report.card import card
from dltrain.report.comparison.compared import ComparedFacts, ComparisonFacts
from dltrain.report.comparison.curves import curves_section
from dltrain.report.comparison.difference_chart import VERDICTS
from dltrain.report.comparison.metrics import differences_section, measured_section
from dltrain.report.comparison.networks import networks_section
from dltrain.report.comparison.words import verdict_sentence
from dltrain.report.document import html_document
from dltrain.report.figure import table
from dltrain.report.markup import Markup, data, element
from dltrain.report.number_text import better_text, listed, signed
from dltrain.report.section import paragraph, section

_FEW_CARDS = 3


def comparison_page(facts: ComparisonFacts) -> str:
    """The page: a summary in words, the metrics and how sure their differences are, configs, curves, networks."""
    names = [run.name for run in facts.runs]
    return html_document(
        title=f"{listed(names)} · dltrain compare",
        header=[
            element("h1", Markup(listed([data(name) for name in names]))),
            element("p", f"dltrain compare · {facts.task}"),
        ],
        sections=[
            _summary_section(facts),
            measured_section(facts),
            differences_section(facts),
            _config_section(facts),
            curves_section(facts),
            networks_section(facts),
            _runs_section(facts),
        ],
    )


def _summary_section(facts: ComparisonFacts) -> Markup:
    first, *others = facts.runs
    has_sure = any(found.verdict in {"better", "worse"} for run in others for found in run.differences.values())
    weights = " with their weights" if facts.is_weighted else ""
    return section(
        "summary",
        "Summary",
        paragraph(
            f"{len(facts.runs):,} networks predict ",
            element("strong", data(facts.target)),
            f" for the same {counted(facts.rows, 'row')}{weights}: ",
            data(facts.source),
            ".",
            kind="lead",
        ),
        element("ul", *(element("li", *verdict_sentence(first, run)) for run in others)),
        paragraph("In brackets: the 95 % interval of a difference, over the choice of the rows.") if has_sure else None,
        *(paragraph(data(note), ".") for note in facts.notes),
        _cards(facts),
    )


def _cards(facts: ComparisonFacts) -> Markup | None:
    """The main metric of every run."""
    if not facts.metrics:
        return None
    name = facts.metrics[0]
    better = better_text(name)
    heading = paragraph(element("strong", name), f" on these rows, {better}", kind="cards-heading")
    cards = [_card(run, name, is_first=run is facts.runs[0]) for run in facts.runs]
    return element(
        "div",
        heading,
        element("div", *cards, attributes={"class": "cards many" if len(facts.runs) > _FEW_CARDS else "cards"}),
    )


def _card(run: ComparedFacts, name: str, *, is_first: bool) -> Markup:
    if is_first:
        return card(data(run.name), run.metrics[name], "compared with")
    found = run.differences[name]
    is_sure = found.verdict in {"better", "worse"}
    note = f"{VERDICTS[found.verdict]}: {signed(found.value)}" if is_sure else VERDICTS[found.verdict]
    return card(data(run.name), run.metrics[name], note, is_main=found.verdict == "better")


def _config_section(facts: ComparisonFacts) -> Markup:
    if not facts.config:
        words = "Nothing: the configs are the same, and so are the tables."
        return section("config", "What is different", paragraph(words))
    headings = ["key", *(data(run.name) for run in facts.runs)]
    rows = [(element("code", data(key)), *map(data, values)) for key, values in facts.config.items()]
    return section(
        "config",
        "What is different",
        table(headings, rows, label="What is different", n_text=len(headings)),
    )


def _runs_section(facts: ComparisonFacts) -> Markup:
    """Where the runs are, and what made them."""
    versions = [", ".join(f"{name} {version}" for name, version in run.versions.items()) for run in facts.runs]
    is_one = len(set(versions)) == 1
    rows = [
        (data(run.name), data(run.path), run.created, *([] if is_one else [made_with]))
        for run, made_with in zip(facts.runs, versions, strict=True)
    ]
    headings = ["run", "directory", "made", *([] if is_one else ["with"])]
    return section(
        "runs",
        "Runs",
        table(headings, rows, label="Runs", n_text=len(headings)),
        paragraph(f"Made with {versions[0]}.") if is_one else None,
    )
