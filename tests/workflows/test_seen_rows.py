"""Which rows of a table a run was made with."""

import gzip
from pathlib import Path

import pytest

from dltrain.errors import DataError
from dltrain.run import Run, load_run
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.rows.dataset import read_dataset
from dltrain.workflows.rows.seen_rows import SeenRows
from tests.reliability.hostile_runs import seal


@pytest.fixture
def lines(people_run: Run) -> list[str]:
    """The lines of the run's table, the header first."""
    return table_of(people_run).read_text().splitlines()


def table_of(run: Run) -> Path:
    return Path(run.config.data.path)


def seen_in(run: Run, lines: list[str], name: str = "other.csv") -> SeenRows:
    """What is said of a table with these lines."""
    path = run.path.parent / name
    path.write_text("\n".join(lines) + "\n")
    seen = evaluate(run, data=path).seen
    assert isinstance(seen, SeenRows)
    return seen


def test_the_own_table_is_told_by_its_parts(people_run: Run) -> None:
    evaluation = evaluate(people_run, data=table_of(people_run))
    assert evaluation.to_dict()["seen_rows"] == {"train": 154, "validation": 38, "test": 48}
    (note,) = evaluation.notes()
    assert note == (
        "all 240 rows are those of the run's own table: 154 for training, 38 for validation, 48 held out; "
        "dltrain evaluate without --data scores the held-out rows alone"
    )


@pytest.mark.parametrize("is_replaced", [True, False])
def test_the_own_table_is_known_wherever_it_lies(people_run: Run, is_replaced: bool) -> None:
    table = table_of(people_run)
    moved = table.rename(people_run.path.parent / "moved.csv")
    if is_replaced:
        table.write_text("".join(moved.read_text().splitlines(keepends=True)[:50]))
    evaluation = evaluate(people_run, data=moved)
    assert evaluation.to_dict()["seen_rows"] == {"train": 154, "validation": 38, "test": 48}
    (note,) = evaluation.notes()
    assert note.startswith("all 240 rows are those of the run's own table: 154 for training")
    assert note.endswith("" if is_replaced else f"alone, once the table is where it was: {table}")


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_the_rows_of_every_part_are_found_whatever_their_order(people_run: Run, lines: list[str], part: str) -> None:
    rows = getattr(read_dataset(people_run.loaded_config), part).rows[::-1]
    seen = seen_in(people_run, [lines[0], *(lines[1 + row] for row in rows)])
    assert seen.to_dict() == {"train": 0, "validation": 0, "test": 0, part: rows.size}
    assert (not seen.notes()) == (part == "test")


def test_a_copy_in_another_order_of_columns_and_packed_is_seen_through(people_run: Run, lines: list[str]) -> None:
    path = people_run.path.parent / "copy.csv.gz"
    turned = [",".join(line.split(",")[::-1]) for line in lines]
    path.write_bytes(gzip.compress("\n".join(turned).encode()))
    seen = evaluate(people_run, data=path).seen
    assert isinstance(seen, SeenRows)
    assert (seen.to_dict(), seen.own_table) == ({"train": 154, "validation": 38, "test": 48}, "")


def test_other_ids_make_no_other_row_and_another_cell_or_target_does(people_run: Run, lines: list[str]) -> None:
    header, first = lines[0], lines[1 + int(read_dataset(people_run.loaded_config).train.rows[0])]
    person, age, *rest, bought = first.split(",")
    other = {"yes": "no", "no": "yes"}[bought]
    rows = [
        ",".join(["p999", age, *rest, bought]),
        ",".join([person, f"{age}.5", *rest, bought]),
        ",".join([person, age, *rest, other]),
    ]
    seen = seen_in(people_run, [header, *rows])
    assert (seen.train, seen.validation, seen.test) == (1, 0, 0)
    assert seen.notes() == [
        "1 of 3 rows (33%) equal rows that the run was made with, target included: 1 for training; "
        "their score says little about new rows"
    ]


def test_the_share_of_the_own_test_rows_that_equal_training_rows_is_shown_beside() -> None:
    seen = SeenRows(50, 0, 0, n_rows=200, own_table="", usual_share=0.19)
    assert "50 of 200 rows (25%)" in seen.notes()[0]
    assert "50 for training (so do 19% of its own test rows);" in seen.notes()[0]


def test_new_rows_raise_no_note(people_run: Run, lines: list[str]) -> None:
    seen = seen_in(people_run, [lines[0], *(f"{line.split(',')[0]},99,{line.split(',', 2)[2]}" for line in lines[1:])])
    assert (seen.to_dict(), seen.notes()) == ({"train": 0, "validation": 0, "test": 0}, [])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda table: table.unlink(), "expected the table this run was made from, got no such file"),
        (lambda table: table.write_text(table.read_text() + "\n"), "the table has changed since this run was made"),
    ],
    ids=["gone", "changed"],
)
def test_without_the_own_table_one_note_says_that_nothing_is_known(
    people_run: Run, lines: list[str], spoil: object, reason: str
) -> None:
    assert callable(spoil)
    other = people_run.path.parent / "other.csv"
    other.write_text("\n".join(lines[:50]) + "\n")
    spoil(table_of(people_run))
    evaluation = evaluate(people_run, data=other)
    assert evaluation.to_dict()["seen_rows"] is None
    (note,) = evaluation.notes()
    assert note.startswith("whether the run has seen these rows before could not be checked: ")
    assert reason in note
    assert evaluation.scores.rows == 49


def test_nobody_asks_about_held_out_rows(people_run: Run) -> None:
    evaluation = evaluate(people_run)
    assert (evaluation.notes(), evaluation.to_dict()["seen_rows"]) == ([], None)
    assert evaluation.scores.metrics == pytest.approx(people_run.metrics.test.metrics)


def test_a_table_that_would_not_fit_the_memory_is_not_looked_at(
    people_run: Run, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dltrain.workflows.rows.seen_rows.allowed_memory", lambda: 1e6)
    other = people_run.path.parent / "other.csv"
    other.write_text("\n".join(lines[:50]) + "\n")
    evaluation = evaluate(people_run, data=other)
    (note,) = evaluation.notes()
    assert "could not be checked: " in note
    assert "of memory" in note
    assert evaluation.scores.rows == 49


def test_a_run_whose_config_names_another_table_than_was_verified_is_not_read(people_run: Run) -> None:
    config = people_run.path / "config.yaml"
    config.write_text(config.read_text().replace("people.csv", "other.csv"))
    seal(people_run.path)
    with pytest.raises(DataError, match=r"expected config\.yaml and manifest\.json to name the same tables"):
        evaluate(load_run(people_run.path))
