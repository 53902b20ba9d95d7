"""Columns of a new table beside those of the run; more of it in R18."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from dltrain.errors import DataError
from dltrain.run import Run, load_run
from dltrain.table import Table
from dltrain.workflows.compare import compare
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.models.model import Model
from dltrain.workflows.rows.fitted_columns import check_fitted_columns
from tests.conftest import GOLDEN

PEOPLE = GOLDEN / "people.csv"
NAMES = ["person", "age", "city", "owner", "income", "group"]


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run(GOLDEN / "people-1")


def named(names: list[str]) -> Table:
    return Table(pa.table({name: ["x"] for name in names}), "new.csv")


def error_of(run: Run, names: list[str]) -> DataError:
    with pytest.raises(DataError) as caught:
        check_fitted_columns(run, named(names))
    return caught.value


def renamed(**names: str) -> list[str]:
    return [names.get(name, name) for name in NAMES]


@pytest.mark.parametrize("spelling", ["AGE", "Age", " age ", "a ge", "a_ge", "A-GE_"])
def test_a_name_that_is_spelled_otherwise_is_shown_as_a_difference(run: Run, spelling: str) -> None:
    error = error_of(run, [*renamed(age=spelling), "extra"])
    assert error.message.splitlines() == [
        "new.csv: 1 column is spelled otherwise than in training",
        f"  - '{spelling}'",
        "  + 'age'",
    ]
    assert error.hint == "rename the columns of the table: each - as the + below it"


def test_five_differences_are_shown_at_most(run: Run) -> None:
    lines = error_of(run, [name.upper() for name in NAMES]).message.splitlines()
    assert lines[0] == "new.csv: 6 columns are spelled otherwise than in training"
    assert (len(lines), lines[-1]) == (12, "  and 1 more")


@pytest.mark.parametrize(
    "names",
    [
        [*renamed(age="Age"), "AGE"],  # which of the two?
        renamed(age="Age", city="town"),  # another one is missing
        renamed(age="agee"),
        renamed(age="bought"),  # the target
    ],
)
def test_other_missing_columns_are_listed(run: Run, names: list[str]) -> None:
    assert " missing: 'age'" in error_of(run, names).message


def test_a_known_column_is_no_other_spelling(run: Run) -> None:
    assert check_fitted_columns(run, named([*NAMES, "Age", "bought"])) == ("Age",)


def test_scores_need_no_ids(run: Run) -> None:
    assert check_fitted_columns(run, named(NAMES[1:]), with_ids=False) == ()
    error = error_of(run, NAMES[1:])
    assert error.message.startswith("new.csv: 1 required column is missing: 'person'")


READS: dict[str, Callable[[Run, Path], object]] = {
    "evaluate": lambda run, table: evaluate(run, data=table),
    "compare": lambda run, table: compare([run, run], data=table),
    "encode": lambda run, table: Model(run).encode(table),
}


@pytest.mark.parametrize("use", READS)
def test_columns_that_are_spelled_otherwise_are_told_by_whatever_reads_a_table(
    run: Run, tmp_path: Path, use: str
) -> None:
    table = tmp_path / "new.csv"
    table.write_text((GOLDEN / "people.csv").read_text().replace("age", "Age", 1))
    with pytest.raises(DataError, match="1 column is spelled otherwise than in training"):
        READS[use](run, table)


@pytest.mark.parametrize(
    ("index", "names"),
    [("person", "'person'"), ("city", "'city'"), ("bought", "'bought'"), (["person", "age"], "'age', 'person'")],
)
def test_columns_in_the_index_of_a_frame_are_found_there(run: Run, index: str | list[str], names: str) -> None:
    frame, model = pd.read_csv(PEOPLE), Model(run)
    use = partial(model.evaluate, check_seen=False) if index == "bought" else model.predict
    with pytest.raises(DataError) as caught:
        use(frame.set_index(index))
    assert caught.value.hint == f"the index has {names}: frame = frame.reset_index()"
    use(frame.set_index(index).reset_index())


def test_columns_to_divide_by_or_to_keep_are_found_in_the_index(run: Run) -> None:
    frame, model = pd.read_csv(PEOPLE).assign(when="x").set_index("when"), Model(run)
    for use in (lambda: model.evaluate(frame, by="when"), lambda: model.predict(frame, keep=["when"])):
        with pytest.raises(DataError, match="no column 'when'") as caught:
            use()
        assert caught.value.hint == "the index has 'when': frame = frame.reset_index()"


def test_a_missing_id_is_not_taken_for_a_feature(run: Run) -> None:
    frame = pd.read_csv(PEOPLE).drop(columns="person")
    with pytest.raises(DataError, match="1 required column is missing: 'person'") as caught:
        Model(run).predict(frame)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("data.id names the rows by it: the network does not need it")
