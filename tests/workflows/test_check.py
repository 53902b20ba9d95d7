"""What a check says of whole tables. `DLTRAIN_TABLES` names a folder of those that are not shipped."""

import csv
import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.config import config_from_dict
from dltrain.errors import DataError, DltrainError
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.check import check
from dltrain.workflows.fitting.preparing import prepare
from tests.tables import table_of
from tests.workflows.checking import report_of, topics
from tests.workflows.conftest import config_of, write_table

MARKS = {"dose": "NA", "size": "?", "y": "-"}


def test_every_change_of_units_names_all_of_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {
        "price": [f"{value:.2f} €" for value in rng.uniform(1, 90, 200)],
        "heat": [f"{value:.1f} °C" for value in rng.uniform(1, 90, 200)],
        "y": rng.normal(size=200),
    }
    report = report_of(write_table(tmp_path / "t.csv", columns), "y")
    changes = {finding.column: finding.change for finding in report.findings if finding.topic == "united"}
    assert set(changes) == {"price", "heat"}
    assert set(changes.values()) == {('data.unit_of={price: "€", heat: "°C"}',)}


@pytest.mark.parametrize(
    ("cells", "topic", "change"),
    [
        ([f"{n % 90},{n % 10}5" for n in range(400)], "decimal_comma", ('data.decimal=","',)),
        ([f"{n % 90} m" for n in range(400)], "united", ("data.unit_of={a b: kg, x: m}",)),
        ([f"{n % 90}:{n % 60:02}:05" for n in range(400)], "duration", ('data.unit_of={a b: kg, x: "h:m:s"}',)),
    ],
)
def test_a_numeric_column_that_is_written_otherwise_now_is_no_category_and_can_be_read(
    tmp_path: Path, cells: list[str], topic: str, change: tuple[str, ...]
) -> None:
    columns = {
        "x": [f'"{cell}"' for cell in cells],
        "a b": [f"{n % 7} kg" for n in range(400)],
        "y": [1, 2, 3, 4] * 100,
    }
    content = {
        "data": {"path": str(write_table(tmp_path / "t.csv", columns)), "target": "y", "unit_of": {"a b": "kg"}},
        "preprocessing": {"columns": {"x": {"kind": "numeric"}}},
        "model": {"layers": []},
    }
    report = check(config_from_dict(content))
    (finding,) = [finding for finding in report.findings if finding.grade == "error"]
    assert (finding.column, finding.topic, finding.change) == ("x", topic, change)
    assert finding.message.endswith(": a numeric column refuses them; they can be read as numbers")
    assert check(config_from_dict(content, change)).exit_code == 0


def test_a_column_of_codes_that_the_config_calls_categories_is_not_taken_as_amounts(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {"shop_id": rng.integers(1, 9, 600), "x": rng.normal(size=600), "y": rng.normal(size=600)}
    path = write_table(tmp_path / "t.csv", columns)
    assert topics(report_of(path, "y")) == {("shop_id", "numeric_codes")}
    assert topics(report_of(path, "y", preprocessing={"columns": {"shop_id": {"kind": "categorical"}}})) == set()


def test_a_text_that_is_a_label_is_not_read_as_missing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    dose = ["NA" if n % 30 == 0 else f"{n % 97}.5" for n in range(600)]
    columns = {"dose": dose, "x": rng.normal(size=600), "y": rng.choice(["NA", "EU", "AP"], 600)}
    findings = {
        finding.column: finding for finding in report_of(write_table(tmp_path / "t.csv", columns), "y").findings
    }
    assert findings["dose"].change == ("data.drop=[dose]",)
    assert "would make the targets of that text missing too" in findings["dose"].message
    assert findings["y"].topic == "missing_target"


def test_a_word_among_the_numbers_of_a_target_is_no_label(tmp_path: Path) -> None:
    cost, price = np.random.default_rng(0).normal(50, 9, (2, 200)).round(2).astype(str)
    columns = {"cost": ["EUR", *cost], "price": ["EUR", *price]}
    report = report_of(write_table(tmp_path / "t.csv", columns), "price")
    changes = {finding.column: finding.change for finding in report.findings}
    assert changes["cost"] == changes["price"] == ("data.missing_values=[EUR]", "data.missing_target=drop")


def test_a_label_at_the_end_of_a_scale_that_a_fit_refuses_can_be_mapped(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {"nps": [*rng.integers(0, 10, 200), "10 - best"], "y": rng.normal(size=201)}
    (finding,) = (
        finding for finding in report_of(write_table(tmp_path / "t.csv", columns), "y").findings if finding.column
    )
    assert (finding.column, finding.topic, finding.grade) == ("nps", "scale_labels", "error")
    assert finding.change == ("preprocessing.columns.nps.map={10 - best: 10.0}",)


def test_all_texts_that_mean_missing_go_together(tmp_path: Path) -> None:
    numbers = [f"{n % 97}.5" for n in range(600)]
    columns = {name: [mark if n % 30 == 0 else cell for n, cell in enumerate(numbers)] for name, mark in MARKS.items()}
    path = write_table(tmp_path / "t.csv", columns | {"x": np.random.default_rng(0).normal(size=600)})
    report = report_of(path, "y")
    assert report.drop_all == ('data.missing_values=["-", NA, "?"]', "data.missing_target=drop")
    content = {"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}
    assert check(config_from_dict(content, list(report.drop_all))).exit_code == 0


def test_every_change_of_texts_that_mean_missing_names_all_of_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {
        "dose": ["NA" if n % 30 == 0 else f"{n % 97}.5" for n in range(600)],
        "age": [999 if n % 60 == 0 else n % 50 for n in range(600)],
        "y": ["999.0" if n % 50 == 0 else f"{value:.2f}" for n, value in enumerate(rng.normal(size=600))],
    }
    path = write_table(tmp_path / "t.csv", columns)
    changes = {finding.column: finding.change for finding in report_of(path, "y").findings if finding.change}
    everything = ('data.missing_values=[NA, "999.0", "999"]', "data.missing_target=drop")
    assert changes == dict.fromkeys(("y", "dose", "age"), everything)
    content = {"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}
    assert topics(check(config_from_dict(content, list(everything)))) == {("y", "missing_target")}


def test_a_text_that_may_be_a_class_goes_into_its_own_change_only(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    age = [999 if n % 60 == 0 else n % 50 for n in range(600)]
    columns = {"age": age, "x": rng.normal(size=600), "y": rng.choice(["NA", "EU", "AP"], 600)}
    findings = report_of(write_table(tmp_path / "t.csv", columns), "y").findings
    assert {finding.column: finding.change for finding in findings} == {
        "age": ('data.missing_values=["999"]',),
        "y": ('data.missing_values=[NA, "999"]', "data.missing_target=drop"),
    }


def test_a_row_number_that_foretells_the_target_is_an_id_and_no_question(tmp_path: Path) -> None:
    ordered = np.sort(np.random.default_rng(0).normal(size=600)) + np.random.default_rng(1).normal(size=600) * 0.15
    report = report_of(write_table(tmp_path / "t.csv", {"no": range(600), "x": ordered[::-1] * 0, "y": ordered}), "y")
    assert ("no", "id_like") in topics(report)
    assert ("no", "strong_column") not in topics(report)


def test_the_blanks_of_a_telephone_company_are_an_error_and_its_customers_ids() -> None:
    path = table_of("telco_churn.csv.gz")
    report = report_of(path, "Churn")
    assert topics(report) == {("TotalCharges", "numbers_as_text"), ("customerID", "id_like")}
    assert report.findings[0].grade == "error"
    assert report.exit_code == 3
    mended = report_of(path, "Churn", data={"missing_values": [" "], "id": ["customerID"]})
    assert (mended.findings, mended.exit_code) == ((), 0)


def test_ids_and_names_of_passengers_and_customers() -> None:
    report = report_of(table_of("titanic.csv"), "Survived")
    assert {("PassengerId", "id_like"), ("Name", "free_text"), ("Ticket", "many_values")} < topics(report)
    assert report.drop_all == ("data.id=[PassengerId]", "data.drop=[Name, Ticket, Cabin]")
    report = report_of(table_of("churn_modelling.csv.gz"), "Exited")
    ids = {column for column, topic in topics(report) if topic == "id_like"}
    assert ids == {"RowNumber", "CustomerId"}


def test_a_constant_column_of_a_shipped_table(tmp_path: Path) -> None:
    with table_of("ionosphere.csv").open() as file:
        rows = list(csv.reader(file))
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join([*row, "0" if place else "zero"]) for place, row in enumerate(rows)) + "\n")
    assert ("zero", "constant") in topics(report_of(path, "Class"))


def test_sizes_are_those_of_a_fit(table: Path) -> None:
    report = check(config_from_dict(config_of(table, "level")))
    summary = report.summary
    assert summary is not None
    assert (report.rows, summary.train, summary.validation, summary.test) == (300, 192, 48, 60)
    assert summary.steps_per_epoch == 6
    assert summary.n_inputs == 1 + 1 + 3
    assert summary.n_parameters == 5 * 8 + 8 + 8 * 3 + 3
    becomes = {column.profile.name: column.becomes for column in report.columns}
    assert becomes == {
        "a": "median, standard → 1 input",
        "b": "median, standard → 1 input",
        "kind": "one-hot → 3 inputs",
        "price": "dropped",
        "big": "dropped",
        "level": "target",
        "weight": "dropped",
    }


def test_everything_that_is_wrong_with_the_data_comes_at_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {
        "number": [*rng.normal(size=99).round(3), "-"],
        "empty": [None] * 100,
        "good": rng.normal(size=100).round(3).tolist(),
        "y": [None, *rng.normal(size=99).round(3)],
    }
    report = check(config_from_dict(config_of(write_table(tmp_path / "t.csv", columns), "y", data={"drop": []})))
    errors = [(finding.column, finding.topic) for finding in report.findings if finding.grade == "error"]
    assert errors == [("y", "missing_target"), ("number", "numbers_as_text"), ("empty", "refused")]
    assert (report.exit_code, report.summary) == (3, None)


def test_an_id_is_advised_as_id_only_and_all_changes_go_together(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {
        "row": list(range(1, 201)),
        "row_again": list(range(1, 201)),
        "name": [f"n{n}" for n in range(200)],
        "p_x": [f"x{n}" for n in range(200)],
        "same": [7] * 200,
        "a": rng.normal(size=200).round(3).tolist(),
        "y": rng.choice(["no", "yes"], 200).tolist(),
    }
    path = write_table(tmp_path / "t.csv", columns)
    report = report_of(path, "y")
    assert report.drop_all == ("data.id=[row, row_again, name]", "data.drop=[p_x, same]")
    content = {"data": {"path": str(path), "target": "y"}, "model": {"layers": []}}
    singly = [finding.change for finding in report.findings if finding.topic == "id_like"]
    for change in singly:
        mended = check(config_from_dict(content, [*change, *report.drop_all]))
        assert mended.exit_code == 0
        assert {finding.topic for finding in mended.findings} == {"few_rows"}
    listed = report_of(path, "y", data={"features": ["row", "same", "a"]})
    assert listed.drop_all == ("data.features=[a]",)


def test_a_misspelt_name_of_the_config_is_no_part_of_a_change(tmp_path: Path) -> None:
    columns = {"same": [7] * 200, "word": [f"w{n}" for n in range(200)], "a": [*range(100)] * 2, "y": [*range(50)] * 4}
    path = write_table(tmp_path / "t.csv", columns)
    for lists in ({"drop": ["wrod"]}, {"id": ["wrod"]}, {"features": ["wrod", "same", "word", "a"]}):
        report = report_of(path, "y", data=lists)
        assert report.exit_code == 2
        assert "'wrod'" in report.findings[0].message
        advised = [*report.drop_all, *(part for finding in report.findings for part in finding.change)]
        assert any("same" in part or "data.features=[word, a]" in part for part in advised)
        assert "wrod" not in "".join(advised)


def test_a_mistake_in_the_config_comes_with_the_columns_of_the_table(table: Path) -> None:
    report = check(config_from_dict(config_of(table, "levle", data={"drop": []})))
    assert report.exit_code == 2
    assert "did you mean 'level'?" in report.findings[0].message
    assert len(report.columns) == 7


def test_options_that_do_not_go_with_the_kind_of_a_column_are_found(table: Path) -> None:
    columns = {"kind": {"scale": "standard"}}
    report = check(config_from_dict(config_of(table, "level", preprocessing={"columns": columns})))
    assert report.exit_code == 2
    assert [finding.grade for finding in report.findings if finding.grade == "error"] == ["error"]
    assert report.findings[0].message.startswith("config: preprocessing.columns.kind.scale:")


def test_a_missing_table_is_the_error_of_a_fit(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        check(config_from_dict(config_of(tmp_path / "none.csv", "y")))


def test_labels_in_several_spellings_are_a_warning(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = np.where(rng.random(200) < 0.1, "yes ", rng.choice(["Yes", "No"], 200)).tolist()
    path = write_table(tmp_path / "t.csv", {"a": rng.normal(size=200), "y": labels})
    (finding,) = [finding for finding in report_of(path, "y").findings if finding.topic == "spelling"]
    assert (finding.grade, finding.column) == ("warning", "y")
    assert finding.message.startswith(
        "2 labels are 1 if upper and lower case and surrounding spaces do not count: 'Yes'"
    )


def test_a_target_that_the_test_file_has_outside_the_domain_of_a_transform_is_an_error(tmp_path: Path) -> None:
    columns = {"a": list(range(100)), "y": list(range(1, 101))}
    path = write_table(tmp_path / "t.csv", columns)
    other = write_table(tmp_path / "other.csv", {**columns, "y": [0, *range(2, 101)]})
    transform = {"target": {"transform": "log"}}
    report = report_of(path, "y", data={"task": "regression"}, split={"test": str(other)}, preprocessing=transform)
    assert report.exit_code == 3
    assert "other.csv:2: column 'y': expected a number above 0" in report.findings[0].message


def test_what_a_test_file_holds_that_training_did_not_is_told_as_a_fit_does(tmp_path: Path, table: Path) -> None:
    other = tmp_path / "test.csv"
    other.write_text(table.read_text().replace(",red,", ",pink,"))
    content = config_of(table, "big", split={"test": str(other)})
    told = [
        finding.message for finding in check(config_from_dict(content)).findings if finding.topic == "unlike_training"
    ]
    assert "test.csv: 'kind': 91 of 300 values are not among the categories kept from training" in told
    notes = prepare(config_from_dict(content), Stopwatch()).summary.notes
    assert {*told} <= {*notes}


def test_a_test_file_with_a_bad_cell_is_an_error(tmp_path: Path, table: Path) -> None:
    lines = table.read_text().splitlines()
    other = tmp_path / "test.csv"
    other.write_text("\n".join([lines[0], "x" + lines[1], *lines[2:50]]))
    report = check(config_from_dict(config_of(table, "level", split={"test": str(other)})))
    assert report.exit_code == 3
    assert "test.csv:2: column 'a': expected a number" in report.findings[0].message


def test_parquet_with_columns_of_every_type_has_a_report_in_json(tmp_path: Path) -> None:
    n_rows = 200
    columns = {
        "when": [datetime(2024, 1, 1) + timedelta(hours=n) for n in range(n_rows)],
        "lists": [[1]] * n_rows,
        "infinite": [math.inf, *range(1, n_rows)],
        "flag": [n % 3 == 0 for n in range(n_rows)],
        "y": [f"class {n % 4}" for n in range(n_rows)],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    report = report_of(tmp_path / "t.parquet", "y")
    assert [finding.column for finding in report.findings if finding.grade == "error"] == ["lists", "infinite"]
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["columns"][2]["maximum"] == n_rows - 1


NUMBER = st.floats(-1e3, 1e3).map(lambda value: f"{value:.3f}")


WORD = st.sampled_from(["red", "green", "blue"])


CELLS = st.sampled_from(
    [
        NUMBER,
        WORD,
        NUMBER | st.sampled_from(["", "NA", " "]),
        WORD | st.just(""),
        st.just(""),
        st.just("7"),
        st.sampled_from(["true", "false", ""]),
        st.sampled_from(["1e300", "1e301", "-1e308"]),
        st.sampled_from(["2024-01-31", "31.1.2024", "x"]),
        st.dates().map(str),
        st.dates().map(str) | st.sampled_from(["2023-02-30", "NA", ""]),
        NUMBER | st.just("inf"),
        st.sampled_from(["0", "1"]),
        st.integers(0, 10**6).map(lambda n: f"this is text number {n}"),
        st.integers(0, 30).map(lambda n: f"one of a few texts {n}"),
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[str]]:
    """Columns `a`, `b` and `y` of some kinds, each with 1 to 40 cells."""
    n_rows = draw(st.integers(1, 40))
    return {name: draw(st.lists(draw(CELLS), min_size=n_rows, max_size=n_rows)) for name in "aby"}


SPLITS = st.sampled_from([{}, {"strategy": "random"}, {"strategy": "time", "column": "b"}, {"test": 0.6}])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(columns=tables(), split=SPLITS, loss=st.sampled_from([None, "mse", "poisson"]))
def test_a_check_refuses_exactly_what_a_fit_would(
    tmp_path: Path, columns: dict[str, list[str]], split: dict[str, Any], loss: str | None
) -> None:
    path = write_table(tmp_path / "t.csv", columns)
    training = {} if loss is None else {"training": {"loss": loss}}
    loaded = config_from_dict(config_of(path, "y", data={"drop": []}, split=split, **training))
    try:
        prepare(loaded, Stopwatch())
        expected = 0
    except DltrainError as error:
        expected = error.exit_code
    report = check(loaded)
    # All columns are looked at here: mistakes of both kinds may come together.
    assert (report.exit_code == 0) == (expected == 0), report.findings
    assert report.exit_code == expected or expected == 3
    assert (report.exit_code != 0) == any(finding.grade == "error" for finding in report.findings)


def test_a_parquet_column_of_bytes_that_is_dropped_is_no_trouble(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=200).round(1).tolist() * 2
    unused = pa.array([bytes([n % 256]) * 16 for n in range(400)], pa.binary(16))
    table = pa.table({"x": x, "y": x, "unused": unused})
    pq.write_table(table, tmp_path / "t.parquet")
    assert report_of(tmp_path / "t.parquet", "y", data={"drop": ["unused"]}).exit_code == 0


def test_changes_of_columns_with_signs_in_their_names_can_be_pasted(tmp_path: Path) -> None:
    columns = {
        "a.b=c": [f"{1 + n % 28:02}.{1 + n % 12:02}.{2001 + n % 20}" for n in range(400)],
        "=shop id": [n % 9 for n in range(400)],
        "y": [n % 11 for n in range(400)],
    }
    table = write_table(tmp_path / "t.csv", columns)
    found = {(finding.column, finding.topic): finding.change for finding in report_of(table, "y").findings}
    overrides = [*found["a.b=c", "dates_as_text"], *found["=shop id", "numeric_codes"]]
    report = check(config_from_dict({"data": {"path": str(table), "target": "y"}, "model": {"layers": []}}, overrides))
    assert {column.profile.name: column.kind for column in report.columns if column.role == "feature"} == {
        "a.b=c": "datetime",
        "=shop id": "categorical",
    }


def test_two_digit_years_of_dates_that_need_a_format_are_told_with_it(tmp_path: Path) -> None:
    born = [f"{13 + n % 12:02}.{1 + n % 11:02}.{30 + n % 68}" for n in range(400)]
    columns = {"born": born, "x": [n % 7 for n in range(400)], "y": [n % 11 for n in range(400)]}
    kind = {"columns": {"born": {"kind": "datetime"}}}
    report = report_of(write_table(tmp_path / "t.csv", columns), "y", preprocessing=kind)
    (finding,) = [finding for finding in report.findings if finding.grade == "error"]
    assert (finding.column, finding.topic) == ("born", "dates_as_text")
    assert "write years with four digits, preprocessing.columns.born.format=" in finding.message


def test_two_digit_years_of_another_century_are_told_where_a_format_is_declared(tmp_path: Path) -> None:
    born = [f"{1 + n % 12:02}/{1 + n % 11:02}/{30 + n % 38}" for n in range(400)]
    columns = {"born": born, "x": [n % 7 for n in range(400)], "y": [n % 11 for n in range(400)]}
    table = write_table(tmp_path / "t.csv", columns)
    declared = {"columns": {"born": {"kind": "datetime", "format": "%d/%m/%y"}}}
    for split in ({}, {"strategy": "time", "column": "born"}):
        report = report_of(table, "y", preprocessing=declared, split=split)
        assert ("born", "century") in topics(report)
        assert not any("split.strategy=time" in finding.change for finding in report.findings)


def test_what_the_config_says_of_a_column_is_changed_rather_than_the_column_dropped(tmp_path: Path) -> None:
    cells = {"sex": ["male", "female"] * 50, "size": ["s", "m", "l", "xl"] * 25, "y": list(range(100))}
    columns: dict[str, dict[str, Any]] = {
        "sex": {"kind": "boolean"},
        "size": {"encode": "ordinal", "order": ["s", "m", "l"]},
    }
    report = report_of(write_table(tmp_path / "t.csv", cells), "y", preprocessing={"columns": columns})
    changes = {finding.column: finding.change for finding in report.findings if finding.topic == "refused"}
    assert changes == {"sex": ("preprocessing.columns.sex.kind=categorical",), "size": ()}
    gaps = {"sex": ["true", None] * 50, "size": ["s", "m", None, "l"] * 25, "y": list(range(100))}
    strict = {name: {**options, "impute": "error"} for name, options in columns.items()}
    gone = report_of(write_table(tmp_path / "u.csv", gaps), "y", preprocessing={"columns": strict})
    changes = {finding.column: finding.change for finding in gone.findings if finding.topic == "refused"}
    assert changes == {"sex": ("data.drop=[sex]",), "size": ("data.drop=[size]",)}
    (size,) = [finding for finding in report.findings if finding.column == "size"]
    assert size.message.endswith("add it to preprocessing.columns.size.order")
