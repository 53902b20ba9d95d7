"""Dates and times of day in a written config."""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dltrain.profiling.text_forms import mostly_dates
from dltrain.workflows.init import init
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, columns_of, read_back, starter_of


def test_dates_become_features_in_the_format_that_all_of_them_have(tmp_path: Path) -> None:
    iso = [f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    german = [f"{n % 28 + 1:02d}.0{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    compact = [f"{n % 30 + 2000}0{n % 9 + 1}{n % 27 + 1:02d}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, iso=iso, german=german, compact=compact)
    formats = {"german": {"format": "%d.%m.%Y"}, "compact": {"format": "%Y%m%d"}}
    assert starter.content["preprocessing"]["columns"] == formats
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert (kinds["iso"], kinds["german"], kinds["compact"]) == ("datetime",) * 3


def test_dates_among_words_for_missing_are_dates_too(tmp_path: Path) -> None:
    german = ["n/a" if n % 50 == 3 else f"{n % 28 + 1:02d}.0{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    clock = ["?" if n % 50 == 7 else f"{n % 24:02d}:{n * 7 % 60:02d}" for n in range(N_ROWS)]
    iso = ["-" if n % 5 == 3 else f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, german=german, clock=clock, iso=iso)
    assert starter.content["preprocessing"]["columns"] == {
        "german": {"format": "%d.%m.%Y"},
        "clock": {"format": "%H:%M"},
    }
    assert set(starter.content["data"]["missing_values"]) == {"n/a", "?", "-"}
    assert "drop" not in starter.content["data"]
    reasons = {
        text: starter.reasons["data", "missing_values", n]
        for n, text in enumerate(starter.content["data"]["missing_values"])
    }
    assert "'n/a' missing" in reasons["n/a"]
    assert "when '-' means missing" in reasons["-"]
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert (kinds["iso"], kinds["german"], kinds["clock"]) == ("datetime",) * 3


def test_times_of_day_become_the_hour(tmp_path: Path) -> None:
    clock = [f"{n % 24:02d}:{n * 7 % 60:02d}" for n in range(N_ROWS)]
    half = [f"{n % 12 + 1}:{n * 7 % 60:02d} {'AP'[n % 2]}M" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, clock=clock, half=half)
    assert starter.content["preprocessing"]["columns"] == {
        "clock": {"format": "%H:%M"},
        "half": {"format": "%I:%M %p"},
    }
    assert starter.content["split"]["strategy"] == "stratified"
    features = {feature.name: feature for column in starter.report.columns if (feature := column.feature) is not None}
    assert features["half"].feature_names == ("half.hour_sin", "half.hour_cos")


def test_two_digits_that_may_mean_another_century_are_asked_about(tmp_path: Path) -> None:
    others = np.arange(N_ROWS) % 7
    for years, is_feature in ((range(40, 99), False), (range(10, 30), True)):
        born = [f"{1 + n % 28:02}.{1 + n % 12:02}.{years[n % len(years)]}" for n in range(N_ROWS)]
        starter = starter_of(tmp_path, "y", born=born, x=others.tolist(), y=np.arange(N_ROWS).tolist())
        assert ("born" in (starter.summary.config.data.features or ())) == is_feature
        assert any("would be a day of 20" in text for text in starter.remarks) != is_feature


def test_rows_are_divided_by_dates_of_any_format(tmp_path: Path) -> None:
    german = [f"{n % 28 + 1:02d}.0{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", columns_of(when=german))
    starter = init(table, "y", ["split.strategy=time", "split.column=when"])
    assert starter.content["preprocessing"]["columns"] == {"when": {"format": "%d.%m.%Y"}}
    starter = init(table, "y", ["preprocessing.columns.when.indicator=true"])
    options = {"indicator": True, "format": "%d.%m.%Y"}
    assert starter.content["preprocessing"]["columns"] == {"when": options}


def test_dates_that_may_be_read_in_several_ways_are_asked_about(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, when=[f"{n % 12 + 1:02d}/{n % 7 + 1:02d}/2024" for n in range(N_ROWS)])
    assert (starter.content["data"]["drop"], starter.topics["when"]) == (["when"], "ambiguous_dates")
    (remark,) = (remark for remark in starter.remarks if remark.startswith("when is left out although it holds dates"))
    formats = [f'preprocessing.columns.when.format="{order}/%Y"' for order in ("%d/%m", "%m/%d")]
    assert " or ".join(formats) in remark
    for override in formats:
        assert "drop" not in init(tmp_path / "table.csv", "y", [override]).content["data"]


def test_a_day_that_no_month_has_is_named(tmp_path: Path) -> None:
    when = ["30/02/2024" if n == 9 else f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2024" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=when)
    assert starter.topics["when"] == "broken_dates"
    assert "'%d/%m/%Y' reads all but '30/02/2024': mend or empty such cells" in starter.left_out("when")
    assert any(remark.startswith("when is left out although it holds dates") for remark in starter.remarks)


def test_dates_with_an_offset_are_read(tmp_path: Path) -> None:
    when = [f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2024 10:{n % 60:02d} +0{n % 3}00" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=when)
    assert starter.content["preprocessing"]["columns"]["when"] == {"format": "%d/%m/%Y %H:%M %z"}
    assert read_back(starter, tmp_path).preprocessing.columns["when"].format == "%d/%m/%Y %H:%M %z"


@pytest.mark.parametrize(
    ("form", "zone"),
    [
        *(("%Y-%m-%d %H:%M:%S UTC", "UTC"), ("%Y-%m-%dT%H:%M CET", "CET"), ("%Y-%m-%d %H:%M:%S.%f UTC", "UTC")),
        *(("%a, %d %b %Y %H:%M:%S GMT", "GMT"), ("%d.%m.%Y %H:%M Uhr", "Uhr"), ("%b %d %Y %I:%M:%S %p EST", "EST")),
    ],
)
def test_letters_behind_all_times_are_part_of_the_format(tmp_path: Path, form: str, zone: str) -> None:
    start = datetime.datetime(2024, 3, 1)
    when = [f'"{start + datetime.timedelta(hours=n, seconds=n):{form}}"' for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=when)
    assert starter.content["preprocessing"]["columns"] == {"when": {"format": form}}
    reason = starter.reasons["preprocessing", "columns", "when"]
    assert f"'{zone}' stands behind every time, taken as written" in reason
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert kinds["when"] == "datetime"


def test_a_time_in_utc_written_as_z_is_moved_as_an_offset(tmp_path: Path) -> None:
    starter = starter_of(
        tmp_path, when=[f"2024-03-{n % 28 + 1:02d} {n % 24:02d}:{n % 60:02d} Z" for n in range(N_ROWS)]
    )
    assert starter.content["preprocessing"]["columns"] == {"when": {"format": "%Y-%m-%d %H:%M %z"}}
    assert "taken as written" not in starter.reasons["preprocessing", "columns", "when"]


def test_names_of_several_time_zones_are_told(tmp_path: Path) -> None:
    start = datetime.datetime(2024, 3, 1)
    times = [start + datetime.timedelta(hours=2 * n) for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=[f"{time} CE{'S' * (time.month > 3)}T" for time in times])
    assert starter.topics["when"] == "broken_dates"
    assert "names of time zones behind the times ('CET', 'CEST') are not read" in starter.left_out("when")
    assert any(remark.startswith("when is left out although it holds dates") for remark in starter.remarks)


def test_dates_that_are_written_in_two_ways_are_shown(tmp_path: Path) -> None:
    start = datetime.date(2018, 3, 1)
    days = [start + datetime.timedelta(days=n) for n in range(N_ROWS)]
    ways = ("%d.%m.%Y", "%Y-%m-%d", "%d %b %Y")
    for n_ways, shown in ((2, "2 ways, such as '01.03.2018', '2018-03-02':"), (3, "'2018-03-02', '03 Mar 2018':")):
        starter = starter_of(tmp_path, when=[f"{day:{ways[n % n_ways]}}" for n, day in enumerate(days)])
        assert starter.topics["when"] == "broken_dates"
        assert shown in starter.left_out("when")
    starter = starter_of(
        tmp_path, when=["30.02.2018", *(f"{day:{ways[n % 4 == 0]}}" for n, day in enumerate(days[1:]))]
    )
    assert "2 ways, such as '2018-03-02', '03.03.2018':" in starter.left_out("when")
    starter = starter_of(tmp_path, when=[f"{day} 08:30:00{'.25' * (day.day > 9)} UTC" for day in days])
    assert "2 ways, such as '2018-03-01 08:30:00 UTC', '2018-03-10 08:30:00.25 UTC':" in starter.left_out("when")


def test_what_is_given_of_a_column_of_dates_is_kept(tmp_path: Path) -> None:
    german = ["n/a" if n == 3 else f"{n % 28 + 1:02d}.0{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", columns_of(when=german))
    content = init(table, "y", ["preprocessing.columns.when.format=%d.%m.%Y"]).content
    assert (content["data"]["missing_values"], content["preprocessing"]["columns"]["when"]) == (
        ["n/a"],
        {"format": "%d.%m.%Y"},
    )
    content = init(table, "y", ["preprocessing.columns.when.kind=categorical"]).content
    assert content["preprocessing"]["columns"] == {"when": {"kind": "categorical"}}
    assert "missing_values" not in content["data"]


def test_a_date_that_is_none_is_told(tmp_path: Path) -> None:
    dates = ["0000-00-00" if n == 3 else f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, day=dates)
    assert "1 cell is none: mend or empty such cells, or leave the column out" in starter.left_out("day")


def test_a_day_that_does_not_exist_among_iso_dates_leaves_dates_out_with_a_remark(tmp_path: Path) -> None:
    days = [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, day=["31/02/2024", *days[1:]])
    assert starter.topics["day"] == "broken_dates"
    assert any(text.startswith("day is left out although it holds dates") for text in starter.remarks)


@pytest.mark.parametrize(
    ("form", "expected"), [("%b %Y", "%b %Y"), ("%B %Y", "%B %Y"), ("%m/%Y", "%m/%Y"), ("%a, %d %b %Y", "%a, %d %b %Y")]
)
def test_months_and_weekdays_are_dates(tmp_path: Path, form: str, expected: str) -> None:
    start = datetime.date(2021, 1, 15)
    when = [f'"{start + datetime.timedelta(days=31 * (n % 40)):{form}}"' for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=when)
    assert starter.content["preprocessing"]["columns"] == {"when": {"format": expected}}
    assert starter.content["split"]["strategy"] != "group"


def test_months_of_another_language_are_told(tmp_path: Path) -> None:
    months = ("Mai", "März", "Dezember")
    starter = starter_of(tmp_path, when=[f"{n % 28 + 1}. {months[n % 3]} 2022" for n in range(N_ROWS)])
    assert starter.content["data"]["drop"] == ["when"]
    assert any(text.startswith("when is left out although it holds dates") for text in starter.remarks)


def test_names_that_begin_like_months_are_no_dates() -> None:
    texts = pa.array(["Marlboro 20", "Junction 2019", "Declan 22", "Mayor 12", "Mar-104", "Mar 05", "May-999"])
    assert not mostly_dates(texts, np.ones(7, int))


@pytest.mark.parametrize(
    "form",
    [
        *("%a %d %b %Y", "%a, %d %b %Y", "%A, %B %d, %Y", "%a, %d %b %Y 00:00:00 +0200"),
        *("%b %d %Y %I:%M %p", "%B %d, %Y %I:%M %p"),
    ],
)
def test_dates_of_several_words_in_the_last_rows_are_no_words_for_missing(tmp_path: Path, form: str) -> None:
    start = datetime.datetime(2018, 3, 1, 8, 30)
    when = [f'"{start + datetime.timedelta(days=n * 7919 % 2500, hours=n % 24):{form}}"' for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=when)
    assert "missing_values" not in starter.content["data"]
    assert starter.content["preprocessing"]["columns"]["when"] == {
        "format": form.replace("00:00:00 +0200", "%H:%M:%S %z")
    }


def test_a_remark_below_dates_of_several_words_means_missing(tmp_path: Path) -> None:
    start = datetime.date(2018, 3, 1)
    when = [f"{start + datetime.timedelta(days=n * 7919 % 2500):%a %d %b %Y}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=[*when[:-1], "Source: city of Rome 2024"])
    assert starter.content["data"]["missing_values"] == ["Source: city of Rome 2024"]
