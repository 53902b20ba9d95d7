"""The page of folds or seeds: well-formed, self-contained, readable without pictures."""

import re
from dataclasses import replace

import pytest

from dltrain.config.sections.data import Task
from dltrain.report import BinaryResult, group_page
from dltrain.report.group.facts import GroupFacts
from dltrain.run import Scores
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import FOLDS, SEEDS, Group
from tests.report.groups import group_of, group_page_of
from tests.report.pages import HOSTILE, Element, ParsedPage, check_figures, shown, without_markup
from tests.report.test_comparison_page import cells_of, section_of
from tests.report.test_page import ALLOWED

TASKS: list[Task] = ["binary", "multiclass", "regression"]
GROUPS = [FOLDS, SEEDS]


def text_of(facts: GroupFacts, key: str) -> str:
    return section_of(group_page(facts), key).whole_text()


def beats(share: str) -> str:
    """What is said of a share of the runs."""
    return f"beats the trivial prediction in {share} and a linear model of the same inputs in {share}. "


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("n_runs", [2, 5, 100])
def test_the_page_holds_nothing_but_known_elements_and_loads_nothing(group: Group, task: Task, n_runs: int) -> None:
    page = group_page_of(group, n_runs, task)

    def tags(element: Element) -> set[str]:
        return {child.tag for child in element.children}.union(*map(tags, element.children))

    root = ParsedPage(page).root
    assert tags(root) <= ALLOWED | {"a"}
    assert not re.search(r"\b(src|srcset|action|on\w+)=|url\(|@import|javascript:", page)
    assert not re.search(r'="[^"]*\b(nan|inf)\b', page)
    # It leads to the pages of its runs and nowhere else.
    pages = [f"{group.member}-{number}/report.html" for number in range(1, n_runs + 1)]
    pages += ["average/report.html"] if group == SEEDS else []
    assert [link.attributes for link in root.all("a")] == [{"href": address} for address in pages]
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("task", TASKS)
def test_every_picture_can_be_read_out_and_has_its_numbers_in_a_table(group: Group, task: Task) -> None:
    # Three metrics and their curves, the losses, the columns; of all rows of folds one at least.
    assert check_figures(ParsedPage(group_page_of(group, 3, task)).root, r"\d|predicted") >= (
        8 if group == SEEDS else 9
    )


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(group: Group, text: str) -> None:
    page = group_page_of(group, 2, text=text)
    root = without_markup(page)
    assert root.all("h1")[0].whole_text() == shown(text)


def test_folds_are_told_in_words_and_figures() -> None:
    text = text_of(group_of(FOLDS, 5), "summary")
    assert "5 networks of one config, one for each fold, predict age target, one of 2 labels, from 3 columns" in text
    assert "Every one of 400 rows of people-1.csv is a test row once" in text
    assert "Mean of 5 folds0.7300± 0.0158, the standard deviation over the folds" in text
    assert "All rows0.7321" in text
    assert "Linear models0.6500" in text
    assert "Trivial prediction0.5000" in text
    assert beats("5 of 5 folds") in text
    assert "overfitting in 2 of 5 folds, as in fold-2: it learned by heart. Try training.epochs=5" in text


def test_seeds_are_told_in_words_and_figures() -> None:
    text = text_of(group_of(SEEDS, 5), "summary")
    assert "5 networks of one config, each with another seed of training, predict age target" in text
    assert "the same 60 test rows, which none of them learned from" in text
    assert "Mean of 5 seeds0.7300± 0.0158, the standard deviation over the seeds" in text
    assert "Average0.7321all of them as one network" in text
    assert "the 95 % interval of the accuracy, that of the average, is 0.7000 to 0.8000." in text
    assert "that of seed-1, is 0.7000 to 0.8000." in text_of(group_of(SEEDS, 5, average=None), "summary")
    assert "Average" not in text_of(group_of(SEEDS, 5, average=None), "summary")


def test_how_often_the_network_is_better_depends_on_the_metric() -> None:
    """A smaller error is better: 0.71, 0.72 and 0.73 are no better than 0.5 and 0.65."""
    text = text_of(group_of(FOLDS, 3, "regression"), "summary")
    assert beats("0 of 3 folds") in text


def test_all_metrics_of_all_runs_stand_in_tables() -> None:
    page = group_page_of(FOLDS, 3)
    assert cells_of(section_of(page, "metrics"))[:2] == [
        ["metric", "mean", "sd", "all rows", "95 % interval", "linear models", "trivial"],
        ["accuracy", "0.7200", "0.0100", "0.7321", "0.7000 to 0.7600", "0.6500", "0.5000"],
    ]
    assert cells_of(section_of(page, "members"))[:2] == [
        ["run", "test rows", "accuracy", "roc_auc", "log_loss", "kept epoch"],
        ["fold-1", "61", "0.7100", "0.7100", "0.7100", "6 of 12"],
    ]
    page = group_page_of(SEEDS, 2)
    assert cells_of(section_of(page, "metrics"))[0][3] == "average"
    assert [row[:2] for row in cells_of(section_of(page, "members"))] == [
        ["run", "training.seed"],
        ["seed-1", "0"],
        ["seed-2", "1"],
        ["average", ""],
    ]
    assert cells_of(section_of(page, "members"))[-1][-1] == "not trained"


def test_importance_is_the_mean_of_the_runs_and_how_far_they_go() -> None:
    facts = group_of(FOLDS, 3)
    increases = [0.1, 0.2, 0.6]
    members = []
    for run, increase in zip(facts.members, increases, strict=True):
        age, *others = run.metrics.importance or ()
        found = (age.model_copy(update={"increase": increase}), *others)
        members.append(replace(run, metrics=run.metrics.model_copy(update={"importance": found})))
    cells = cells_of(section_of(group_page(replace(facts, members=members)), "importance"))
    assert cells[1] == ["age", "0.3000", "0.1000 to 0.6000"]
    members[1] = replace(members[1], metrics=members[1].metrics.model_copy(update={"importance": None}))
    assert 'id="importance"' not in group_page(replace(facts, members=members))


def test_the_thresholds_of_folds_are_told() -> None:
    facts = group_of(FOLDS, 3)
    assert facts.pooled is not None
    assert isinstance(facts.pooled.result, BinaryResult)
    pooled = replace(facts.pooled, result=replace(facts.pooled.result, thresholds=(0.25, 0.5)))
    text = text_of(replace(facts, pooled=pooled), "test")
    assert "where its probability is greater than the threshold of its fold, 0.2500 to 0.5000." in text
    assert "┊" not in text


def test_metrics_without_class_weights_are_told() -> None:
    facts = group_of(FOLDS, 2)
    assert isinstance(facts.summary, FoldsSummary)
    scores = Scores(**(facts.summary.out_of_fold.model_dump() | {"unweighted": {"accuracy": 0.9}}))
    summary = facts.summary.model_copy(update={"out_of_fold": scores})
    text = text_of(replace(facts, summary=summary, is_weighted=True), "metrics")
    assert "All rows without class weights: accuracy 0.9000." in text
    assert "Rows count with their weights." in text


def test_of_many_runs_the_first_are_drawn() -> None:
    page = group_page_of(SEEDS, 20)
    assert "Drawn are the first 12 of 20 seeds." in section_of(page, "learning").whole_text()
    assert len(section_of(page, "learning").all("figure")[0].all("polyline")) == 12
    assert len(section_of(page, "metrics").all("figure")[0].all("circle")) == 20
