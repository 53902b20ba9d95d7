"""What the runs of a group are worth together, in a few sentences and figures."""

from pathlib import PurePath

from dltrain.config.sections.metrics import higher_is_better
from dltrain.errors import counted
from dltrain.features import ClassTarget
from dltrain.report.card import card
from dltrain.report.group.facts import GroupFacts
from dltrain.report.markup import Child, Markup, data, element
from dltrain.report.number_text import better_text, interval, number
from dltrain.report.remarks import remarks
from dltrain.report.section import paragraph, section
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import FOLDS


def summary_section(facts: GroupFacts) -> Markup:
    """The first section of the page."""
    n_missed = sum(gate.is_missed for gate in facts.gates)
    missed = f" Missed: {n_missed:,} of {counted(len(facts.gates), 'gate')}." if n_missed else ""
    return section(
        "summary",
        "Summary",
        paragraph(*_what(facts), kind="lead"),
        _cards(facts),
        paragraph(_against_others(facts), _what_spread_means(facts), missed),
        remarks([(one.first, f" in {one.count} of {_runs(facts)}, as in {one.member}") for one in facts.diagnosis]),
    )


def _runs(facts: GroupFacts) -> str:
    return counted(len(facts.members), facts.word)


def _what(facts: GroupFacts) -> list[Child]:
    target, summary = facts.target, facts.summary
    asked = f", one of {len(target.labels):,} labels," if isinstance(target, ClassTarget) else ", a number,"
    predict = [" predict ", element("strong", data(target.name)), f"{asked} from {counted(facts.n_columns, 'column')}."]
    if isinstance(summary, FoldsSummary):
        table = data(PurePath(facts.data["data"].path).name)
        rows = f" Every one of {counted(summary.out_of_fold.rows, 'row')} of "
        return [
            f"{len(facts.members):,} networks of one config, one for each fold,",
            *predict,
            *(rows, table, " is a test row once: the network of its fold has not seen it."),
        ]
    return [
        f"{len(facts.members):,} networks of one config, each with another seed of training,",
        *predict,
        f" The figures below come from the same {counted(summary.rows, 'test row')}, which none of them learned from.",
    ]


def _cards(facts: GroupFacts) -> Markup:
    name = facts.main_metric
    spread = facts.summary.metrics[name]
    deviation = "" if spread.sd is None else f"± {number(spread.sd)}, the standard deviation over the {facts.word}s"
    n_defined = facts.n_defined(name)
    few = "" if n_defined == len(facts.members) else f"{n_defined:,} of "
    cards = [card(f"Mean of {few}{_runs(facts)}", spread.mean, deviation, is_main=True)]
    if (together := facts.together(name)) is not None:
        of_what, value = together
        notes = {
            "all rows": "each predicted by the network that did not see it",
            "average": "all of them as one network",
        }
        cards.append(card(of_what.capitalize(), value, notes[of_what]))
    if (linear := facts.linear(name)) is not None:
        same = "mean of the folds: same inputs, same rows" if facts.summary.group == FOLDS else "same inputs, same rows"
        cards.append(card(facts.linear_name.capitalize(), linear, same))
    trivial = "always the mean" if facts.target.task == "regression" else "knows only how frequent each label is"
    cards.append(card("Trivial prediction", spread.baseline, trivial))
    heading = paragraph(element("strong", name), f" on test rows, {better_text(name)}", kind="cards-heading")
    return element("div", heading, element("div", *cards, attributes={"class": "cards"}))


def _against_others(facts: GroupFacts) -> str:
    """In how many runs the network is better than what is easily reached."""
    name = facts.main_metric
    tests = [run.metrics.test for run in facts.members]
    linear = [run.metrics.linear.metrics[name] if run.metrics.linear else None for run in facts.members]
    told = [
        f"{other} in {n_better} of {counted(n_known, facts.word)}"
        for other, values in (
            ("the trivial prediction", [scores.baseline[name] for scores in tests]),
            ("a linear model of the same inputs", linear),
        )
        for n_better, n_known in [_times_better(name, [scores.metrics[name] for scores in tests], values)]
        if n_known
    ]
    return f"By {name}, the network beats {' and '.join(told)}. " if told else ""


def _times_better(name: str, values: list[float | None], others: list[float | None]) -> tuple[int, int]:
    """How often values are better than others, and how often both are known."""
    sign = 1 if higher_is_better(name) else -1
    gains = [
        sign * (value - other)
        for value, other in zip(values, others, strict=True)
        if value is not None and other is not None
    ]
    return sum(gain > 0 for gain in gains), len(gains)


def _what_spread_means(facts: GroupFacts) -> str:
    if isinstance(facts.summary, FoldsSummary):
        return (
            "The standard deviation tells how much a result moves with the rows that happen to be tested and learned "
            "from: two configs whose means differ by less may well be equally good. dltrain compare tells more: it "
            "sets the predictions of two cross-validations beside each other, row by row."
        )
    return (
        "The standard deviation is what the seed alone changes, other starting weights and another order of the rows: "
        f"a change of the config has to gain more than that to be known for a gain. {_chance_of_rows(facts)}"
    )


def _chance_of_rows(facts: GroupFacts) -> str:
    """How much the choice of the test rows matters, of the network that is most like those to come."""
    name = facts.main_metric
    whose, metrics = (f"that of {facts.members[0].name}", facts.members[0].metrics)
    if facts.average is not None:
        whose, metrics = "that of the average", facts.average
    bounds = (metrics.test_intervals or {}).get(name)
    if bounds is None:
        return ""
    return (
        f"Which rows are tested is a chance beside it: the 95 % interval of the {name}, {whose}, is {interval(bounds)}."
    )
