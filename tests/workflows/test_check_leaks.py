"""What a check says of columns that give the target away."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.config import config_from_dict
from dltrain.workflows.check import check
from tests.tables import table_of
from tests.workflows.checking import LEAKS, report_of, topics
from tests.workflows.conftest import config_of, write_table

CLEAN = [
    ("adult_train.csv.gz", "income", {"test": "adult_test.csv.gz"}),
    ("california.csv.gz", "MedHouseVal", {}),
    ("wine_red.csv", "quality", {}),
    ("penguins.csv", "species", {}),
    ("letter.csv.gz", "lettr", {}),
    ("magic_telescope.csv.gz", "Class", {}),
]


@pytest.mark.parametrize(("name", "target", "split"), CLEAN, ids=lambda value: str(value)[:12])
def test_a_table_without_leaks_raises_no_alarm(name: str, target: str, split: dict[str, str]) -> None:
    files = {part: str(table_of(other)) for part, other in split.items()}
    report = report_of(table_of(name), target, split=files)
    assert report.exit_code == 0
    assert {finding.topic for finding in report.findings} & LEAKS == set()
    assert {finding.grade for finding in report.findings} <= {"note"}


def test_columns_of_rows_that_are_repeated_give_nothing_away(tmp_path: Path) -> None:
    # Every validation row is a training row too, so any column of many values would tell its target.
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 200)).round(3)
    noise = rng.normal(size=200)
    columns = {"first": first, "second": second, "y": np.where(first + second + noise > 0, "yes", "no")}
    path = write_table(
        tmp_path / "repeated.csv", {name: np.tile(cells, 10).tolist() for name, cells in columns.items()}
    )

    report = report_of(path, "y")

    assert topics(report) == {(None, "repeated_rows")}


def test_columns_that_are_only_asked_about_are_not_advised_to_be_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    length = rng.normal(size=600)
    columns = {"length": length, "width": length, "y": length}
    noisy = {name: (cells + rng.normal(size=600) / 6).round(3).tolist() for name, cells in columns.items()}

    report = report_of(write_table(tmp_path / "t.csv", noisy), "y")

    assert topics(report) == {("length", "strong_column"), ("width", "strong_column")}
    assert report.drop_all == ()


def test_the_status_of_a_booking_gives_its_cancellation_away() -> None:
    report = report_of(table_of("hotel_bookings.csv.gz"), "is_canceled")
    leaks = {"reservation_status", "reservation_status_date"}
    assert {column for column, topic in topics(report) if topic == "leak"} == leaks
    assert {("agent", "numeric_codes"), ("company", "nearly_empty")} < topics(report)


def test_numbers_with_decimal_commas_give_the_target_away_like_others(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    net = rng.uniform(1, 90, 400).round(2)
    columns = {"gross": (net * 1.19).round(4), "x": rng.normal(size=400).round(3), "y": net}
    found = []
    for decimal in (".", ","):
        cells = {name: [f"{value}".replace(".", decimal) for value in values] for name, values in columns.items()}
        path = tmp_path / f"t{ord(decimal)}.csv"
        rows = zip(*cells.values(), strict=True)
        path.write_text("\n".join([";".join(cells), *map(";".join, rows)]) + "\n")
        found.append(topics(report_of(path, "y", data={"separator": ";", "decimal": decimal})))
    assert found[0] == found[1]
    assert ("gross", "leak") in found[0]


def test_what_belongs_to_a_leak_by_its_name_is_one_even_when_that_is_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    answer = rng.integers(0, 2, 900)
    columns = {
        "visit_result": np.where(answer, "ill", "well"),
        "visit_result_day": rng.integers(1, 28, 900),
        "visit_day": rng.integers(1, 28, 900),
        "y": answer,
    }
    path = write_table(tmp_path / "visits.csv", columns)
    both, one = {("visit_result", "leak"), ("visit_result_day", "leak")}, {("visit_result_day", "leak")}
    assert topics(report_of(path, "y")) == both
    assert topics(report_of(path, "y", data={"drop": ["visit_result"]})) == one
    assert topics(report_of(path, "y", data={"drop": ["visit_result", "visit_result_day"]})) == set()


def test_rows_are_not_to_be_divided_by_a_date_that_gives_the_target_away(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    answer, chance = rng.integers(0, 2, 900), rng.integers(0, 900, 900)
    columns = {
        "visit_result": np.where(answer, "ill", "well"),
        "visit_result_date": np.datetime64("2023-01-01") + chance,
        "closed": np.datetime64("2020-01-01") + answer * 400 + chance % 300,
        "booked": np.datetime64("2022-01-01") + rng.permutation(900),
        "x": rng.normal(size=900),
        "y": answer,
    }
    path = write_table(tmp_path / "visits.csv", columns)
    dropped = ["visit_result", "visit_result_date", "closed"]
    [finding] = report_of(path, "y", data={"drop": dropped}).findings
    assert (finding.topic, finding.column) == ("time", "booked")
    assert "although 'booked' holds dates" in finding.message
    assert report_of(path, "y", data={"drop": [*dropped, "booked"]}).findings[0].column == "booked"


def test_a_date_that_gives_later_rows_away_too_is_a_leak(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    answer = rng.integers(0, 2, 900)
    days = rng.integers(0, 900, 900).tolist()
    day = [f"{np.datetime64('2020-01-01') + n}" if a else None for a, n in zip(answer, days, strict=True)]
    report = report_of(write_table(tmp_path / "t.csv", {"end": day, "x": rng.normal(size=900), "y": answer}), "y")
    assert topics(report) == {("end", "leak")}


def test_an_exception_for_a_column_that_is_left_out_is_noted(table: Path) -> None:
    content = config_of(table, "big", preprocessing={"columns": {"kind": {"min_count": 3}}})
    report = check(config_from_dict(content, ["data.drop=[kind, price, level, weight]"]))
    assert (report.exit_code, report.summary is not None) == (0, True)
    assert report.summary is not None
    assert "preprocessing.columns.kind has no effect: the column is no feature" in report.summary.notes
    assert report.summary.config.preprocessing.columns == {}


def test_the_delay_at_departure_is_asked_about_where_the_delay_at_arrival_is_the_target(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    departure = np.round(np.where(rng.random(3_000) < 0.25, rng.exponential(60, 3_000), rng.normal(-3, 5, 3_000)))
    columns = {
        "distance": rng.integers(90, 2_500, 3_000),
        "dep_delay": departure,
        "arr_delay": np.round(departure + rng.normal(-5, 17, 3_000)),
    }
    report = report_of(write_table(tmp_path / "flights.csv", columns), "arr_delay")
    assert topics(report) == {("dep_delay", "strong_column")}
    assert report.findings[0].message.startswith("it alone tells 8")


def test_a_date_that_only_one_of_three_classes_has_is_a_leak(tmp_path: Path) -> None:
    """Its neighbours in time tell nothing: whether it is there tells all."""
    rng = np.random.default_rng(0)
    state = rng.choice(["paid", "open", "refunded"], 600)
    day = [f"2024-{n % 9 + 1:02d}-{n % 28 + 1:02d}" for n in rng.integers(0, 1_000, 600)]
    refunded = ["" if label != "refunded" else date for label, date in zip(state, day, strict=True)]
    columns = {"amount": rng.normal(size=600).round(3).tolist(), "refunded_on": refunded, "state": state.tolist()}
    report = report_of(write_table(tmp_path / "table.csv", columns), "state")
    assert ("refunded_on", "leak") in topics(report)


def test_a_leak_between_files_is_found(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    leaking = {**columns, "code": [f"c{level}" for level in columns["level"]]}
    first = {name: cells[:200] for name, cells in leaking.items()}
    # Another order of rows: the codes of the two files do not agree.
    second = {name: cells[200:][::-1] for name, cells in leaking.items()}
    path, other = write_table(tmp_path / "a.csv", first), write_table(tmp_path / "b.csv", second)
    report = check(config_from_dict(config_of(path, "level", split={"validation": str(other), "test": 0.2})))
    assert ("code", "leak") in topics(report)
