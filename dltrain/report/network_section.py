"""The network and how it was trained."""

from collections.abc import Sequence

from dltrain.config.architecture import LayerSummary
from dltrain.errors import counted
from dltrain.features.architecture import layers_of
from dltrain.report.charts.network_drawing import network_drawing
from dltrain.report.facts import ReportFacts
from dltrain.report.figure import figure, table
from dltrain.report.markup import Child, Markup, element
from dltrain.report.number_text import exact
from dltrain.report.section import charts, section


def network_section(facts: ReportFacts) -> Markup:
    """The layers, and what found their weights."""
    drawing = network_figure("network-drawing", layers_of(facts.config, facts.preprocessing), title="Layers")
    return section("network", "Network", charts(drawing, _training(facts)))


def network_figure(key: str, layers: Sequence[LayerSummary], *, title: str) -> Markup:
    """A drawing of a network.

    Args:
        key: Unique on the page.
        layers: The inputs first.
        title: Which network.
    """
    picture, height = network_drawing(layers)
    rows = [
        (
            "inputs" if layer.kind == "input" else layer.name,
            layer.activation or "",
            f"{layer.units:,}",
            f"{layer.parameters:,}",
        )
        for layer in layers
    ]
    parameters = counted(sum(layer.parameters for layer in layers), "parameter")
    return figure(
        key,
        title=title,
        description=f"From {counted(layers[0].units, 'input')} through {counted(len(layers) - 2, 'layer')} to "
        f"{counted(layers[-1].units, 'output')}; {parameters}.",
        picture=picture,
        height=height,
        table=table(["layer", "activation", "units", "parameters"], rows, label=title, n_text=2),
        note=f"{parameters}. The more units, the wider.",
    )


def _training(facts: ReportFacts) -> Markup:
    training = facts.config.training
    optimizer, loss, stopping = training.optimizer, training.loss, training.early_stopping
    rate, average = optimizer.learning_rate, facts.metrics.average
    epochs = f"at most {training.epochs:,}"
    if average is None:
        epochs = f"{facts.metrics.epochs:,} of {epochs}"
    said = {
        "loss": loss.type if loss is not None else "",
        "optimizer": optimizer.type,
        "learning rate": exact(rate) if isinstance(rate, (int, float)) else f"schedule {rate.type}",
        "batch size": f"{training.batch_size:,}",
        "epochs": epochs,
        "early stopping": f"{stopping.monitor}, patience {stopping.patience:,}" if stopping else "none",
        "class weights": "yes" if training.class_weight is not None else "no",
        "seed": str(training.seed) if average is None else average.seeds_text,
    }
    parts: list[Child] = []
    for term, value in said.items():
        parts += [element("dt", term), element("dd", value.replace("_", " ") if term == "loss" else value)]
    heading = "Training" if average is None else "Training of each seed"
    return element("div", element("h3", heading), element("dl", *parts), attributes={"class": "training"})
