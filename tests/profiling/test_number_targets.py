import pytest

from dltrain.profiling import profile_column
from dltrain.profiling.number_targets import marked_targets, words_among_targets
from tests.features.tables import table_of

NUMBERS = [str(n % 30) for n in range(70)]


@pytest.mark.parametrize(
    ("cells", "n_words"),
    [
        ([*NUMBERS, *["unknown"] * 30], 30),
        ([*NUMBERS, *["unknown"] * 31], 31),
        ([*NUMBERS, *["unknown"] * 71], 0),
        ([*NUMBERS, *["unknown", "refused"] * 9], 18),
        ([*NUMBERS, *["unknown"] * 3], 0),
        ([*NUMBERS, *["unknown", "?"] * 5], 10),
        ([*NUMBERS, *["a", "b", "c", "d", "e", "f"] * 5], 0),
        ([*(str(n % 20) for n in range(70)), *["unknown"] * 30], 0),
        ([*(str(n % 20) for n in range(70)), *["unknown"] * 5], 5),
        ([f"{n % 30:02d}" for n in range(70)] + ["unknown"] * 20, 0),
    ],
)
def test_words_are_told_beside_a_majority_of_many_numbers(cells: list[str], n_words: int) -> None:
    assert words_among_targets(profile_column(table_of(y=cells), "y")).cells == n_words


@pytest.mark.parametrize(
    ("cells", "n_marked"),
    [
        ([f"{n}*" if int(n) % 3 == 0 else n for n in NUMBERS], 24),
        ([*(f"{n} †" for n in NUMBERS), *["unknown"] * 30], 70),
        ([*(f"{n} †" for n in NUMBERS), *["unknown"] * 70], 0),
        ([*NUMBERS, "18*"], 0),
        ([f"{n % 10 + 9}/{n % 5 + 5}" for n in range(200)], 0),
        ([f"{n % 12 + 9}/{n % 5 + 5}" for n in range(200)], 200),
        ([f"{n}-{n + 4}" for n in range(10, 150, 5)] * 5, 0),
        ([f"A{n}*" for n in NUMBERS], 0),
    ],
)
def test_marks_are_told_beside_nearly_all_of_many_numbers(cells: list[str], n_marked: int) -> None:
    assert marked_targets(profile_column(table_of(y=cells), "y")).cells == n_marked
