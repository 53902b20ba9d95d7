"""The networks of several runs, equal ones once."""

from dltrain.config.architecture import LayerSummary
from dltrain.report.comparison.compared import ComparedFacts, ComparisonFacts
from dltrain.report.markup import Markup
from dltrain.report.network_section import network_figure
from dltrain.report.number_text import listed
from dltrain.report.section import charts, paragraph, section


def networks_section(facts: ComparisonFacts) -> Markup:
    """A drawing of every network."""
    networks: dict[tuple[LayerSummary, ...], list[ComparedFacts]] = {}
    for run in facts.runs:
        networks.setdefault(run.layers, []).append(run)
    figures = [
        network_figure(f"network-{number}", layers, title=listed([run.name for run in runs]))
        for number, (layers, runs) in enumerate(networks.items(), start=1)
    ]
    words = paragraph("All runs have layers of the same kinds and sizes.") if len(networks) == 1 else None
    return section("networks", "Networks", words, charts(*figures))
