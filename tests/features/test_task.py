import json
import re
from pathlib import Path
from typing import Any

import pytest

from dltrain.errors import DataError
from dltrain.features import infer_task
from dltrain.table import read_table
from tests.features.tables import table_of

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        (["yes", "no", "yes"], "binary"),
        (["true", "false", None], "binary"),
        ([True, False, True], "binary"),
        (["a", "b", "c"], "multiclass"),
        (["007", "008", "009"], "multiclass"),
        (["0", "1", "1"], "binary"),
        (["2", "1", None], "binary"),
        (["0.5", "1.5"], "binary"),
        ([0.0, 1.0, 2.0, 0.0, 1.0, 2.0], "multiclass"),
        (["1.0", "2.0", "3.0", "1", "2", "3"], "multiclass"),
        ([float(code) for code in range(20)] * 2, "multiclass"),
        ([float(code) for code in range(21)] * 2, "regression"),
        ([0.0, 1.0, 3.0] * 9, "regression"),
        ([2.0, 3.0, 4.0] * 9, "regression"),
        ([0.0, 0.5, 1.0] * 9, "regression"),
        ([0.0, 1.0, 1.0, 2.0, 0.0], "regression"),
        ([-1.0, 0.0, 1.0] * 9, "regression"),
        (["1.5", "2.5", "3.5"], "regression"),
    ],
)
def test_task_follows_from_the_values(cells: list[Any], task: str) -> None:
    assert infer_task(table_of(y=cells), "y") == task


@pytest.mark.parametrize(
    ("file", "target", "task"),
    [
        ("adult_train.csv.gz", "income", "binary"),
        ("ionosphere.csv", "Class", "binary"),
        ("penguins.csv", "species", "multiclass"),
        ("wine_red.csv", "quality", "regression"),
        ("cps1985.csv", "wage", "regression"),
        ("concrete.csv", "CompressiveStrength", "regression"),
        ("california.csv.gz", "MedHouseVal", "regression"),
        ("mpg.csv", "hwy", "regression"),
    ],
)
def test_task_of_the_shipped_tables(file: str, target: str, task: str) -> None:
    assert infer_task(read_table(DATA / file), target) == task


@pytest.mark.parametrize("cells", [["a", "a", None], ["1", "1.0"], [2.0, 2.0], [True, True]])
def test_a_target_that_never_differs_is_refused(cells: list[Any]) -> None:
    with pytest.raises(DataError, match="table: column 'y': expected a target with different values"):
        infer_task(table_of(y=cells), "y")


@pytest.mark.parametrize(
    "cells", [[f"name {row}" for row in range(30)], [f"name {row // 3}" for row in range(3 * 1_001)]]
)
def test_texts_that_can_hardly_be_classes_are_refused(cells: list[str]) -> None:
    with pytest.raises(DataError, match=r"expected classes or numbers, got .* different texts in") as caught:
        infer_task(table_of(y=cells), "y")

    assert "data.task: multiclass" in str(caught.value.hint)


def test_numbers_mixed_with_text_are_refused() -> None:
    with pytest.raises(DataError, match="row 50: column 'y': expected a number, got 'n/a'"):
        infer_task(table_of(y=[*map(str, range(49)), "n/a"]), "y")


NUMBERS = [str(n % 30) for n in range(90)]


@pytest.mark.parametrize("words", [["unknown"], ["n/a", "unknown", "refused"]])
def test_many_different_numbers_with_a_few_words_are_no_classes(words: list[str]) -> None:
    with pytest.raises(DataError, match=f"got 90 numbers and 18 cells that say '{words[0]}'") as caught:
        infer_task(table_of(y=[*NUMBERS, *words * (18 // len(words))]), "y")
    listed = json.dumps(words)
    assert str(caught.value.hint).startswith(f"data.missing_values: {listed} and data.missing_target: drop leave")


@pytest.mark.parametrize(
    ("cells", "got"),
    [
        ([f"{cell}*" if n % 3 == 0 else cell for n, cell in enumerate(NUMBERS)], "30 cells such as '0*', '3*'"),
        ([f"{cell}.5 †" for cell in NUMBERS], "90 cells such as"),
        ([f"{n % 12 + 9}/{n % 5 + 5}" for n in range(600)], "600 cells such as '9/5', '10/6'"),
    ],
)
def test_many_different_numbers_with_marks_are_no_classes(cells: list[str], got: str) -> None:
    with pytest.raises(DataError, match=re.escape(got)) as caught:
        infer_task(table_of(y=cells), "y")
    assert "no plain numbers" in caught.value.message
    assert "data.task: multiclass" in str(caught.value.hint)


@pytest.mark.parametrize(
    "cells",
    [
        ["1-3", "4-6"],
        [f"{n}-{n + 4}" for n in range(10, 150, 5)],
        ["0", "1", "2", "3+"],
        ["S", "M", "L", "XL", "36", "38"],
        [f"{deck}{n}" for deck in "ABC" for n in range(80, 90)],
        [f"{n:03d}" for n in range(30)],
        [f"{n}*" for n in range(20)],
        [*map(str, range(36, 46)), "38/40", "unknown"],
        [*map(str, range(30)), *[f"S{n}" for n in range(20)]],
    ],
)
def test_classes_with_digits_in_them_are_classes(cells: list[str]) -> None:
    assert infer_task(table_of(y=cells * 9), "y") in ("binary", "multiclass")


def test_a_target_without_values_is_refused() -> None:
    with pytest.raises(DataError, match="column 'y'"):
        infer_task(table_of(y=[None, None]), "y")


def test_a_target_of_one_answer_and_empty_cells_says_what_empty_ones_may_mean() -> None:
    with pytest.raises(DataError, match="the same in all but 2 of 3 rows, which are empty") as caught:
        infer_task(table_of(y=["fraud", None, None]), "y")
    assert caught.value.hint == "if an empty cell is an answer too, such as no, write it into the table"


def test_a_target_of_durations_is_told() -> None:
    with pytest.raises(DataError, match="such as '1:02:05'") as caught:
        infer_task(table_of(y=[f"1:{n:02d}:05" for n in range(2, 52)]), "y")
    assert str(caught.value.hint).startswith('if these are durations: data.unit_of: {y: "h:m:s"}, or ')


@pytest.mark.parametrize("form", ["{}:20:4x", "{}.5/10", "€ 1.{:03}.000,-"])
def test_amounts_in_texts_are_to_be_written_as_numbers(form: str) -> None:
    with pytest.raises(DataError, match="such as '") as caught:
        infer_task(table_of(y=[form.format(n) for n in range(50)]), "y")
    assert str(caught.value.hint).startswith("write amounts as plain numbers, such as 12.5, or ")
