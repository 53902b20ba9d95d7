"""R18: what a table to predict lacks, has too much, or holds that training did not see, is always said."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa
import pytest

from dltrain.config.sections.preprocessing import NumericSection, Scale
from dltrain.features.numeric import fit_numeric
from dltrain.run import Run, load_run
from dltrain.table import Table
from dltrain.workflows.predict import predict
from tests.conftest import Cli, Outcome
from tests.reliability.predicting import HEADER, RUN

ROW = ["p", "40", "Rome", "true", "100", "a"]


def write(path: Path, names: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([names, *rows])
    return path


def predicted(cli: Cli, folder: Path, header: str, *rows: list[str]) -> Outcome:
    return cli("predict", write(folder / "new.csv", header.split(","), list(rows)), "--run", RUN, "--force")


@pytest.mark.parametrize("name", HEADER.split(","))
def test_r18_each_missing_column_is_named_beside_those_that_are_there(cli: Cli, tmp_path: Path, name: str) -> None:
    names = [other for other in HEADER.split(",") if other != name]
    outcome = predicted(cli, tmp_path, ",".join(names), ["x"] * 5)
    available = ", ".join(f"'{other}'" for other in names)
    message = f"error: {tmp_path / 'new.csv'}: 1 required column is missing: '{name}'; available: {available}\n"
    if name == "person":
        message += (
            "hint: data.id names the rows by it: the network does not need it, so any cells will do, or empty ones\n"
        )
    assert (outcome.code, outcome.out, outcome.err) == (3, "", message)


@pytest.mark.parametrize(
    ("header", "missing", "hint"),
    [
        ("Person,ages,City,OWNER,Income,Group", "6 required columns are", "'ages' for 'age', 'City' for 'city'"),
        ("person,age,citty,owner,income,group", "1 required column is", "'citty' for 'city'"),
        ("person,\x1bage,city,owner,income,group", "1 required column is", r"'\x1bage' for 'age'"),
    ],
)
def test_r18_columns_whose_names_differ_a_little_are_suggested(
    cli: Cli, tmp_path: Path, header: str, missing: str, hint: str
) -> None:
    outcome = predicted(cli, tmp_path, header, ROW)
    assert outcome.code == 3
    assert f": {missing} missing: " in outcome.err
    assert f"\nhint: did you mean {hint}" in outcome.err
    assert all(line.isprintable() for line in outcome.err.splitlines())


@pytest.mark.parametrize("header", ["Person,AGE,City,OWNER,In-come,Group", "person,age ,city,owner,income,group"])
def test_r18_columns_that_are_spelled_otherwise_are_shown_as_a_difference(
    cli: Cli, tmp_path: Path, header: str
) -> None:
    outcome = predicted(cli, tmp_path, header, ROW)
    assert outcome.code == 3
    assert " spelled otherwise than in training\n  - '" in outcome.err
    assert outcome.err.count("  + '") == (5 if header[0] == "P" else 1)


def test_r18_further_columns_are_noted_but_not_those_that_the_run_knows(cli: Cli, tmp_path: Path) -> None:
    one = predicted(cli, tmp_path, f"{HEADER},bought,extra", [*ROW, "no", "x"])
    assert (one.code, one.err) == (0, "note: 1 column is not used: 'extra'\n")
    two = predicted(cli, tmp_path, f"b\x07,{HEADER},c", ["1", *ROW, "2"])
    assert (two.code, two.err) == (0, "note: 2 columns are not used: 'b\\x07', 'c'\n")
    assert predicted(cli, tmp_path, f"{HEADER},bought", [*ROW, "no"]).err == ""


def test_r18_unseen_and_missing_values_are_counted_over_all_blocks(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dltrain.table.csv_reading.PIECE_BYTES", 100)
    rng, rows = np.random.default_rng(0), list[list[str]]()
    for n in range(500):
        age, city, group = rng.choice(["", "40"]), rng.choice(["Rome", "Atlantis", ""]), rng.choice(["a", "z", ""])
        rows.append([f"p{n}", str(age), str(city), "true", "100", str(group)])
    expected = {
        "unseen": {"city": sum(row[2] == "Atlantis" for row in rows), "group": sum(row[5] == "z" for row in rows)},
        "missing": {
            name: sum(row[column] == "" for row in rows) for column, name in ((1, "age"), (2, "city"), (5, "group"))
        },
    }
    outcome = predicted(cli, tmp_path, HEADER, *rows)
    words = {"unseen": "are not among the categories kept from training", "missing": "are missing"}
    notes = [
        f"note: '{name}': {n} of 500 values {words[what]}" for what in expected for name, n in expected[what].items()
    ]
    assert (outcome.code, outcome.err.splitlines()) == (0, notes)
    told = cli("predict", tmp_path / "new.csv", "--run", RUN, "-o", tmp_path / "out.csv", "--json")
    content = json.loads(told.out)
    assert {what: content[what] for what in expected} == expected
    assert (content["out_of_range"], content["unused_columns"]) == ({}, [])


def fitted_to_ages(run: Run, ages: Sequence[str], scale: Scale) -> Run:
    """The run as if it had been trained on these ages."""
    table = Table(pa.table({"age": pa.array([age or None for age in ages], pa.string())}), "people.csv")
    age = fit_numeric(table, "age", np.arange(len(ages)), NumericSection(scale=scale)).feature
    features = tuple(age if each.name == "age" else each for each in run.preprocessing.features)
    return replace(run, preprocessing=run.preprocessing.model_copy(update={"features": features}))


@pytest.mark.parametrize("scale", get_args(Scale))
def test_r18_numbers_beyond_those_of_training_are_counted(tmp_path: Path, scale: Scale) -> None:
    run = fitted_to_ages(load_run(RUN), ["18.1", "20.7", "", "40.3", "89.9"], scale)
    ages = ["18.1", "89.9", "18.09", "90", "-1e9", "", "40"]
    path = write(tmp_path / "new.csv", HEADER.split(","), [[*ROW[:1], age, *ROW[2:]] for age in ages])
    summary = predict(run, path, output=tmp_path / "out.csv")
    assert summary.to_dict()["out_of_range"] == {"age": 3}
    assert "'age': 3 of 7 values lie beyond those of the training rows" in summary.notes()


def test_r18_a_run_of_the_first_version_knows_no_range(tmp_path: Path) -> None:
    path = write(tmp_path / "new.csv", HEADER.split(","), [[*ROW[:1], "1e9", *ROW[2:]]])
    assert predict(load_run(RUN), path, output=tmp_path / "out.csv").out_of_range == {}


@pytest.mark.parametrize("cell", ["old", "1,5", "0x10", "inf", "1e999", "N/A", "\x1b[31m"])
@pytest.mark.parametrize("line", [2, 700])
def test_r18_a_cell_that_is_no_number_is_an_error_with_its_line(cli: Cli, tmp_path: Path, cell: str, line: int) -> None:
    rows = [ROW] * 800
    rows[line - 2] = ["p", cell, *ROW[2:]]
    outcome = predicted(cli, tmp_path, HEADER, *rows)
    assert outcome.code == 3
    first = outcome.err.splitlines()[0]
    assert first == f"error: {tmp_path / 'new.csv'}:{line}: column 'age': expected a number, got {cell!r}"
    assert outcome.err.splitlines()[1].startswith("hint: ")
