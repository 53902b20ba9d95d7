"""What became of every column of the table."""

from dltrain.errors import counted
from dltrain.features import ColumnCounts
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.datetimes import DatetimeFeature
from dltrain.features.in_words import encoding_text, impute_text
from dltrain.features.numeric import NumericFeature
from dltrain.features.preprocessing import Feature
from dltrain.report.facts import ReportFacts
from dltrain.report.figure import table
from dltrain.report.markup import Child, Markup, data, element, join
from dltrain.report.number_text import UNDEFINED, exact, percent
from dltrain.report.section import paragraph, section

MOST_COLUMNS = 300
MOST_CATEGORIES = 8


def data_section(facts: ReportFacts) -> Markup:
    """The columns that the network sees."""
    features = facts.preprocessing.features
    headings = [
        "column",
        "kind",
        "values in training",
        "missing becomes",
        "becomes",
        "inputs",
        "missing",
        "unseen",
        "beyond",
    ]
    rows = [_row(feature, facts) for feature in features[:MOST_COLUMNS]]
    more = len(features) - len(rows)
    words = (
        f"Ranges and categories are those of the training rows. Counted are the cells of all {facts.n_cells:,} rows: "
        "missing ones, categories that training did not keep (unseen), and numbers outside the range of the training "
        "rows (beyond)."
    )
    return section(
        "data",
        "Data",
        paragraph(words),
        table(headings, rows, label="Columns", n_text=5),
        paragraph(f"{counted(more, 'more column')} not shown.") if more else None,
        _roles(facts),
    )


def _row(feature: Feature, facts: ReportFacts) -> list[Child]:
    counts = facts.counts.get(feature.name, ColumnCounts())
    return [
        data(feature.name),
        feature.kind,
        _values(feature),
        data(impute_text(feature, exact)),
        data(encoding_text(feature, exact)),
        f"{feature.width:,}",
        *(_counted(n, facts.n_cells) for n in (counts.missing, counts.unseen, counts.out_of_range)),
    ]


def _values(feature: Feature) -> Markup:
    if isinstance(feature, NumericFeature):
        is_known = feature.minimum is not None and feature.maximum is not None
        return Markup(f"{exact(feature.minimum)} to {exact(feature.maximum)}" if is_known else UNDEFINED)
    if isinstance(feature, CategoricalFeature):
        shown = feature.categories[:MOST_CATEGORIES]
        more = len(feature.categories) - len(shown)
        parts = [part for category in shown for part in (Markup(", "), data(category))][1:]
        return join([*parts, f" and {more:,} more" if more else ""])
    if isinstance(feature, DatetimeFeature) and feature.first_year is not None:
        return Markup(f"{feature.first_year} to {feature.last_year}")
    return Markup(UNDEFINED)


def _counted(n: int, n_cells: int) -> str:
    if not n:
        return "0"
    return f"{n:,} ({percent(n / n_cells)})" if n_cells else f"{n:,}"


def _roles(facts: ReportFacts) -> Markup | None:
    """The columns that the network does not see."""
    columns = facts.config.data
    named = [("id", columns.id), ("weight", (columns.weight,) if columns.weight else ()), ("dropped", columns.drop)]
    parts: list[Child] = []
    for role, names in named:
        if names:
            more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
            listed = [part for name in names[:20] for part in (Markup(", "), data(name))][1:]
            parts.append(element("li", element("strong", role), ": ", *listed, more))
    return element("ul", *parts) if parts else None
