from typing import Any

import numpy as np
import pytest

from dltrain.profiling import profile_column
from dltrain.profiling.findings_target import class_findings, constant_target_finding, loss_findings, target_findings
from tests.features.tables import table_of
from tests.profiling.configs import config_of


def seen(cells: list[Any], **data: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    config = config_of(data=data)
    findings = target_findings(profile_column(table_of(y=cells), "y"), config)
    return [(finding.grade, finding.topic, finding.change) for finding in findings]


NUMBERS = [str(n / 4) for n in range(60)]


def test_a_missing_target_is_an_error_unless_the_config_drops_it() -> None:
    assert seen([*NUMBERS, None]) == [("error", "missing_target", ("data.missing_target=drop",))]
    assert seen([*NUMBERS, None], missing_target="drop") == [("note", "missing_target", ())]
    assert seen(NUMBERS) == []


def test_an_infinite_target_is_an_error_of_a_regression() -> None:
    change = ('data.missing_values=[inf, "-Infinity"]', "data.missing_target=drop")
    assert seen([*NUMBERS, "inf", "-Infinity"]) == [("error", "infinite_target", change)]
    assert seen([*NUMBERS, "inf"], task="multiclass") == []
    assert seen(["inf", "sup"] * 9) == []


@pytest.mark.parametrize(
    ("cells", "data", "is_asked"),
    [
        ([str(n) for n in range(1, 61)], {}, True),
        ([str(n * 7 % 60) for n in range(60)], {"task": "regression"}, True),
        ([str(n) for n in range(1, 61)], {"task": "multiclass"}, False),
        ([str(n) for n in range(1, 19)], {}, False),
        ([str(n) for n in range(1, 62) if n != 30], {}, False),
        ([str(n // 2) for n in range(60)], {}, False),
    ],
)
def test_a_target_that_counts_the_rows_is_asked_about(cells: list[str], data: dict[str, str], is_asked: bool) -> None:
    assert seen(cells, **data) == ([("warning", "row_number_target", ())] if is_asked else [])


@pytest.mark.parametrize(
    ("cells", "is_constant"),
    [(["5.0", "5"] * 30, True), ([5.0, 5.0], True), (["a", "a"], True), (["5.0", "6"], False)],
)
def test_a_target_that_is_one_number_is_constant_however_it_is_written(cells: list[Any], is_constant: bool) -> None:
    profile = profile_column(table_of(y=cells), "y")
    assert (constant_target_finding(profile, config_of()) is not None) is is_constant


def test_a_marker_among_numbers_is_an_error_and_among_labels_a_warning() -> None:
    change = ("data.missing_values=[NA]", "data.missing_target=drop")
    assert seen([*NUMBERS, "NA"]) == [("error", "missing_target", change)]
    assert seen(["yes", "no", "NA"] * 9) == [("warning", "missing_target", change)]
    assert seen(["yes", "no", "maybe"] * 9) == []


def test_words_in_many_cells_of_a_target_of_numbers_may_be_an_answer() -> None:
    change = ("data.missing_values=[unknown]", "data.missing_target=drop")
    assert seen([*NUMBERS, *["unknown"] * 3]) == [("error", "missing_target", change)]
    assert seen([*NUMBERS, *["unknown"] * 4]) == [("error", "words_in_target", change)]
    assert seen([*NUMBERS, *["unknown"] * 25]) == [("error", "words_in_target", change)]
    assert seen([*NUMBERS, *["unknown"] * 26]) == [("error", "words_in_target", change)]
    assert seen([*NUMBERS, *["unknown"] * 61]) == []
    assert seen([*NUMBERS, *["unknown"] * 20], task="multiclass") == []
    assert seen([*NUMBERS, *["unknown"] * 20], task="regression") == [("error", "missing_target", change)]
    assert seen([*(str(n % 20) for n in range(60)), *["unknown"] * 20]) == []


def topics(counts: list[int], **sections: Any) -> list[str]:
    sections["data"] = {"task": "binary" if len(counts) == 2 else "multiclass"}
    labels = tuple(f"label {n}" for n in range(len(counts)))
    return [finding.topic for finding in class_findings(labels, np.array(counts), config_of(**sections))]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([50, 50], []),
        ([10, 20, 30], []),
        ([9, 20, 30], ["rare_classes"]),
        ([0, 20, 30], ["rare_classes"]),
        ([11, 89], []),
        ([10, 90], ["imbalance"]),
        ([5, 995], ["rare_classes", "imbalance"]),
    ],
)
def test_rare_classes_and_imbalance(counts: list[int], expected: list[str]) -> None:
    assert topics(counts) == expected


def test_a_config_that_deals_with_imbalance_is_left_alone() -> None:
    assert topics([10, 90], training={"class_weight": "balanced"}) == []
    assert topics([10, 90], metrics=["balanced_accuracy"]) == []


@pytest.mark.parametrize(
    ("counts", "class_weight", "is_doubtful"),
    [
        ([30, 90], "balanced", True),
        ([90, 90], "balanced", False),
        ([0, 90], "balanced", False),
        ([90, 90], {"label 1": 3.0}, True),
        ([90, 90], {"label 1": 0.0}, True),
        ([30, 90], {"label 0": 1.1}, False),
        ([30, 90], {"label 0": 3.0, "label 1": 3.0}, False),
        ([30, 90], {}, False),
        ([30, 90], None, False),
    ],
)
def test_a_temperature_does_not_undo_class_weights(counts: list[int], class_weight: Any, is_doubtful: bool) -> None:
    training = {"class_weight": class_weight}
    found = topics(counts, training=training, decision={"calibrate": "temperature"})
    assert ("weighted_calibration" in found) is is_doubtful
    assert "weighted_calibration" not in topics(counts, training=training)


def test_the_loss_poisson_needs_numbers_from_0() -> None:
    config = config_of(data={"task": "regression"}, training={"loss": "poisson"})
    assert [finding.grade for finding in loss_findings(np.array([-0.5, 1]), config)] == ["error"]
    assert loss_findings(np.array([0.0, 1]), config) == []
    assert loss_findings(np.array([-0.5, 0]), config_of(data={"task": "regression"})) == []


@pytest.mark.parametrize(
    ("sections", "zeros", "change"),
    [
        ({"training": {"loss": "mape"}}, 2, ("training.loss=mae",)),
        ({"metrics": ["rmse", "mape", "r2"]}, 1, ("metrics=[rmse, r2]",)),
        ({"metrics": ["mape"]}, 1, ("metrics=[mae]",)),
        ({"training": {"loss": "mape"}}, 0, None),
        ({"training": {"loss": "mae"}}, 2, None),
    ],
)
def test_nothing_is_a_percentage_of_0(sections: dict[str, Any], zeros: int, change: tuple[str, ...] | None) -> None:
    truth = np.array([0.0] * zeros + [1.5, -3.0, 1e-9])
    found = loss_findings(truth, config_of(data={"task": "regression"}, **sections))
    assert [finding.change for finding in found] == ([] if change is None else [change])
    assert all(finding.topic == "zero_target" and finding.message.startswith(str(zeros)) for finding in found)
