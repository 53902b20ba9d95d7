"""What a run says of tables that are written otherwise than the one it was trained on."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dltrain.errors import DataError
from dltrain.run import Run, load_run
from dltrain.workflows.compare import compare
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.models.model import Model
from dltrain.workflows.predict import predict
from dltrain.workflows.rows.fitted_tables import for_fitted_run
from tests.conftest import GOLDEN

PEOPLE = GOLDEN / "people.csv"
WRITTEN = "the run reads tables written as the one it was trained on: cells separated by"


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run(GOLDEN / "people-1")


@pytest.fixture
def german_run(run: Run) -> Run:
    """The same run, as if its table had been written by a German spreadsheet."""
    data = run.config.data.model_copy(update={"separator": ";", "encoding": "cp1252", "decimal": ",", "thousands": "."})
    return replace(run, config=run.config.model_copy(update={"data": data}))


def german_people(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="cp1252") as file:
        csv.writer(file, delimiter=";").writerows([[cell.replace(".", ",") for cell in row] for row in rows])
    return path


def test_several_tables_are_read_as_the_run_reads_one(run: Run, german_run: Run, tmp_path: Path) -> None:
    header, *rows = csv.reader(PEOPLE.read_text().splitlines())
    files = [
        german_people(tmp_path / name, [header, *part]) for name, part in (("a.csv", rows[:50]), ("b.csv", rows[50:]))
    ]
    found, expected = io.BytesIO(), io.BytesIO()
    predict(german_run, files, output=found)
    predict(run, PEOPLE, output=expected)
    rows_of = [list(csv.DictReader(io.StringIO(output.getvalue().decode()))) for output in (found, expected)]
    assert [{key: row[key] for key in rows_of[1][0]} for row in rows_of[0]] == rows_of[1]


@pytest.mark.parametrize("n_files", [1, 2])
def test_another_separator_is_told_without_the_config(german_run: Run, n_files: int) -> None:
    with pytest.raises(DataError, match="expected cells separated by ';'") as caught:
        predict(german_run, [PEOPLE] * n_files, output=io.BytesIO())
    assert caught.value.hint == f"{WRITTEN} ';', text in cp1252, numbers as 1.234,5"


def test_every_way_to_read_a_labelled_table_tells_it(run: Run, tmp_path: Path) -> None:
    table = german_people(tmp_path / "a.csv", list(csv.reader(PEOPLE.read_text().splitlines())))
    hint = f"{WRITTEN} ',', text in utf-8, numbers as 1234.5"
    for read in (
        lambda: evaluate(run, data=table),
        lambda: compare([run, run], data=table),
        lambda: Model(run).predict(table),
    ):
        with pytest.raises(DataError) as caught:
            read()
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (None, None),
        ("did you mean 'age'?", "did you mean 'age'?"),
        (
            "preprocessing.columns.age.kind: categorical",
            "mend the cells, or empty them: an empty cell counts as missing",
        ),
        (
            'if the comma stands before the fraction: data.decimal: ","',
            f"{WRITTEN} ',', text in utf-8, numbers as 1234.5",
        ),
        ("did you mean 'data.age'?", "did you mean 'data.age'?"),
    ],
)
def test_only_hints_about_the_config_change(run: Run, hint: str | None, expected: str | None) -> None:
    assert for_fitted_run(DataError("x", hint=hint), run.config.data.texts, "data.csv").hint == expected


def test_what_can_be_done_to_the_table_is_kept(run: Run) -> None:
    frame = pd.read_csv(PEOPLE)
    frame["city"] = [1 if row == 3 else city for row, city in enumerate(frame["city"])]
    frame["age"] = frame["age"].astype(str) + " years"
    with pytest.raises(DataError) as caught:
        Model(run).predict(frame)
    assert caught.value.hint == "frame['city'] = frame['city'].map(str, na_action='ignore')"


def test_a_column_to_divide_by_is_converted_in_the_table(run: Run, tmp_path: Path) -> None:
    frame = pd.read_csv(PEOPLE)
    frame["tags"] = pd.Series([["a"] for _ in range(len(frame))])
    frame.to_parquet(tmp_path / "people.parquet")
    for data in (frame, tmp_path / "people.parquet"):
        with pytest.raises(DataError, match="column 'tags': expected text") as caught:
            Model(run).evaluate(data, by="tags")
        assert caught.value.hint == "convert the column to text or numbers"


def test_frames_and_parquet_have_no_separator(run: Run, german_run: Run, tmp_path: Path) -> None:
    frame = pd.read_csv(PEOPLE)
    frame["income"] = "$" + frame["income"].astype(str)
    frame.to_parquet(tmp_path / "people.parquet")
    for data in (frame, tmp_path / "people.parquet"):
        for fitted, hint in (
            (run, "the run reads numbers as 1234.5"),
            (german_run, "the run reads numbers as 1.234,5"),
        ):
            with pytest.raises(DataError, match=r"column 'income': expected a number, got '\$31701\.59'") as caught:
                Model(fitted).predict(data)
            assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "before", "behind", "seconds"),
    [("3:28", "00:", "", 208.0), ("08:30", "", ":00", 30_600.0), ("1:02:05", "", "", 3_725.0)],
)
def test_durations_become_seconds_as_the_hint_says(
    run: Run, text: str, before: str, behind: str, seconds: float
) -> None:
    frame = pd.read_csv(PEOPLE)
    frame["age"] = text
    with pytest.raises(DataError) as caught:
        Model(run).predict(frame)

    whole = f"'{before}' + frame['age']" if before else "frame['age']" + (f" + '{behind}'" if behind else "")
    assert str(caught.value.hint).endswith(f": frame['age'] = pandas.to_timedelta({whole})")
    frame["age"] = pd.to_timedelta(before + frame["age"] + behind)

    expected = Model(run).predict(pd.read_csv(PEOPLE).assign(age=seconds))
    pd.testing.assert_frame_equal(Model(run).predict(frame), expected)


def test_durations_in_letters_and_in_files_are_told_how_to_be_given(run: Run, tmp_path: Path) -> None:
    frame = pd.read_csv(PEOPLE)
    frame["age"] = "2h 50m"
    frame.to_csv(tmp_path / "people.csv", index=False)
    for data, hint in ((frame, "timedeltas, or as numbers of seconds"), (tmp_path / "people.csv", "write them as num")):
        with pytest.raises(DataError) as caught:
            Model(run).predict(data)
        assert hint in str(caught.value.hint)
