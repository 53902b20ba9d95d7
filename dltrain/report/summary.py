"""What the run is worth, in a few sentences and figures."""

from pathlib import PurePath
from typing import Final

import numpy as np

from dltrain.config.sections.metrics import higher_is_better
from dltrain.errors import counted
from dltrain.features import ClassTarget
from dltrain.report.card import card
from dltrain.report.facts import BinaryResult, MulticlassResult, RegressionResult, ReportFacts
from dltrain.report.markup import Child, Markup, data, element
from dltrain.report.number_text import better_text, interval
from dltrain.report.remarks import remarks
from dltrain.report.section import paragraph, section
from dltrain.run.gates import judge_run
from dltrain.run.metrics_file import OF_POSITIVE_ROWS, is_best

FEW_ROWS: Final = 50
"""Below, the interval of an accuracy is more than a quarter wide."""

FEW_OF_A_LABEL: Final = 10
"""Test rows of a label, below which the interval of its recall is half of the whole range."""


def summary_section(facts: ReportFacts) -> Markup:
    """The first section of the page."""
    return section(
        "summary",
        "Summary",
        paragraph(*_what(facts), kind="lead"),
        _cards(facts),
        paragraph(
            _against_baseline(facts), _against_linear(facts), _few_rows(facts), *_rare_labels(facts), _gates(facts)
        ),
        remarks([(found, "") for found in facts.metrics.diagnosis]),
    )


def _what(facts: ReportFacts) -> list[Child]:
    metrics, target = facts.metrics, facts.preprocessing.target
    asked = f", one of {len(target.labels):,} labels," if isinstance(target, ClassTarget) else ", a number,"
    table = PurePath(facts.config.data.path).name
    it, its = ("It", "its") if metrics.average is None else ("They", "their")
    return [
        "The network predicts " if metrics.average is None else data(f"The {metrics.average} predicts "),
        element("strong", data(target.name)),
        f"{asked} from {counted(len(facts.preprocessing.features), 'column')}. {it} learned from "
        f"{counted(metrics.train_rows, 'row')} of ",
        data(table),
        f", {counted(metrics.validation.rows, 'row')} judged {its} epochs, and the figures below come from "
        f"{counted(metrics.test.rows, 'row')} that {it.lower()} never learned from.",
    ]


def _cards(facts: ReportFacts) -> Markup:
    metrics, name = facts.metrics, main_metric(facts)
    bounds = (metrics.test_intervals or {}).get(name)
    sure = f"95 % interval {interval(bounds)}" if bounds is not None else "on the test rows"
    cards = [card("Network", metrics.test.metrics[name], sure, is_main=True)]
    if metrics.linear is not None:
        cards.append(card("Linear model", metrics.linear.metrics[name], "same inputs, same rows"))
    trivial = "always the mean" if facts.config.data.task == "regression" else "knows only how frequent each label is"
    cards.append(card("Trivial prediction", metrics.test.baseline[name], trivial))
    better = better_text(name)
    heading = paragraph(element("strong", name), f" on the test rows, {better}", kind="cards-heading")
    return element("div", heading, element("div", *cards, attributes={"class": "cards"}))


_CHANCE: Final = 0.5
"""roc_auc of probabilities that have nothing to do with the classes."""


def main_metric(facts: ReportFacts) -> str:
    """The first metric of the config."""
    return (facts.config.metrics or ("",))[0]


def _against_baseline(facts: ReportFacts) -> str:
    name, metrics = main_metric(facts), facts.metrics
    value, trivial = metrics.test.metrics[name], metrics.test.baseline[name]
    if metrics.has_unseen_labels:
        return "These figures say little: the network never saw some of the labels that it is tested on. "
    if value is None or trivial is None:
        return f"The {name} of these test rows is not defined. "
    if is_best(name, trivial) and name == "recall":
        return "The trivial prediction takes every row for positive, so its recall is 1; precision tells the price. "
    are_alike = _are_alike(facts)
    if is_best(name, trivial) and (are_alike or value == trivial):
        why = ": they are too much alike" if are_alike else ""
        return f"By {name}, nothing is better than the trivial prediction of these test rows{why}. "
    rival = "a prediction that takes every row for positive" if name in OF_POSITIVE_ROWS else "the trivial prediction"
    low, high = (0.0, 0.0) if metrics.baseline_difference is None else _gains(name, metrics.baseline_difference)
    if low > 0:
        return f"By {name}, the network is clearly better than {rival}. "
    if high < 0:
        return f"By {name}, the network is worse than {rival}: it has not learned what these rows need. "
    return f"By {name}, on these rows the network cannot be told from {rival}. {_ranks(facts, name)}"


def _ranks(facts: ReportFacts, name: str) -> str:
    """What the order of the probabilities is worth where the main metric does not tell anything."""
    bounds = (facts.metrics.test_intervals or {}).get("roc_auc")
    if name == "roc_auc" or bounds is None or bounds[0] <= _CHANCE:
        return ""
    return f"The order of its probabilities does tell something: roc_auc {interval(bounds)}, 0.5 by chance. "


def _are_alike(facts: ReportFacts) -> bool:
    """Whether all test rows have one target, as far as it is known."""
    match facts.result:
        case RegressionResult(truth=truth):
            return bool((truth == truth[0]).all())
        case BinaryResult(confusion=confusion) | MulticlassResult(confusion=confusion):
            return bool(np.count_nonzero(confusion.sum(axis=1)) == 1)
        case None:
            return False


def _against_linear(facts: ReportFacts) -> str:
    name, linear = main_metric(facts), facts.metrics.linear
    gains = {} if linear is None else {key: _gains(key, bounds) for key, bounds in linear.differences.items() if bounds}
    if name not in gains or facts.metrics.has_unseen_labels:
        return ""
    better = [key for key, (low, _) in gains.items() if low > 0]
    worse = [key for key, (_, high) in gains.items() if high < 0]
    low, high = gains[name]
    if name in better:
        verdict = f"it beats a linear model of the same inputs by {interval((low, high))}"
        others = [("the linear model is better", worse)]
    elif name in worse:
        verdict = f"a linear model of the same inputs is better, by {interval((-high, -low))}"
        others = [("the network is", better)]
    else:
        verdict = f"it cannot be told from a linear model of the same inputs, {interval(gains[name])}"
        others = [("it is better", better), ("the linear model is better", worse)]
    more = [f" By {', '.join(names)}, {what}." for what, names in others if names]
    if len(worse) == len(gains):
        more = [" The network is not worth its trouble yet."]
    return f"By {name}, {verdict} (95 % interval of the difference).{''.join(more)}"


def _gains(name: str, difference: tuple[float, float]) -> tuple[float, float]:
    """What the network gains over another model, positive where it is better."""
    return difference if higher_is_better(name) else (-difference[1], -difference[0])


def _few_rows(facts: ReportFacts) -> str:
    n_rows = facts.metrics.test.rows
    return f" Only {counted(n_rows, 'test row')}: too few for more than a rough idea." if n_rows < FEW_ROWS else ""


def _rare_labels(facts: ReportFacts) -> list[Child]:
    """Of which labels there are too few test rows."""
    target, result = facts.preprocessing.target, facts.result
    if not isinstance(target, ClassTarget) or not isinstance(result, BinaryResult | MulticlassResult):
        return []
    rows = result.confusion.sum(axis=1)
    rare = np.flatnonzero(rows < FEW_OF_A_LABEL)
    if not rare.size:
        return []
    if rare.size > 1:
        few = f" {rare.size:,} of {len(rows):,} labels have fewer than {FEW_OF_A_LABEL} test rows"
        return [f"{few}: how well they are found is hardly known."]
    (code,) = rare.tolist()
    how_many = f" Only {rows[code]:,} of the test rows" if rows[code] else " None of the test rows"
    verb = "has" if rows[code] <= 1 else "have"
    return [f"{how_many} {verb} the label ", data(target.labels[code]), ": how well it is found is hardly known."]


def _gates(facts: ReportFacts) -> str:
    """Whether the run came to what its config expects."""
    gates = judge_run(facts.config, facts.metrics)
    n_missed = sum(gate.is_missed for gate in gates)
    return f" Missed: {n_missed:,} of {counted(len(gates), 'gate')}." if n_missed else ""
