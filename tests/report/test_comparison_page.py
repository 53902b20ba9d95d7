"""The page that compares runs: well-formed, self-contained, readable without pictures."""

import re
from dataclasses import replace

import pytest

from dltrain.config.sections.data import Task
from dltrain.report import comparison_page
from dltrain.report.comparison.compared import DifferenceFacts, LossKind
from dltrain.report.number_text import number
from tests.report.comparisons import VERDICTS, compared, comparison_of, comparison_page_of, difference
from tests.report.pages import HOSTILE, Element, ParsedPage, check_figures, shown, without_markup
from tests.report.test_page import ALLOWED

TASKS: list[Task] = ["binary", "multiclass", "regression"]


def section_of(page: str, key: str) -> Element:
    return next(part for part in ParsedPage(page).root.all("section") if part.attributes["id"] == key)


def cells_of(section: Element, position: int = 0) -> list[list[str]]:
    rows = section.all("table")[position].all("tr")
    return [[cell.whole_text() for cell in (*row.all("th"), *row.all("td"))] for row in rows]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("n_runs", [2, 6, 40])
def test_the_page_holds_nothing_but_known_elements_and_loads_nothing(task: Task, n_runs: int) -> None:
    page = comparison_page_of(n_runs, task)

    def tags(element: Element) -> set[str]:
        return {child.tag for child in element.children}.union(*map(tags, element.children))

    assert tags(ParsedPage(page).root) <= ALLOWED
    assert not re.search(r"\b(src|href|srcset|action|on\w+)=|url\(|@import|javascript:", page)
    assert not re.search(r'="[^"]*\b(nan|inf)\b', page)
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("n_runs", [2, 6])
def test_every_picture_can_be_read_out_and_has_its_numbers_in_a_table(n_runs: int) -> None:
    # Three metrics and their curves, the losses, and two networks.
    assert check_figures(ParsedPage(comparison_page_of(n_runs)).root) == 9


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(text: str) -> None:
    kinds = (LossKind((0,), text), LossKind((1,), text, (text,)))
    page = comparison_page_of(2, text=text, loss_kinds=kinds, other_validation=(text,), left_out=text)
    root = without_markup(page)
    assert root.all("h1")[0].whole_text() == f"{shown(text)} and {shown(text)}1"


def sentence(**verdicts: DifferenceFacts) -> str:
    first, other = compared(0), replace(compared(1), differences=verdicts)
    page = comparison_page(comparison_of(2, runs=(first, other), metrics=()))
    return section_of(page, "summary").all("li")[0].whole_text()


def test_the_summary_says_what_is_better_and_what_cannot_be_told() -> None:
    found = DifferenceFacts(-0.021, -0.034, -0.008, "better")
    assert sentence(log_loss=found, accuracy=difference("open"), roc_auc=difference("open")) == (
        "people-2 is better than people-1 by log_loss −0.0210 (−0.0340 to −0.0080); "
        "the two cannot be told apart by accuracy and roc_auc."
    )
    assert sentence(accuracy=difference("worse"), r2=difference("better"), f1=difference("equal")) == (
        "people-2 is better than people-1 by r2 +0.0300 (+0.0100 to +0.0500); "
        "worse by accuracy −0.0300 (−0.0500 to −0.0100); they are equal by f1."
    )


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("open", "people-2 cannot be told from people-1 by f1 and r2."),
        ("equal", "people-2 equals people-1 by f1 and r2."),
        ("undefined", "people-2 cannot be compared with people-1 by f1 and r2."),
    ],
)
def test_the_summary_of_one_verdict_is_a_whole_sentence(verdict: str, words: str) -> None:
    one = difference(next(known for known in VERDICTS if known == verdict))
    assert sentence(f1=one, r2=one) == words


def test_brackets_and_class_weights_are_explained_where_there_are_some() -> None:
    page = comparison_page_of(2)
    assert "In brackets" in section_of(page, "summary").whole_text()
    assert "Class weights do not count" in section_of(page, "measured").whole_text()
    other = replace(compared(1, "regression"), differences=dict.fromkeys(("rmse", "mae", "r2"), difference("open")))
    page = comparison_page_of(2, "regression", runs=(compared(0, "regression"), other))
    assert "In brackets" not in section_of(page, "summary").whole_text()
    assert "Class weights" not in page


def test_the_best_figure_of_each_column_is_strong() -> None:
    first, other = compared(0), compared(1)
    first = replace(first, metrics={"accuracy": 0.8, "roc_auc": 0.9, "log_loss": 0.4})
    other = replace(other, metrics={"accuracy": 0.85, "roc_auc": 0.9, "log_loss": 0.5})
    section = section_of(comparison_page(comparison_of(2, runs=(first, other))), "measured")
    # Where all have the same, none is better.
    assert [part.whole_text() for part in section.all("table")[0].all("strong")] == ["0.4000", "0.8500"]


def test_thresholds_are_shown_where_one_is_not_the_usual_one() -> None:
    cells = cells_of(section_of(comparison_page_of(2), "measured"))
    assert [row[1] for row in cells] == ["threshold", "0.5000", "0.3000"]
    runs = tuple(replace(compared(position), threshold=0.5) for position in range(2))
    assert "threshold" not in section_of(comparison_page_of(2, runs=runs), "measured").whole_text()


def test_all_differences_stand_in_a_table_and_many_of_them_come_with_a_warning() -> None:
    section = section_of(comparison_page_of(6), "differences")
    (table,) = (one for one in section.all("div") if one.attributes.get("aria-label") == "Differences")
    assert len(table.all("tr")) == 1 + 5 * 3
    assert "Of 15 intervals one in twenty leaves out 0 by chance" in section.whole_text()
    assert "by chance" not in section_of(comparison_page_of(2), "differences").whole_text()


def test_losses_of_different_kinds_have_charts_of_their_own_with_the_reason() -> None:
    kinds = (LossKind((0, 2), "mse"), LossKind((1,), "huber", ("another loss (huber instead of mse)",)))
    section = section_of(comparison_page_of(3, loss_kinds=kinds), "learning")
    assert (
        "The loss of people-2 is not laid over that of people-1, because it has another loss (huber instead of mse)."
        in section.whole_text()
    )
    titles = [figure.all("strong")[0].text for figure in section.all("figure")]
    assert titles[:2] == ["Validation loss of people-1 and people-3", "Validation loss of people-2"]
    drawn = [len(figure.all("polyline")) for figure in section.all("figure")]
    assert drawn == [2, 1, 3, 3, 3]
    together = section_of(comparison_page_of(3), "learning")
    assert "not laid over" not in together.whole_text()
    assert len(together.all("figure")[0].all("polyline")) == 3


def test_the_numbers_of_a_curve_chart_are_those_of_the_histories() -> None:
    facts = comparison_of(3)
    figure = section_of(comparison_page(facts), "learning").all("figure")[0]
    heading, *rows = cells_of(figure)
    assert heading == ["epoch", "people-1", "people-2", "people-3"]
    assert len(rows) == max(len(run.history) for run in facts.runs)
    for position, run in enumerate(facts.runs):
        shown = [row[1 + position] for row in rows]
        missing = [""] * (len(rows) - len(run.history))
        assert shown == [number(row["val_loss"]) for row in run.history] + missing


def test_more_runs_than_curves_are_said() -> None:
    page = comparison_page_of(14)
    section = section_of(page, "learning")
    assert "Drawn are the first 12 of 14 runs." in section.whole_text()
    assert len(section.all("figure")[0].all("polyline")) == 12
    assert len(cells_of(section_of(page, "measured"))) == 15


def test_validation_rows_that_differ_are_said() -> None:
    facts = comparison_of(2, other_validation=("split.validation differs",), left_out="Left out.", epoch_metrics=())
    section = section_of(comparison_page(facts), "learning")
    text = section.whole_text()
    assert "The validation rows are not the same in all runs (split.validation differs)" in text
    assert "Left out." in text
    assert len(section.all("figure")) == 1


def test_equal_networks_are_drawn_once() -> None:
    section = section_of(comparison_page_of(5), "networks")
    titles = [figure.all("strong")[0].text for figure in section.all("figure")]
    assert titles == ["people-1, people-3 and people-5", "people-2 and people-4"]
    runs = tuple(replace(compared(position), layers=compared(0).layers) for position in range(3))
    text = section_of(comparison_page_of(3, runs=runs), "networks").whole_text()
    assert "All runs have layers of the same kinds and sizes." in text


def test_configs_stand_side_by_side() -> None:
    assert cells_of(section_of(comparison_page_of(3), "config")) == [
        ["key", "people-1", "people-2", "people-3"],
        ["training.batch_size", "32", "33", "34"],
    ]
    assert "the configs are the same" in section_of(comparison_page_of(2, config={}), "config").whole_text()


def test_versions_are_told_once_unless_they_differ() -> None:
    assert "Made with python 3.11, dltrain 0.1." in section_of(comparison_page_of(2), "runs").whole_text()
    other = replace(compared(1), versions={"python": "3.12"})
    cells = cells_of(section_of(comparison_page_of(2, runs=(compared(0), other)), "runs"))
    assert [row[-1] for row in cells] == ["with", "python 3.11, dltrain 0.1", "python 3.12"]


def test_odd_histories_can_be_drawn() -> None:
    for changed in ({"val_loss": float("nan")}, {"val_loss": 1e300}, {"val_loss": 0.0}):
        runs = tuple(
            replace(compared(position), history=[{**compared(0).history[0], **changed}], epochs=1, best_epoch=1)
            for position in range(2)
        )
        page = comparison_page_of(2, runs=runs)
        assert not re.search(r'="[^"]*\b(nan|inf)\b', page)
