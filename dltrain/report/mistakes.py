"""The test rows that are furthest off."""

from dltrain.report.facts import ReportFacts
from dltrain.report.figure import table
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import number, percent
from dltrain.report.section import paragraph, section


def mistakes_section(facts: ReportFacts) -> Markup | None:
    """The largest mistakes; None when there are none."""
    if not facts.mistakes:
        return None
    is_regression = facts.config.data.task == "regression"
    rows = [
        (
            *map(data, mistake.place),
            data(mistake.truth),
            data(mistake.predicted),
            number(mistake.size) if is_regression else percent(mistake.size),
        )
        for mistake in facts.mistakes
    ]
    last = "error" if is_regression else "probability of the true label"
    n_numbers = 3 if is_regression else 1
    headings = [*map(data, facts.places), "true", "predicted", last]
    words = "Worth looking at: some are wrong in the table and not in the network."
    return section(
        "mistakes",
        "The largest mistakes",
        paragraph(words),
        table(headings, rows, label="The largest mistakes", n_text=len(headings) - n_numbers),
    )
