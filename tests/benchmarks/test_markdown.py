import pytest

from benchmarks.__main__ import targets
from benchmarks.markdown import spread, table, target


def test_a_table_aligns_text_left_and_numbers_right() -> None:
    lines = table(["net", "program", "ms"], [["3×64", "JAX", "0.05"], ["3×512", "dltrain", "12.00"]], n_text=2)

    assert lines.splitlines() == [
        "| net   | program |    ms |",
        "| ----- | ------- | ----: |",
        "| 3×64  | JAX     |  0.05 |",
        "| 3×512 | dltrain | 12.00 |",
    ]


def test_a_spread_is_the_median_with_both_ends() -> None:
    assert spread([3.0, 1.0, 2.5], digits=1) == "2.5 (1.0–3.0)"


@pytest.mark.parametrize(
    ("is_reached", "measured", "row"),
    [
        (True, "17.6 (16.9–18.0)", ["reached", "17.6 (16.9–18.0)"]),
        (False, "0.5", ["MISSED", "0.5"]),
        (True, "", ["reached", ""]),
        (None, "covertype.csv.gz not found", ["not measured", "covertype.csv.gz not found"]),
    ],
)
def test_every_target_of_a_benchmark_is_found_again(is_reached: bool | None, measured: str, row: list[str]) -> None:
    text = "3×64, batch 64: at least 10 × as fast as Keras fit"
    output = f"Some words.\n\n{target(text, is_reached=is_reached, measured=measured)}\n- no target: reached."

    *_, last = targets({"training_steps": output}).splitlines()

    assert [cell.strip() for cell in last.split("|")[1:-1]] == [text, *row, "`training_steps`"]
