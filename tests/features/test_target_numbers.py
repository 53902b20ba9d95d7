import pytest

from dltrain.errors import DataError
from dltrain.features.target_numbers import target_error
from dltrain.table import numeric_values
from tests.features.tables import table_of

NUMBERS = [str(n / 4) for n in range(60)]


def told(cells: list[str], *, is_stated: bool = True) -> DataError:
    table = table_of(y=cells)
    with pytest.raises(DataError) as caught:
        numeric_values(table, "y")
    return target_error(table, "y", caught.value, is_stated=is_stated)


@pytest.mark.parametrize(
    ("labels", "task"), [(["Adelie", "Gentoo", "Chinstrap"], "multiclass"), (["no", "yes"], "binary")]
)
def test_a_target_without_numbers_is_told_to_be_of_classes_and_nothing_else(labels: list[str], task: str) -> None:
    error = told([*labels * 9, "7"])
    assert f"column 'y': expected numbers, as data.task: regression says, got {len(labels) + 1} diff" in error.message
    assert "\n" not in error.message
    assert error.hint == "if these are classes: data.task: multiclass"
    assert told(labels * 9).hint == f"if these are classes: data.task: {task}"


MEND = "write plain numbers into such cells, or leave them empty; if these are classes: data.task: multiclass"


@pytest.mark.parametrize(
    ("footer", "hint"),
    [
        (["n = 400"], "this is the last row: if it is a footer, remove it from the table"),
        (["n = 400", "mean 7"], "these are the last 2 rows: if they are a footer, remove it from the table"),
        (["n = 400", "7.5"], MEND),
        (["n = 400", "a1", "b2", "c3"], MEND),
    ],
)
def test_a_footer_below_a_target_is_to_be_removed(footer: list[str], hint: str) -> None:
    error = told([*NUMBERS, *footer])
    assert error.message.startswith("table: row 61: column 'y': expected a number, got 'n = 400'")
    assert error.hint == hint


@pytest.mark.parametrize("cell", ["n = 400", "unknown", "a1"])
@pytest.mark.parametrize("is_stated", [True, False])
def test_a_target_is_never_told_to_be_another_kind_of_feature(cell: str, *, is_stated: bool) -> None:
    for cells in ([*NUMBERS, cell], [cell, *NUMBERS], [cell, *["A", "B", "C"] * 20]):
        assert "preprocessing" not in str(told(cells, is_stated=is_stated).hint)


def test_marked_numbers_in_the_last_rows_are_no_footer() -> None:
    assert told([*NUMBERS, "12.5*", "13.1*"]).hint == MEND


def test_advice_that_is_not_about_kinds_stays() -> None:
    assert told([*NUMBERS, "?"]).hint == 'if this means a missing value: data.missing_values: ["?"]'
    assert told(["unknown", *NUMBERS]).hint == (
        'if this means a missing value: data.missing_values: ["unknown"]; if these are classes: data.task: multiclass'
    )
