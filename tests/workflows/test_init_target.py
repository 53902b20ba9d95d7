"""The target of a written config."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dltrain.errors import ConfigError, DataError
from dltrain.workflows.init import init
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, columns_of, starter_of


def test_a_word_that_is_a_label_of_the_target_too_is_not_read_as_missing(tmp_path: Path) -> None:
    clock = ["none" if n % 50 == 7 else f"{n % 24:02d}:{n * 7 % 60:02d}" for n in range(N_ROWS)]
    labels = np.random.default_rng(0).choice(["none", "some"], N_ROWS).tolist()
    starter = starter_of(tmp_path, "z", clock=clock, z=labels)
    assert "missing_values" not in starter.content["data"]
    assert starter.content["data"]["drop"] == ["clock"]
    assert "the targets of that text missing too" in starter.reasons["data", "drop", 0]


@pytest.mark.parametrize(("rows_of_price", "rows_of_cost"), [([0], [0]), (range(0, 600, 40), range(0, 600, 12))])
def test_a_word_that_the_target_makes_missing_is_missing_in_a_feature_too(
    tmp_path: Path, rows_of_price: Sequence[int], rows_of_cost: Sequence[int]
) -> None:
    amounts = np.random.default_rng(1).normal(50, 9, (2, N_ROWS)).round(2).astype(str)
    cost = ["EUR" if n in rows_of_cost else amount for n, amount in enumerate(amounts[0])]
    price = ["EUR" if n in rows_of_price else amount for n, amount in enumerate(amounts[1])]
    starter = starter_of(tmp_path, "price", cost=cost, price=price)
    assert starter.content["data"]["missing_values"] == ["EUR"]
    assert starter.content["data"]["missing_target"] == "drop"
    assert "drop" not in starter.content["data"]


def test_words_in_many_cells_of_a_target_of_numbers_are_asked_about(tmp_path: Path) -> None:
    scores = ["unknown" if n % 8 == 3 else n * 7 % 31 + 5 for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", {**columns_of(), "y": scores})
    with pytest.raises(DataError, match="525 of 600 targets are numbers, and 75 are 'unknown': leave") as caught:
        init(table, "y")
    decisions = ["data.missing_values=[unknown]", "data.missing_target=drop"]
    assert caught.value.hint == f"to leave them out: '{decisions[0]}' {decisions[1]}"
    assert init(table, "y", decisions).content["data"]["task"] == "regression"
    assert init(table, "y", ["data.task=regression"]).content["data"]["missing_target"] == "drop"
    assert "unknown" in init(table, "y", ["data.task=multiclass"]).summary.labels


def test_marked_numbers_are_refused_as_a_target_unless_they_are_classes(tmp_path: Path) -> None:
    marked = [f"{n * 7 % 31}{'*' if n % 3 == 0 else ''}" for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", {**columns_of(), "y": marked})
    with pytest.raises(DataError, match=r"column 'y': expected plain numbers as a target, got 200 cells such as '0\*'"):
        init(table, "y")
    assert init(table, "y", ["data.task=multiclass"]).content["data"]["task"] == "multiclass"


def test_a_label_that_usually_means_missing_stays_a_label(tmp_path: Path) -> None:
    labels = ["NA" if label == "no" else label for label in columns_of()["y"]]
    starter = starter_of(tmp_path, dose=["NA" if n % 40 == 3 else f"{n % 97}.5" for n in range(N_ROWS)], y=labels)
    assert starter.content["data"]["drop"] == ["dose"]
    assert "missing_values" not in starter.content["data"]
    assert starter.summary.labels == ("NA", "yes")


def test_rows_without_a_target_are_left_out_and_counted(tmp_path: Path) -> None:
    labels = [None if n % 50 == 0 else label for n, label in enumerate(columns_of()["y"])]
    starter = starter_of(tmp_path, y=labels)
    assert starter.content["data"]["missing_target"] == "drop"
    assert starter.reasons["data", "missing_target"] == "12 of 600 rows have no target"
    assert starter.remarks == ()
    assert starter.summary.train + starter.summary.validation + starter.summary.test == 588


@pytest.mark.parametrize("marker", ["NA", "inf"])
def test_targets_that_are_no_numbers_are_left_out(tmp_path: Path, marker: str) -> None:
    values = [marker if n % 50 == 0 else f"{cell:.3f}" for n, cell in enumerate(columns_of()["a"])]
    starter = starter_of(tmp_path, "z", z=[f"{n}" for n in values])
    data = starter.content["data"]
    assert (data["missing_values"], data["missing_target"], data["task"]) == ([marker], "drop", "regression")


def test_a_rare_class_gets_fair_metrics(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, y=["yes" if n % 20 == 0 else "no" for n in range(N_ROWS)])
    assert starter.content["metrics"] == ["balanced_accuracy", "average_precision", "log_loss"]
    assert "95.1% of the training rows are 'no'" in starter.reasons[("metrics",)]


@pytest.mark.parametrize(
    ("values", "is_suggested"),
    [
        (np.exp(np.random.default_rng(0).normal(size=N_ROWS)) * 100, True),
        (np.random.default_rng(0).normal(size=N_ROWS) + 10, False),
        # A long tail, but of values below 0 too, which have no logarithm.
        (np.exp(np.random.default_rng(0).normal(size=N_ROWS)) * 100 - 50, False),
        # A long tail of numbers so small that log(1 + y) is nearly y.
        (np.exp(np.random.default_rng(0).normal(size=N_ROWS)) / 1_000, False),
    ],
    ids=["long tail", "normal", "negative", "tiny"],
)
def test_a_logarithm_is_suggested_for_a_long_tail_of_positive_targets(
    tmp_path: Path, values: np.ndarray, is_suggested: bool
) -> None:
    starter = starter_of(tmp_path, "z", z=values.round(6).tolist())
    assert any("target.transform=log1p" in remark for remark in starter.remarks) == is_suggested
    assert "target" not in starter.content.get("preprocessing", {})


def test_few_whole_numbers_may_be_classes(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "grade", grade=[n % 6 + 3 for n in range(N_ROWS)])
    assert starter.content["data"]["task"] == "regression"
    assert [remark for remark in starter.remarks if remark.endswith("data.task=multiclass")]


def test_numbered_classes_may_be_amounts(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "rating", rating=[n % 11 for n in range(N_ROWS)])
    assert starter.content["data"]["task"] == "multiclass"
    assert [remark for remark in starter.remarks if remark.endswith("data.task=regression")]


def test_a_sign_for_missing_in_the_target_is_no_amount(tmp_path: Path) -> None:
    score = ["-99" if n % 20 == 3 else f"{50 + n % 31}.5" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, "score", score=score)
    assert starter.content["data"]["missing_values"] == ["-99"]
    assert starter.content["data"]["missing_target"] == "drop"


def test_a_word_in_the_target_that_is_a_category_elsewhere_is_left_to_a_person(tmp_path: Path) -> None:
    tariff = ["free", "basic", "pro"] * (N_ROWS // 3)
    with pytest.raises(DataError, match="would make the cells of 'tariff' of that text missing too: leave the cells"):
        starter_of(tmp_path, "z", tariff=tariff, z=["free" if n == 9 else n / 4 for n in range(N_ROWS)])


def test_a_word_among_the_numbers_of_a_target_leaves_its_row_out(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "z", z=["broken" if n == 9 else n / 4 for n in range(N_ROWS)])
    data = starter.content["data"]
    assert (data["missing_target"], data["missing_values"], data["task"]) == ("drop", ["broken"], "regression")
    assert starter.reasons["data", "missing_target"] == "1 of 600 targets is 'broken', which is no number"


def test_a_wrong_target_is_told_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"^target: column 'Alpha' is not in .*table\.csv\nhint: did you mean 'alpha'"
    ):
        starter_of(tmp_path, "Alpha", alpha=[0] * N_ROWS)


def test_a_target_with_decimal_commas_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"column 'z': expected plain numbers as a target, got 600 cells such as '0,05'"
    ):
        starter_of(tmp_path, "z", z=[f'"{n},{n % 7}5"' for n in range(N_ROWS)])


def test_a_target_with_a_unit_is_a_number(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "z", z=[f'"$1,{n:03d}.50"' for n in range(N_ROWS)])
    data = starter.content["data"]
    assert (data["task"], data["unit_of"], data["thousands"]) == ("regression", {"z": "$"}, ",")


@pytest.mark.parametrize(
    ("labels", "positive"),
    [(("ja", "nein"), "ja"), (("Nein", "JA"), "JA"), (("no", "yes"), "yes"), (("j", "n"), "j"), (("a", "b"), "b")],
)
def test_the_label_that_says_yes_is_positive(tmp_path: Path, labels: tuple[str, str], positive: str) -> None:
    starter = starter_of(tmp_path, "z", z=[labels[n % 2] for n in range(N_ROWS)])
    assert starter.content["data"]["positive"] == positive
    assert starter.loaded.config.data.positive == positive
    assert starter.reasons["data", "positive"].startswith("counts as class 1; rows: 300 of")


def test_a_target_that_never_changes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        starter_of(tmp_path, "z", z=["same"] * N_ROWS)
    text = "column 'z': expected a target with different values, got the same in every row"
    assert caught.value.message == f"{tmp_path / 'table.csv'}: {text}"


def test_a_number_that_means_missing_in_the_target_and_an_amount_elsewhere_is_left_to_a_person(tmp_path: Path) -> None:
    score = ["-999" if n % 60 == 3 else f"{n % 31}.5" for n in range(N_ROWS)]
    depth = [("-999", "-998", "-500", "0")[n % 4] for n in range(N_ROWS)]
    starter = starter_of(tmp_path, "score", score=score, depth=depth)
    assert "missing_values" not in starter.content["data"]
    assert any("would make the numbers of 'depth' of that text missing too" in text for text in starter.remarks)
    for other in (["-999"] * N_ROWS, list(range(-999, N_ROWS - 999)), [("-999", "1")[n % 2] for n in range(N_ROWS)]):
        starter = starter_of(tmp_path, "score", score=score, other=other)
        assert starter.content["data"]["missing_values"] == ["-999"]


def test_an_odd_cell_of_a_target_of_disguised_numbers_costs_its_row(tmp_path: Path) -> None:
    prices = [f'"{n}.{n % 900 + 100},{n % 90 + 10}"' for n in range(1, N_ROWS)]
    table = write_table(
        tmp_path / "t.csv", {"x": [n % 7 for n in range(N_ROWS)], "price": [prices[0], "12.5", *prices[1:]]}
    )
    data = init(table, "price").content["data"]
    assert (data["decimal"], data["missing_values"], data["missing_target"]) == (",", ["12.5"], "drop")


@pytest.mark.filterwarnings("error")
def test_a_number_that_is_always_the_same_is_told_as_a_target(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", {"x": [n % 7 / 2 for n in range(N_ROWS)], "y": [3.5] * N_ROWS})
    starter = init(table, "y", ["data.task=regression"])
    assert any("every target is '3.5': there is nothing to learn" in text for text in starter.remarks)


@pytest.mark.parametrize(
    ("rare", "usual", "positive"),
    [
        ("fraud", "ok", "fraud"),
        ("spam", "legit", "spam"),
        ("Rare", "common", "Rare"),
        ("fraud", "OK", "fraud"),
        ("no", "yes", "yes"),
        ("0", "1", "1"),
        ("Nein", "Ja", "Ja"),
    ],
)
def test_a_rare_label_is_positive_unless_the_other_one_says_yes(
    tmp_path: Path, rare: str, usual: str, positive: str
) -> None:
    starter = starter_of(tmp_path, "z", z=[usual if n % 10 else rare for n in range(N_ROWS)])
    assert starter.content["data"]["positive"] == positive


def test_a_table_without_a_header_is_told_when_its_target_is_sought(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "t.csv", {"5.1": [n % 7 for n in range(90)], "2": [1, 2, 3] * 30, "setosa": ["setosa", "other"] * 45}
    )
    with pytest.raises(DataError, match="seems to be a row and no header: 3 of 3 names"):
        init(table, "species")
    # Years may be names, and are numbers.
    table = write_table(tmp_path / "t.csv", {"2019": [n % 7 for n in range(90)], "kind": ["a", "b"] * 45})
    with pytest.raises(ConfigError, match=r"if that is its first row: data\.header=\[\.\.\.\] names the columns"):
        init(table, "species")


def test_a_target_with_limits_is_refused_with_what_to_do(tmp_path: Path) -> None:
    dose = ["<0.5" if n % 5 == 3 else f"{n % 17}.{n % 7}" for n in range(N_ROWS)]
    with pytest.raises(DataError, match=r"column 'dose': expected numbers as a target, got 120 limits such as '<0\.5'"):
        starter_of(tmp_path, "dose", dose=dose)
    assert starter_of(tmp_path, "b").content["data"]["task"] == "regression"
