"""The page: well-formed, self-contained, readable without pictures, unimpressed by hostile texts."""

import re
import shlex
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.data import Task
from dltrain.config.sections.decision import DecisionSection, ThresholdSection
from dltrain.report import BinaryResult, MulticlassResult, RegressionResult, ReportFacts
from dltrain.report.page import report_page
from dltrain.run import ColumnImportance, Diagnosis
from dltrain.run.decision import Decision
from tests.report.pages import HOSTILE, ParsedPage, check_figures, facts_of, page_of, result_of, shown, without_markup

TASKS: list[Task] = ["binary", "multiclass", "regression"]
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "h3", "p", "ul", "li"),
    *("div", "span", "strong", "bdi", "code", "pre", "dl", "dt", "dd", "details", "summary", "figure", "figcaption"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "desc", "text", "line", "rect", "circle", "polyline", "path"),
}


@pytest.mark.parametrize("task", TASKS)
def test_the_page_holds_nothing_but_known_elements(task: Task) -> None:
    root = ParsedPage(page_of(task)).root
    assert {element.tag for tag in ALLOWED for element in root.all(tag)} <= ALLOWED

    def tags(element: object) -> set[str]:
        children = element.children  # type: ignore[attr-defined]
        return {child.tag for child in children}.union(*map(tags, children))

    assert tags(root) <= ALLOWED


@pytest.mark.parametrize("task", TASKS)
def test_nothing_is_loaded_or_run(task: Task) -> None:
    page = page_of(task)
    assert not re.search(r"\b(src|href|srcset|action|on\w+)=|url\(|@import|javascript:", page)
    policy = next(
        meta.attributes["content"] for meta in ParsedPage(page).root.all("meta") if "http-equiv" in meta.attributes
    )
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.parametrize("task", TASKS)
def test_every_picture_can_be_read_out_and_has_its_numbers_in_a_table(task: Task) -> None:
    assert check_figures(ParsedPage(page_of(task)).root, r"\d|predicted") >= 8


@pytest.mark.parametrize("task", TASKS)
def test_ids_are_unique(task: Task) -> None:
    ids = re.findall(r'\bid="([^"]*)"', page_of(task))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(task: Task, text: str) -> None:
    labels = (text, f"{text} too") if task != "multiclass" else (text, f"{text} too", "third")
    page = page_of(task, labels=labels, name=text, column=text, cell=text)
    root = without_markup(page)
    assert root.all("h1")[0].whole_text() == shown(text)
    assert shown(text) in root.all("pre")[0].text


@given(st.text(max_size=40))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    root = ParsedPage(page_of("binary", labels=(text, text + "x"), cell=text, name=text)).root
    expected = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "\ufffd", text)
    assert root.all("h1")[0].whole_text() == expected


def test_the_summary_says_how_good_the_network_is() -> None:
    text = ParsedPage(page_of("binary")).root.all("section")[0].whole_text()
    assert "learned from 280 rows of people.csv" in text
    assert "0.7500" in text
    assert "95 % interval 0.7000 to 0.8000" in text
    assert "clearly better than the trivial prediction" in text
    assert "beats a linear model of the same inputs by 0.0500 to 0.2500" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"above_trivial": (-0.2, -0.1)}, "worse than the trivial prediction"),
        ({"above_trivial": (-0.08, 0.02)}, "cannot be told from the trivial prediction"),
        ({"above_trivial": None}, "cannot be told from the trivial prediction"),
        ({"differences": (-0.1, 0.1)}, "cannot be told from a linear model"),
        (
            {"differences": (-0.2, -0.1)},
            "By accuracy, a linear model of the same inputs is better, by 0.1000 to 0.2000",
        ),
    ],
)
def test_the_summary_says_so_when_the_network_is_no_better(changes: dict[str, object], words: str) -> None:
    facts = facts_of("binary")
    metrics = facts.metrics.model_dump()
    if "above_trivial" in changes:
        metrics["baseline_difference"] = changes["above_trivial"]
    if "differences" in changes:
        metrics["linear"]["differences"]["accuracy"] = changes["differences"]
    changed = replace(facts, metrics=type(facts.metrics).model_validate(metrics))
    assert words in ParsedPage(report_page(changed)).root.all("section")[0].whole_text()


@pytest.mark.parametrize(
    ("accuracy", "log_loss", "words"),
    [
        ((-0.1, 0.1), (0.1, 0.2), "it cannot be told from a linear model of the same inputs, −0.1000 to 0.1000 (95 % "),
        ((-0.1, 0.1), (0.1, 0.2), " By log_loss, the linear model is better."),
        ((-0.1, 0.1), (-0.2, -0.1), " By log_loss, it is better."),
        ((0.1, 0.2), (0.1, 0.2), " By log_loss, the linear model is better."),
        ((-0.2, -0.1), (-0.2, -0.1), " By log_loss, the network is."),
        ((-0.2, -0.1), (0.1, 0.2), " The network is not worth its trouble yet."),
    ],
)
def test_a_linear_model_is_compared_by_every_metric(
    accuracy: tuple[float, float], log_loss: tuple[float, float], words: str
) -> None:
    facts = facts_of("binary")
    metrics = facts.metrics.model_dump()
    metrics["linear"]["differences"] = dict.fromkeys(metrics["linear"]["differences"])
    metrics["linear"]["differences"] |= {"accuracy": accuracy, "log_loss": log_loss}
    changed = replace(facts, metrics=type(facts.metrics).model_validate(metrics))
    text = ParsedPage(report_page(changed)).root.all("section")[0].whole_text()
    assert words in text
    is_worthless = accuracy[1] < 0 < log_loss[0]
    assert ("not worth its trouble" in text) == is_worthless


@pytest.mark.parametrize(
    ("confusion", "words"),
    [
        ([[594, 0], [6, 0]], "Only 6 of the test rows have the label yes: how well it is found is hardly known."),
        ([[99, 0], [1, 0]], "Only 1 of the test rows has the label yes"),
        ([[11, 12], [0, 0]], "None of the test rows has the label yes"),
        ([[4, 1], [2, 3]], "2 of 2 labels have fewer than 10 test rows: how well they are found is hardly known."),
    ],
)
def test_the_summary_says_when_a_label_has_few_test_rows(confusion: list[list[int]], words: str) -> None:
    facts = facts_of("binary")
    assert isinstance(facts.result, BinaryResult)
    assert "hardly known" not in report_page(facts)
    few = replace(facts, result=replace(facts.result, confusion=np.array(confusion)))
    assert words in ParsedPage(report_page(few)).root.all("section")[0].whole_text()


def test_a_recall_below_that_of_all_rows_taken_for_positive_is_no_failure() -> None:
    facts = facts_of("binary")
    metrics = facts.metrics.model_dump()
    for values in (metrics["test"]["metrics"], metrics["test"]["baseline"], metrics["validation"]["metrics"]):
        values["recall"] = values.pop("accuracy")
    metrics["test"]["baseline"]["recall"] = 1.0
    metrics |= {"linear": None, "test_intervals": None}
    config = facts.config.model_copy(update={"metrics": ("recall", "roc_auc", "log_loss")})
    changed = replace(facts, config=config, metrics=type(facts.metrics).model_validate(metrics))
    text = ParsedPage(report_page(changed)).root.all("section")[0].whole_text()
    assert "The trivial prediction takes every row for positive, so its recall is 1" in text
    assert "worse than the trivial prediction" not in text


@pytest.mark.parametrize(
    ("value", "confusion", "words"),
    [
        (0.75, [[30, 30], [0, 0]], "nothing is better than the trivial prediction of these test rows: they are too"),
        (1.0, [[30, 0], [5, 25]], "nothing is better than the trivial prediction of these test rows. "),
        (0.75, [[30, 0], [5, 25]], "the network is worse than the trivial prediction"),
    ],
)
def test_rows_are_told_to_be_alike_where_they_are(value: float, confusion: list[list[int]], words: str) -> None:
    facts = facts_of("binary")
    assert isinstance(facts.result, BinaryResult)
    metrics = facts.metrics.model_dump()
    metrics["test"]["metrics"]["accuracy"], metrics["test"]["baseline"]["accuracy"] = value, 1.0
    metrics["baseline_difference"] = (-0.3, -0.2)
    result = replace(facts.result, confusion=np.array(confusion))
    changed = replace(facts, metrics=type(facts.metrics).model_validate(metrics), result=result)
    assert words in ParsedPage(report_page(changed)).root.all("section")[0].whole_text()


def test_rows_of_the_calibration_are_counted_in_whole_numbers() -> None:
    root = ParsedPage(page_of("binary")).root
    (table,) = [one for one in root.all("table") if "observed" in one.whole_text()]
    rows = [[cell.whole_text() for cell in row.children] for row in table.all("tr")[1:]]
    assert sum(int(row[-1].replace(",", "")) for row in rows) == 400


def test_lower_is_better_turns_the_words_around() -> None:
    facts = facts_of("regression")
    text = ParsedPage(report_page(facts)).root.all("section")[0].whole_text()
    # The rmse 0.75 is above the trivial 0.5 and 0.05 to 0.25 above the linear model's.
    assert "worse than the trivial prediction" in text
    assert "By rmse, a linear model of the same inputs is better, by 0.0500 to 0.2500" in text
    for bounds, words in (
        ((-0.1, 0.1), "cannot be told from the trivial prediction"),
        ((-0.2, -0.1), "clearly better"),
    ):
        metrics = facts.metrics.model_dump()
        metrics["baseline_difference"] = bounds
        changed = replace(facts, metrics=type(facts.metrics).model_validate(metrics))
        assert words in ParsedPage(report_page(changed)).root.all("section")[0].whole_text()


def test_a_run_without_intervals_and_linear_model_has_a_page_too() -> None:
    facts = facts_of("regression")
    bare = facts.metrics.model_copy(update={"test_intervals": None, "linear": None, "importance": None})
    page = report_page(replace(facts, metrics=bare, mistakes=[], result=None, counts={}))
    text = ParsedPage(page).root.whole_text()
    assert "Some predictions are not finite numbers" in text
    assert "it would take too long" in text


def test_remarks_are_shown() -> None:
    facts = facts_of("binary")
    found = Diagnosis(topic="stopped_too_early", message="still <better> at the end", change="training.epochs=80")
    metrics = facts.metrics.model_copy(update={"diagnosis": (found,)})
    remark = ParsedPage(report_page(replace(facts, metrics=metrics))).root.all("section")[0].all("li")[0]
    assert remark.whole_text() == "stopped too early: still <better> at the end. Try training.epochs=80"


def test_a_change_with_braces_can_be_pasted_into_a_shell() -> None:
    facts, change = facts_of("binary"), "training.early_stopping={patience: 5}"
    found = Diagnosis(topic="overfitting", message="it rises", change=change)
    metrics = facts.metrics.model_copy(update={"diagnosis": (found,)})
    code = ParsedPage(report_page(replace(facts, metrics=metrics))).root.all("code")[0]
    assert shlex.split(code.whole_text()) == [change]


def test_many_labels_are_shown_as_the_pairs_that_are_confused_most() -> None:
    labels = tuple(f"label {n}" for n in range(40))
    root = ParsedPage(page_of("multiclass", labels=labels)).root
    assert "confusion" not in {figure.attributes["id"] for figure in root.all("figure")}
    result = result_of("multiclass", n_labels=40)
    assert isinstance(result, MulticlassResult)
    wrong = result.confusion - np.diag(np.diag(result.confusion))
    table = next(table for table in root.all("div") if table.attributes.get("aria-label") == "Confused labels")
    assert int(table.all("td")[1].text) == wrong.max()


def test_the_numbers_of_the_confusion_matrix_are_those_of_the_rows() -> None:
    root = ParsedPage(page_of("binary")).root
    figure = next(figure for figure in root.all("figure") if figure.attributes["id"] == "confusion")
    result = result_of("binary")
    assert isinstance(result, BinaryResult)
    shown = [int(cell.text) for cell in figure.all("td")]
    assert shown == result.confusion.ravel().tolist()
    drawn = [int(text.text) for text in figure.all("text") if text.attributes["class"].startswith("count")]
    assert drawn == shown


@pytest.mark.parametrize(
    "values",
    [
        np.ones(1),
        np.zeros(5),
        np.full(3, 1e300),
        np.array([-1e150, 1e150]),
        np.array([5e-324, 1.0]),
        np.array([1.0, 1.0 + 1e-15]),
    ],
)
def test_odd_numbers_can_be_drawn(values: np.ndarray) -> None:
    for predicted in (values, values * 0.5, values[::-1]):
        page = page_of("regression", result=RegressionResult(values, predicted))
        assert not re.search(r'="[^"]*\b(nan|inf)\b', page)


def test_odd_histories_can_be_drawn() -> None:
    facts = facts_of("binary")
    rows = [dict(row) for row in facts.history[:1]]
    for changed in ({"val_roc_auc": float("nan")}, {"loss": 1e30}, {"val_loss": 0.0, "loss": 0.0}):
        history = [rows[0] | changed]
        metrics = facts.metrics.model_copy(update={"best_epoch": 1, "epochs": 1})
        page = report_page(replace(facts, history=history, metrics=metrics))
        assert not re.search(r'="[^"]*\b(nan|inf)\b', page)


def test_a_page_of_many_rows_columns_and_epochs_stays_small() -> None:
    history = [{**row, "epoch": n + 1} for n, row in enumerate(list(facts_of("regression").history) * 200)]
    page = page_of("regression", result=result_of("regression", n_rows=100_000), history=history)
    assert len(page.encode()) < 300_000


@pytest.mark.parametrize("task", TASKS)
def test_what_counts_with_weights_is_said(task: Task) -> None:
    words = "Curves and calibration count rows with their weights" if task == "binary" else "every row counts alike"
    for is_weighted in (True, False):
        text = ParsedPage(page_of(task, is_weighted=is_weighted)).root.whole_text()
        assert (words in text) == is_weighted
        assert ("Rows count with their weights." in text) == is_weighted
    if task == "binary":
        text = ParsedPage(page_of(task, is_weighted=True, has_class_weights=True)).root.whole_text()
        assert words not in text
        assert "without the weights of their classes. Training did count with them" in text


def test_the_first_columns_stand_for_the_others_of_a_wide_table() -> None:
    facts = facts_of("regression")
    feature = facts.preprocessing.features[0]
    features = tuple(feature.model_copy(update={"name": f"column {n}"}) for n in range(2_000))
    importance = tuple(ColumnImportance(name=one.name, increase=0.5, low=0.4, high=0.6) for one in features)
    metrics = facts.metrics.model_copy(update={"importance": importance})
    wide = facts.preprocessing.model_copy(update={"features": features})
    page = report_page(replace(facts, preprocessing=wide, metrics=metrics))
    assert "1,700 more columns not shown." in page
    assert len(page.encode()) < 400_000


def decided(*, threshold: float, temperature: float | None = None) -> ReportFacts:
    """A page of a binary task whose run has decided, with gates."""
    result, facts = result_of("binary"), facts_of("binary")
    assert isinstance(result, BinaryResult)
    decision = Decision(threshold=threshold, temperature=temperature, validation={"f1": 0.8125})
    metrics = facts.metrics.model_copy(update={"decision": decision})
    section = DecisionSection(threshold=ThresholdSection(maximize="f1"))
    expect = {"test.accuracy": ">= 0.7", "validation.log_loss": "< 0.7"}
    return replace(
        facts,
        config=facts.config.model_copy(update={"decision": section, "expect": expect}),
        metrics=metrics,
        result=replace(result, thresholds=(threshold, threshold)),
    )


def test_a_decision_is_named_where_it_counts() -> None:
    root = ParsedPage(report_page(decided(threshold=0.3, temperature=2.0))).root
    parts = {part.attributes["id"]: part for part in (*root.all("section"), *root.all("figure"))}
    words = parts["test"].whole_text()
    assert "Decision: p > 0.3000 (maximizes f1 on validation: 0.8125). Calibrated: temperature 2.000. " in words
    assert "positive label where its probability is greater than 0.3000" in parts["confusion"].whole_text()
    assert "threshold 0.3000" in parts["scores"].whole_text()
    assert "The linear model has a decision of its own" in parts["metrics"].whole_text()


def test_of_a_fixed_threshold_nothing_was_settled() -> None:
    facts = decided(threshold=0.3)
    config = facts.config.model_copy(update={"decision": DecisionSection(threshold=0.3)})
    fixed, ruled = (ParsedPage(report_page(replace(facts, config=one))).root for one in (config, facts.config))
    assert "Settled on the validation rows" in ruled.whole_text()
    assert "Settled on the validation rows" not in fixed.whole_text()
    assert "The linear model decides by the same threshold." in fixed.whole_text()


def test_the_threshold_is_marked_where_it_lies() -> None:
    root = ParsedPage(report_page(decided(threshold=0.3))).root
    (figure,) = (figure for figure in root.all("figure") if figure.attributes["id"] == "scores")

    def ends(kind: str) -> list[tuple[float, float]]:
        lines = [line.attributes for line in figure.all("line") if line.attributes["class"] == kind]
        return [(float(line["x1"]), float(line["x2"])) for line in lines]

    ((left, right),) = ends("mark")
    start, end = max(ends("base"), key=lambda line: line[1] - line[0])
    assert left == right == pytest.approx(start + 0.3 * (end - start), abs=0.01)


def test_nothing_is_said_of_a_decision_or_gates_that_there_are_not() -> None:
    root = ParsedPage(page_of("binary")).root
    assert "gates" not in {section.attributes["id"] for section in root.all("section")}
    text = root.whole_text()
    assert "Predicted is the more probable label" in text
    assert "Decision" not in text
    assert "threshold" not in text
    assert "decision of its own" not in text


def test_gates_are_shown_with_their_outcome() -> None:
    root = ParsedPage(report_page(decided(threshold=0.3))).root
    (section,) = (section for section in root.all("section") if section.attributes["id"] == "gates")
    assert "1 of 2 gates missed" in section.whole_text()
    cells = [[cell.whole_text() for cell in (*row.all("th"), *row.all("td"))] for row in section.all("tr")[1:]]
    assert cells == [
        ["test.accuracy", "0.7500", ">= 0.7", "reached"],
        ["validation.log_loss", "0.7500", "< 0.7", "missed"],
    ]


def test_the_summary_says_when_gates_are_missed_and_when_rows_are_few() -> None:
    summary = ParsedPage(report_page(decided(threshold=0.3))).root.all("section")[0].whole_text()
    assert "Missed: 1 of 2 gates." in summary
    assert "rough idea" not in summary
    facts = facts_of("binary")
    metrics = facts.metrics.model_copy(update={"test": facts.metrics.test.model_copy(update={"rows": 8})})
    few = ParsedPage(report_page(replace(facts, metrics=metrics))).root.all("section")[0].whole_text()
    assert "Only 8 test rows: too few for more than a rough idea." in few
    assert "gates" not in few


@pytest.mark.parametrize("task", TASKS)
def test_headings_go_down_one_level_at_a_time(task: Task) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", page_of(task))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("task", TASKS)
def test_every_table_names_its_columns_and_rows(task: Task) -> None:
    for table in ParsedPage(page_of(task)).root.all("table"):
        assert {heading.attributes["scope"] for heading in table.all("thead")[0].all("th")} == {"col"}
        for row in table.all("tbody")[0].all("tr"):
            assert len([one for one in row.children if one.tag == "th"]) <= 1
            assert len(row.children) == len(table.all("thead")[0].all("th"))


def test_a_dot_of_the_error_by_size_is_as_large_as_its_group() -> None:
    truth = np.repeat([1.0, 2.0, 3.0], [90, 9, 1])
    root = ParsedPage(page_of("regression", result=RegressionResult(truth, truth + 0.1))).root
    (figure,) = (figure for figure in root.all("figure") if figure.attributes["id"] == "error-by-size")
    radii = [float(circle.attributes["r"]) for circle in figure.all("circle")]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] > radii[-1]


@pytest.mark.parametrize(("low", "is_told"), [(0.62, True), (0.48, False)])
def test_the_order_of_probabilities_may_tell_what_labels_do_not(low: float, is_told: bool) -> None:
    facts = facts_of("binary")
    intervals = {"accuracy": (0.4, 0.6), "roc_auc": (low, 0.9)}
    metrics = facts.metrics.model_copy(update={"baseline_difference": (-0.1, 0.1), "test_intervals": intervals})
    text = ParsedPage(report_page(replace(facts, metrics=metrics))).root.all("section")[0].whole_text()
    assert "By accuracy, on these rows the network cannot be told from the trivial prediction." in text
    assert (f"The order of its probabilities does tell something: roc_auc {low:.4f} to 0.9000" in text) == is_told


def test_figures_without_class_weights_stand_beside_those_of_the_trivial_prediction() -> None:
    facts = facts_of("binary", is_weighted=True)
    test = facts.metrics.test.model_copy(
        update={"unweighted": {"accuracy": 0.7317}, "unweighted_baseline": {"accuracy": 0.8171}}
    )
    page = report_page(replace(facts, metrics=facts.metrics.model_copy(update={"test": test})))
    assert "Without class weights: accuracy 0.7317 (trivial 0.8171)." in ParsedPage(page).root.whole_text()


@pytest.mark.parametrize(
    ("name", "bounds", "words"),
    [
        ("accuracy", (0.01, 0.05), "By accuracy, the network is clearly better than the trivial prediction."),
        ("accuracy", (-0.01, 0.05), "cannot be told from the trivial prediction"),
        ("accuracy", (-0.05, -0.01), "worse than the trivial prediction"),
        ("f1", (-0.1, -0.05), "worse than a prediction that takes every row for positive"),
    ],
)
def test_the_verdict_is_that_of_the_paired_difference(name: str, bounds: tuple[float, float], words: str) -> None:
    facts = facts_of("binary")
    metrics = facts.metrics.model_dump() | {"baseline_difference": bounds, "linear": None}
    for part in ("validation", "test"):
        metrics[part]["metrics"][name], metrics[part]["baseline"][name] = 0.5, 0.4
    config = facts.config.model_copy(update={"metrics": (name, "roc_auc", "log_loss")})
    changed = replace(facts, config=config, metrics=type(facts.metrics).model_validate(metrics))
    assert words in ParsedPage(report_page(changed)).root.all("section")[0].whole_text()


def test_intervals_say_what_they_take_for_one() -> None:
    facts = facts_of("binary")
    for n_groups, words in (
        (40, "there are 40 such groups."),
        (1, "there is no interval over the choice of one group"),
    ):
        text = ParsedPage(report_page(replace(facts, n_test_groups=n_groups))).root.whole_text()
        assert words in text
    time = facts.config.split.model_copy(update={"strategy": "time"})
    config = facts.config.model_copy(update={"split": time})
    assert "follow each other in time" in ParsedPage(report_page(replace(facts, config=config))).root.whole_text()
    assert "follow each other in time" not in ParsedPage(report_page(facts)).root.whole_text()
