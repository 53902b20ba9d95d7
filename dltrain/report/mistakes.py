"""The rows that are furthest off."""

from collections.abc import Sequence

from dltrain.config.sections.data import Task
from dltrain.report.facts import Mistake
from dltrain.report.figure import table
from dltrain.report.markup import Markup, data
from dltrain.report.number_text import number, percent
from dltrain.report.section import paragraph, section


def mistakes_section(mistakes: Sequence[Mistake], places: Sequence[str], task: Task) -> Markup | None:
    """The largest mistakes; None when there are none.

    Args:
        mistakes: The worst first.
        places: What heads the columns of `Mistake.place`.
        task: What kind of prediction.
    """
    if not mistakes:
        return None
    is_regression = task == "regression"
    rows = [
        (
            *map(data, mistake.place),
            data(mistake.truth),
            data(mistake.predicted),
            number(mistake.size) if is_regression else percent(mistake.size),
        )
        for mistake in mistakes
    ]
    last = "error" if is_regression else "probability of the true label"
    n_numbers = 3 if is_regression else 1
    headings = [*map(data, places), "true", "predicted", last]
    words = "Worth looking at: some are wrong in the table and not in the network."
    return section(
        "mistakes",
        "The largest mistakes",
        paragraph(words),
        table(headings, rows, label="The largest mistakes", n_text=len(headings) - n_numbers),
    )
