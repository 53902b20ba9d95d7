"""Files of their own that break what the strategy says of test and validation rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dltrain.config import config_from_dict
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.check import check
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.rows.dataset import read_dataset
from dltrain.workflows.rows.seen_rows import SeenRows
from dltrain.workflows.rows.split_promises import promise_findings
from tests.workflows.conftest import Fit, config_of

N = 300


@pytest.fixture
def rows() -> pd.DataFrame:
    """Rows of 60 people, five of each, one row a day; the target is of no interest."""
    rng = np.random.default_rng(0)
    days = pd.date_range("2020-01-01", periods=N).strftime("%Y-%m-%d")
    frame = pd.DataFrame({"person": np.arange(N) % 60, "day": days, "a": rng.normal(size=N).round(4)})
    return frame.assign(y=np.where(frame.a > 0, "yes", "no"))


def write(folder: Path, name: str, frame: pd.DataFrame) -> str:
    frame.to_csv(folder / name, index=False)
    return str(folder / name)


def messages(content: dict[str, Any]) -> list[str]:
    """What is found by itself, which a check and a fit tell, too."""
    loaded = config_from_dict(content)
    found = promise_findings(read_dataset(loaded))
    told = [finding.message for finding in check(loaded).findings if finding.topic == "split_file"]
    notes = prepare(loaded, Stopwatch()).summary.notes
    assert told == [finding.message for finding in found]
    assert all(any(note.startswith(message) for note in notes) for message in told)
    return told


def content_of(path: str, **split: Any) -> dict[str, Any]:
    content = config_of(Path(path), "y", split=split)
    content["data"] |= {"drop": [name for name in ("person", "day") if name != split["column"]]}
    return content


@pytest.mark.parametrize("spelling", [str, float, "p{:03}".format])
def test_groups_of_a_test_file_that_were_trained_on_are_counted(
    tmp_path: Path, rows: pd.DataFrame, spelling: Any
) -> None:
    """Of the people 40 to 59 in the test file, those up to 44 have rows in the table."""
    rows = rows.assign(person=rows.person.map(spelling).where(rows.person != 41, None))
    number = np.arange(N) % 60
    path, test = write(tmp_path, "t.csv", rows[number < 45]), write(tmp_path, "test.csv", rows[number >= 40])
    (message,) = messages(content_of(path, strategy="group", column="person", test=test))
    # Nobody knows of the missing ones who they are.
    assert message.startswith("test.csv: 20 of 100 rows are of 4 groups of 'person' that training or validation rows")


def test_groups_of_both_files_are_counted_each_beside_those_before(tmp_path: Path, rows: pd.DataFrame) -> None:
    number = rows.person
    path = write(tmp_path, "t.csv", rows[number < 40])
    validation, test = (
        write(tmp_path, "v.csv", rows[(number > 38) & (number < 50)]),
        write(tmp_path, "w.csv", rows[number > 48]),
    )
    first, second = messages(content_of(path, strategy="group", column="person", test=test, validation=validation))
    assert first.startswith("v.csv: 5 of 55 rows are of a group of 'person' that training rows are of, too")
    assert second.startswith("w.csv: 5 of 55 rows are of a group of 'person' that training or validation rows are of")


def test_files_that_keep_to_the_split_and_splits_without_a_promise_are_no_matter(
    tmp_path: Path, rows: pd.DataFrame
) -> None:
    path, test = write(tmp_path, "t.csv", rows[rows.person < 45]), write(tmp_path, "w.csv", rows[rows.person >= 45])
    assert not messages(content_of(path, strategy="group", column="person", test=test))
    early, late = write(tmp_path, "e.csv", rows[:200]), write(tmp_path, "l.csv", rows[200:])
    assert not messages(content_of(early, strategy="time", column="day", test=late))
    everywhere = write(tmp_path, "all.csv", rows[100:])
    content = config_of(Path(path), "y", split={"test": everywhere})
    content["data"] |= {"drop": ["day"]}
    assert not messages(content)
    without = write(tmp_path, "without.csv", rows.drop(columns="person"))
    assert not messages(content_of(path, strategy="group", column="person", test=without))


@pytest.mark.parametrize("date_format", [None, "%d.%m.%Y"])
def test_rows_of_a_test_file_before_the_last_training_row_are_counted(
    tmp_path: Path, rows: pd.DataFrame, date_format: str | None
) -> None:
    """The files share the days 190 to 199, and the day that both of them end or begin with."""
    if date_format is not None:
        rows = rows.assign(day=pd.to_datetime(rows.day).dt.strftime(date_format))
    path, test = write(tmp_path, "t.csv", rows[:201]), write(tmp_path, "w.csv", rows[190:])
    content = content_of(path, strategy="time", column="day", test=test)
    if date_format is not None:
        content["preprocessing"] = {"columns": {"day": {"format": date_format}}}
    (message,) = messages(content)
    assert message.startswith(
        "w.csv: 11 of 110 rows are not later in 'day' than the last of the training or validation"
    )


def test_a_validation_file_is_to_blame_for_what_it_shares_with_rows_that_are_divided(
    tmp_path: Path, rows: pd.DataFrame
) -> None:
    path, validation = write(tmp_path, "t.csv", rows), write(tmp_path, "v.csv", rows[rows.person < 30])
    (message,) = messages(content_of(path, strategy="group", column="person", validation=validation))
    assert message.startswith("v.csv: 150 of 150 rows are of 30 groups of 'person' that training or test rows are of")
    (message,) = messages(content_of(path, strategy="time", column="day", validation=validation))
    assert " rows are not later in 'day' than the last of the training rows: " in message


def test_times_of_other_kinds_of_files_are_compared_and_numbers_beside_dates_are_not(
    tmp_path: Path, rows: pd.DataFrame
) -> None:
    path = write(tmp_path, "t.csv", rows[:201])
    later = rows[190:].assign(day=pd.to_datetime(rows.day[190:]).astype("datetime64[ms]"))
    later.to_parquet(tmp_path / "w.parquet")
    split = {"strategy": "time", "column": "day", "test": str(tmp_path / "w.parquet")}
    (message,) = messages(content_of(path, **split))
    assert message.startswith("w.parquet: 11 of 110 rows are not later in 'day'")
    numbers = rows[190:].assign(day=rows.day[190:].str.replace("-", ""))
    assert not messages(content_of(path, **split | {"test": write(tmp_path, "n.csv", numbers)}))


def test_files_without_times_are_no_matter(tmp_path: Path, rows: pd.DataFrame) -> None:
    path, late = write(tmp_path, "t.csv", rows[:200]), write(tmp_path, "late.csv", rows[250:])
    without = write(tmp_path, "v.csv", rows[200:250].assign(day=None))
    assert not messages(content_of(path, strategy="time", column="day", validation=without, test=late))


def test_an_evaluation_counts_the_groups_that_the_run_was_made_with(
    fit: Fit, tmp_path: Path, rows: pd.DataFrame
) -> None:
    table = Path(write(tmp_path, "people.csv", rows))
    run = fit("y", data={"path": str(table), "drop": ["day"]}, split={"strategy": "group", "column": "person"}).run
    dataset = read_dataset(run.loaded_config)
    known = {*rows.person[dataset.train.rows], *rows.person[dataset.validation.rows]}
    other = rows.assign(a=rows.a + 1, person=rows.person + 30)
    evaluation = evaluate(run, data=Path(write(tmp_path, "other.csv", other)))
    expected = {"groups": len(known & {*other.person}), "rows": int(other.person.isin(known).sum())}
    assert evaluation.to_dict()["known_groups"] == expected
    assert any("groups of 'person' that the run was made with: the score" in note for note in evaluation.notes())
    assert isinstance(evaluation.seen, SeenRows)
    strangers = evaluate(run, data=Path(write(tmp_path, "new.csv", other.assign(person=other.person + 100))))
    assert strangers.to_dict()["known_groups"] == {"groups": 0, "rows": 0}
    assert not any("groups" in note for note in strangers.notes())
