"""How training went: losses, metrics and the learning rate, epoch by epoch."""

import numpy as np

from dltrain.errors import counted
from dltrain.report.charts.line_chart import HEIGHT, Series, line_chart
from dltrain.report.chosen_epochs import chosen_epochs
from dltrain.report.facts import ReportFacts
from dltrain.report.figure import figure, table
from dltrain.report.markup import Markup
from dltrain.report.number_text import better_text, number
from dltrain.report.section import charts, paragraph, section
from dltrain.run.average import Average

MOST_POINTS = 300
MOST_ROWS = 100


def learning_section(facts: ReportFacts) -> Markup:
    """The learning curves; an average has none."""
    if facts.metrics.average is not None:
        return section("learning", "Learning curves", paragraph(_not_trained(facts.metrics.average)))
    epochs = np.array([row["epoch"] for row in facts.history], np.float64)
    columns = {name: np.array([row[name] for row in facts.history], np.float64) for name in facts.history[0]}
    best = facts.metrics.best_epoch
    metrics = [name for name in columns if name.startswith("val_") and name != "val_loss"]
    figures = [_losses(epochs, columns, best)]
    figures += [_single(epochs, columns[name], name, best) for name in metrics]
    rate = columns["learning_rate"]
    if np.ptp(rate) > 1e-9 * np.max(np.abs(rate)):
        figures.append(_single(epochs, rate, "learning_rate", None))
    words = f"{counted(facts.metrics.epochs, 'epoch')} trained; the weights of epoch {best:,} were kept."
    return section("learning", "Learning curves", paragraph(words), charts(*figures))


def _not_trained(average: Average) -> str:
    return (
        f"This network was not trained: it is the networks of seeds {average.seeds_text} side by side, their outputs "
        "averaged before the last activation. The reports of those seeds have their curves and diagnoses. Fitting the "
        "config below again trains one wide network, not the average."
    )


def _losses(epochs: np.ndarray, columns: dict[str, np.ndarray], best: int) -> Markup:
    kept = chosen_epochs(len(epochs), best, MOST_POINTS)
    loss, val_loss = columns["loss"], columns["val_loss"]
    picture = line_chart(
        [
            Series("train", epochs[kept], loss[kept], "other"),
            Series("validation", epochs[kept], val_loss[kept], "main"),
        ],
        x_name="epoch",
        y_name="loss",
        mark=(float(best), f"┊ kept: epoch {best:,}"),
        may_be_log=True,
        has_whole_x=True,
    )
    rows = chosen_epochs(len(epochs), best, MOST_ROWS)
    cells = [(f"{epochs[n]:,.0f}", number(loss[n]), number(val_loss[n])) for n in rows]
    return figure(
        "loss",
        title="Loss",
        description=f"Training loss from {number(loss[0])} to {number(loss[-1])}, validation loss from "
        f"{number(val_loss[0])} to {number(val_loss[-1])}; {number(val_loss[best - 1])} at the kept epoch {best:,}.",
        picture=picture,
        height=HEIGHT,
        table=table(["epoch", "train", "validation"], cells, label="Loss by epoch", n_text=0),
        note="Train: means while the weights moved.",
    )


def _single(epochs: np.ndarray, values: np.ndarray, name: str, best: int | None) -> Markup:
    kept = chosen_epochs(len(epochs), best or 1, MOST_POINTS)
    is_rate = name == "learning_rate"
    title = "Learning rate" if is_rate else name.removeprefix("val_")
    better = better_text(name)
    ends = f"from {number(values[0])} at the first epoch to {number(values[-1])} at the last"
    at_best = f"; {number(values[best - 1])} at the kept epoch {best:,}" if best else ""
    rows = chosen_epochs(len(epochs), best or 1, MOST_ROWS)
    cells = [(f"{epochs[n]:,.0f}", number(values[n])) for n in rows]
    return figure(
        f"curve-{name}",
        title=title,
        description=f"{title} {ends}{at_best}.",
        picture=line_chart(
            [Series("" if is_rate else "validation", epochs[kept], values[kept], "main")],
            x_name="epoch",
            y_name=title,
            mark=(float(best), f"┊ kept: epoch {best:,}") if best else None,
            may_be_log=is_rate,
            has_whole_x=True,
        ),
        height=HEIGHT,
        table=table(["epoch", title], cells, label=f"{title} by epoch", n_text=0),
        note="At the end of every epoch." if is_rate else f"On the validation rows; {better}.",
    )
