"""Configs that are written from a table. `DLTRAIN_TABLES` names a folder of those that are not shipped."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import dltrain
from dltrain.config import config_from_dict, load_config
from dltrain.errors import ConfigError, DataError
from dltrain.table import text_array
from dltrain.table.bad_cells import is_missing_marker
from dltrain.workflows.check import check
from dltrain.workflows.dataset import read_dataset
from dltrain.workflows.init import Starter, init, starter_name
from dltrain.workflows.split import split
from tests.conftest import PROJECT
from tests.workflows.conftest import write_table

N_ROWS = 600

SHIPPED = [
    ("adult_train.csv.gz", "income"),
    ("adult_test.csv.gz", "income"),
    ("california.csv.gz", "MedHouseVal"),
    ("concrete.csv", "CompressiveStrength"),
    ("cps1985.csv", "wage"),
    ("diamonds.csv.gz", "price"),
    ("ionosphere.csv", "Class"),
    ("mpg.csv", "hwy"),
    ("penguins.csv", "species"),
    ("wine_red.csv", "quality"),
]
ELSEWHERE = [
    ("churn_modelling.csv.gz", "Exited"),
    ("credit_default.csv.gz", "DEFAULT"),
    ("fuel.csv", "FE"),
    ("hotel_bookings.csv.gz", "is_canceled"),
    ("kin8nm.csv.gz", "y"),
    ("letter.csv.gz", "lettr"),
    ("magic_telescope.csv.gz", "Class"),
    ("spotify_songs.csv.gz", "track_popularity"),
    ("telco_churn.csv.gz", "Churn"),
    ("titanic.csv", "Survived"),
]


def table_of(name: str) -> Path:
    """A table that is shipped, or one that is elsewhere."""
    for folder in (PROJECT / "data", os.environ.get("DLTRAIN_TABLES")):
        if folder and (path := Path(folder) / name).exists():
            return path
    pytest.skip(f"{name} is not shipped")


def columns_of(**others: Any) -> dict[str, Any]:
    """Two numbers and a target of two classes that follows from them; and other columns."""
    rng = np.random.default_rng(0)
    a, b, noise = rng.normal(size=(3, N_ROWS)).round(3)
    return {"a": a.tolist(), "b": b.tolist(), **others, "y": np.where(a - b + noise > 0, "yes", "no").tolist()}


def dltrain_loaded(table: Path) -> None:
    """What `dltrain.fit` begins with."""
    dltrain._loaded(table, (), "y")


def starter_of(folder: Path, target: str = "y", **others: Any) -> Starter:
    return init(write_table(folder / "table.csv", {**columns_of(), **others}), target)


def read_back(starter: Starter, folder: Path) -> Any:
    path = folder / "written.yaml"
    path.write_text(starter.text(folder, name="written.yaml"), encoding="utf-8")
    return load_config(path).config


@pytest.mark.parametrize(("name", "target"), SHIPPED + ELSEWHERE)
def test_the_config_of_a_real_table_is_read_back_and_checked_without_errors(
    tmp_path: Path, name: str, target: str
) -> None:
    table = table_of(name)
    starter = init(table, target)
    path = tmp_path / "written.yaml"
    path.write_text(starter.text(tmp_path, name="written.yaml"), encoding="utf-8")
    loaded = load_config(path)
    assert loaded.config == starter.loaded.config
    report = check(loaded)
    assert report.exit_code == 0
    topics = {finding.topic for finding in report.findings}
    assert topics & {"leak", "groups", "id_like", "free_text", "constant", "dates_as_text", "large_network"} == set()


DECISIONS: list[tuple[str, Any, str, str]] = [
    ("id", [f"P{n:04d}" for n in range(N_ROWS)], "id", "all 600 values are different"),
    ("number_id", list(range(7, 7 + N_ROWS)), "id", "all 600 whole numbers from 7 to 606 are different"),
    ("prediction", [f"P{n:04d}" for n in range(N_ROWS)], "drop", "all 600 values are different"),
    ("constant", ["same"] * N_ROWS, "drop", "every cell is 'same'"),
    ("empty", [None] * N_ROWS, "drop", "expected values, every cell is missing"),
    ("a_again", columns_of()["a"], "drop", "all 600 cells are those of 'a'"),
    ("text", [f"this is the text of row {n}" for n in range(N_ROWS)], "drop", "free text"),
    ("leak", [cell + "!" for cell in columns_of()["y"]], "drop", "gives the target away"),
    ("date", [f"0{n % 9 + 1}/0{n % 8 + 1}/{n % 30 + 2000}" for n in range(N_ROWS)], "drop", "different dates"),
    ("comma", [f'"{n},{n % 7}5"' for n in range(N_ROWS)], "drop", "numbers with decimal commas"),
    ("units", [f"{n} {'kg' if n % 2 else 'lb'}" for n in range(N_ROWS)], "drop", "numbers with a unit"),
]


@pytest.mark.parametrize(("name", "cells", "role", "reason"), DECISIONS, ids=[case[0] for case in DECISIONS])
def test_a_column_that_is_no_feature_is_left_out_with_its_reason(
    tmp_path: Path, name: str, cells: list[Any], role: str, reason: str
) -> None:
    column: dict[str, Any] = {name: cells}
    starter = starter_of(tmp_path, **column)
    assert starter.content["data"][role] == [name]
    assert reason in starter.reasons["data", role, 0]
    assert starter.report.exit_code == 0
    assert str(tmp_path) not in starter.reasons["data", role, 0]
    comments = "".join(line.strip(" #") + " " for line in starter.text(tmp_path, name="").splitlines() if "# " in line)
    assert reason in comments


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


def test_a_word_that_is_a_label_of_the_target_too_is_not_read_as_missing(tmp_path: Path) -> None:
    clock = ["none" if n % 50 == 7 else f"{n % 24:02d}:{n * 7 % 60:02d}" for n in range(N_ROWS)]
    labels = np.random.default_rng(0).choice(["none", "some"], N_ROWS).tolist()
    starter = starter_of(tmp_path, "z", clock=clock, z=labels)
    assert "missing_values" not in starter.content["data"]
    assert starter.content["data"]["drop"] == ["clock"]
    assert "the targets of that text missing too" in starter.reasons["data", "drop", 0]


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


def test_a_clean_table_loses_no_column(tmp_path: Path) -> None:
    starter = starter_of(tmp_path)
    assert set(starter.content["data"]) == {"path", "target", "task", "positive"}
    assert starter.topics == {}
    assert set(starter.content) == {"data", "split", "model", "training"}
    assert starter.summary.config.data.features == ("a", "b")


def test_words_that_mean_missing_are_read_as_missing(tmp_path: Path) -> None:
    cells = ["-" if n % 40 == 3 else f"{n % 97}.5" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, dose=cells)
    assert starter.content["data"]["missing_values"] == ["-"]
    assert {column.profile.name: column.kind for column in starter.report.columns}["dose"] == "numeric"


def test_numbers_that_programs_write_for_missing_are_read_as_missing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pressure = np.where(rng.random(N_ROWS) < 0.1, "-999", rng.integers(90, 170, N_ROWS).astype(str))
    height = np.where(rng.random(N_ROWS) < 0.1, "-999.0", rng.normal(170, 9, N_ROWS).round(1).astype(str))

    starter = starter_of(tmp_path, pressure=pressure, height=height)

    assert starter.content["data"]["missing_values"] == ["-999", "-999.0"]
    assert "far below all others" in starter.reasons["data", "missing_values", 0]
    assert not any("-999" in remark for remark in starter.remarks)


def test_a_label_that_usually_means_missing_stays_a_label(tmp_path: Path) -> None:
    labels = ["NA" if label == "no" else label for label in columns_of()["y"]]
    starter = starter_of(tmp_path, dose=["NA" if n % 40 == 3 else f"{n % 97}.5" for n in range(N_ROWS)], y=labels)
    assert starter.content["data"]["drop"] == ["dose"]
    assert "missing_values" not in starter.content["data"]
    assert starter.summary.labels == ("NA", "yes")


def test_row_numbers_without_a_name_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pd.DataFrame(columns_of()).to_csv(path)
    starter = init(path, "y")
    assert starter.content["data"]["drop"] == ["Unnamed: 0"]
    assert starter.summary.config.data.features == ("a", "b")


def test_numeric_codes_become_categories(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, region_code=[n % 7 for n in range(N_ROWS)])
    assert starter.content["preprocessing"] == {"columns": {"region_code": {"kind": "categorical"}}}
    assert starter.remarks == ()


def test_texts_that_are_all_rare_are_left_out(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, address=[f"{n % (N_ROWS // 2 - 1)} Main Street" for n in range(N_ROWS)])
    assert starter.content["data"]["drop"] == ["address"]


def test_texts_that_the_config_gives_a_meaning_are_not_read_as_missing(tmp_path: Path) -> None:
    dose = ["none" if n % 40 == 3 else f"{n % 97}.5" for n in range(N_ROWS)]
    size = [("none", "low", "high")[n % 3] for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", {**columns_of(), "dose": dose, "amount": dose, "size": size})
    for override, left_out in (
        ("preprocessing.columns.size.order=[none,low,high]", ["dose", "amount"]),
        ("preprocessing.columns.dose.map={none: 0}", ["amount"]),
    ):
        starter = init(table, "y", [override])
        assert starter.content["data"]["drop"] == left_out
        assert "missing_values" not in starter.content["data"]
        assert read_back(starter, tmp_path).preprocessing.columns
    pressure = ["-999" if n % 30 == 3 else f"{900 + n % 97}" for n in range(N_ROWS)]
    grade = [("-999", "1", "2")[n % 3] for n in range(N_ROWS)]
    table = write_table(tmp_path / "far.csv", {**columns_of(), "pressure": pressure, "grade": grade})
    starter = init(table, "y", ["preprocessing.columns.grade.order=['-999','1','2']"])
    assert "missing_values" not in starter.content["data"]
    assert starter.warnings[0].startswith("pressure: ")
    assert "would make the cells of 'grade' of that text missing too" in starter.warnings[0]


def test_rare_texts_share_an_input(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n_rows = 3_000
    columns = {
        "a": rng.normal(size=n_rows).round(3).tolist(),
        "name": [f"n{n // 5}" if n % 2 else "n0" for n in rng.integers(0, 3_500, n_rows)],
        "y": rng.choice(["yes", "no"], n_rows).tolist(),
    }
    starter = init(write_table(tmp_path / "table.csv", columns), "y")
    assert starter.content["preprocessing"]["columns"] == {"name": {"min_count": 10}}
    assert read_back(starter, tmp_path) == starter.loaded.config


def people(**others: Any) -> dict[str, Any]:
    """Columns of 100 people, six rows each, whose level hardly changes."""
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(100), 6)
    level = rng.normal(size=100)[person] + rng.normal(size=N_ROWS) / 9
    return {"person": [f"P{n}" for n in person], "person_id": person.tolist(), "level": level.tolist(), **others}


def test_groups_of_rows_stay_together_and_are_no_feature(tmp_path: Path) -> None:
    columns = people()
    del columns["person_id"]
    starter = starter_of(tmp_path, "level", **columns)
    assert starter.content["split"]["strategy"] == "group"
    assert starter.content["split"]["column"] == "person"
    assert "divided by chance" in starter.reasons["split", "strategy"]
    assert "person" not in (starter.summary.config.data.features or ())


def test_cities_stay_a_feature_and_are_remarked(tmp_path: Path) -> None:
    columns = people()
    starter = starter_of(tmp_path, "level", city=columns["person"], level=columns["level"])
    assert "column" not in starter.content["split"]
    assert "city" in (starter.summary.config.data.features or ())
    assert any(text.startswith("city: ") and "split.strategy=group" in text for text in starter.remarks)


def test_codes_with_digits_are_groups_as_names_are(tmp_path: Path) -> None:
    columns = people()
    batches = [f"B{int(name[1:]):03}" for name in columns["person"]]
    starter = starter_of(tmp_path, "level", batch=batches, level=columns["level"])
    assert (starter.content["split"]["strategy"], starter.content["split"]["column"]) == ("group", "batch")


def test_amounts_in_texts_stay_a_feature_and_are_asked_about(tmp_path: Path) -> None:
    upper = np.random.default_rng(0).normal(125, 14, N_ROWS).round().astype(int)
    starter = starter_of(tmp_path, "risk", pressure=[f"{n}/{n * 2 // 3}" for n in upper], risk=upper.tolist())
    assert starter.content["split"]["strategy"] == "random"
    assert "pressure" in (starter.summary.config.data.features or ())
    assert any(text.startswith("pressure: ") and "split.strategy=group" in text for text in starter.remarks)


def test_two_digits_that_may_mean_another_century_are_asked_about(tmp_path: Path) -> None:
    others = np.arange(N_ROWS) % 7
    for years, is_feature in ((range(40, 99), False), (range(10, 30), True)):
        born = [f"{1 + n % 28:02}.{1 + n % 12:02}.{years[n % len(years)]}" for n in range(N_ROWS)]
        starter = starter_of(tmp_path, "y", born=born, x=others.tolist(), y=np.arange(N_ROWS).tolist())
        assert ("born" in (starter.summary.config.data.features or ())) == is_feature
        assert any("would be a day of 20" in text for text in starter.remarks) != is_feature


@pytest.mark.parametrize("n_missing", [0, 3])
def test_a_column_of_codes_that_turns_out_to_be_a_group_is_no_category_any_more(tmp_path: Path, n_missing: int) -> None:
    # Where targets are missing, the first look cannot divide the rows, and sees the codes before the groups.
    columns = people()
    del columns["person"]
    starter = starter_of(tmp_path, "level", **{**columns, "level": [None] * n_missing + columns["level"][n_missing:]})
    assert starter.content["split"]["column"] == "person_id"
    assert "preprocessing" not in starter.content
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_rows_without_a_target_are_left_out_and_counted(tmp_path: Path) -> None:
    labels = [None if n % 50 == 0 else label for n, label in enumerate(columns_of()["y"])]
    starter = starter_of(tmp_path, y=labels)
    assert starter.content["data"]["missing_target"] == "drop"
    assert starter.reasons["data", "missing_target"] == "12 of 600 rows have no target"
    assert starter.remarks == ()
    assert starter.summary.train + starter.summary.validation + starter.summary.test == 588


@pytest.mark.parametrize("marker", ["NA", "inf"])
def test_targets_that_are_no_numbers_are_left_out(tmp_path: Path, marker: str) -> None:
    values = [marker if n % 50 == 0 else f"{cell:.3f}" for n, cell in enumerate(columns_of()["a"])]
    starter = starter_of(tmp_path, "z", z=[f"{n}" for n in values])
    data = starter.content["data"]
    assert (data["missing_values"], data["missing_target"], data["task"]) == ([marker], "drop", "regression")


def test_a_rare_class_gets_fair_metrics(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, y=["yes" if n % 20 == 0 else "no" for n in range(N_ROWS)])
    assert starter.content["metrics"] == ["balanced_accuracy", "average_precision", "log_loss"]
    assert "95.1% of the training rows are 'no'" in starter.reasons[("metrics",)]


def test_what_a_person_has_to_decide_stands_at_the_top_only(tmp_path: Path) -> None:
    # A fit on later rows has to be judged by later rows; whether there will be any, the table does not say.
    dates = [f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, date=dates)
    assert starter.content["split"]["strategy"] == "stratified"
    (remark,) = [text for text in starter.remarks if "holds dates" in text]
    assert remark.endswith("→ split.strategy=time split.column=date")
    assert "# To decide:" in starter.text(tmp_path, name="table.yaml")


@pytest.mark.parametrize(
    ("values", "is_suggested"),
    [
        (np.exp(np.random.default_rng(0).normal(size=N_ROWS)) * 100, True),
        (np.random.default_rng(0).normal(size=N_ROWS) + 10, False),
        # A long tail, but of values below 0 too, which have no logarithm.
        (np.exp(np.random.default_rng(0).normal(size=N_ROWS)) * 100 - 50, False),
        # A long tail of numbers so small that log(1 + y) is nearly y.
        (np.exp(np.random.default_rng(0).normal(size=N_ROWS)) / 1_000, False),
    ],
    ids=["long tail", "normal", "negative", "tiny"],
)
def test_a_logarithm_is_suggested_for_a_long_tail_of_positive_targets(
    tmp_path: Path, values: np.ndarray, is_suggested: bool
) -> None:
    starter = starter_of(tmp_path, "z", z=values.round(6).tolist())
    assert any("target.transform=log1p" in remark for remark in starter.remarks) == is_suggested
    assert "target" not in starter.content.get("preprocessing", {})


def test_few_whole_numbers_may_be_classes(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "grade", grade=[n % 6 + 3 for n in range(N_ROWS)])
    assert starter.content["data"]["task"] == "regression"
    assert [remark for remark in starter.remarks if remark.endswith("data.task=multiclass")]


def test_a_parquet_table_with_times_and_lists_is_mended(tmp_path: Path) -> None:
    columns = columns_of()
    days = np.arange(N_ROWS).astype("datetime64[D]").astype("datetime64[ms]")
    table = pa.table({**columns, "when": days, "tags": [["x"]] * N_ROWS})
    pq.write_table(table, tmp_path / "table.parquet")
    starter = init(tmp_path / "table.parquet", "y")
    assert set(starter.content["data"]["drop"]) == {"tags"}
    assert "when" in (starter.summary.config.data.features or ())


NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n\u2028"), min_size=1, max_size=30
).filter(lambda name: name == name.strip() and name)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(names=st.lists(NAMES, min_size=9, max_size=9, unique=True))
def test_whatever_the_names_the_file_says_what_was_meant(tmp_path: Path, names: list[str]) -> None:
    # The labels; in this table some words are said to mean "missing".
    assume(not any(is_missing_marker(text_array(names[:2])).to_pylist()))
    rng = np.random.default_rng(0)
    columns = [
        *([f"P{n:04d}" for n in range(100)], ["same"] * 100, [f"{n} kg" for n in range(100)]),
        rng.normal(size=100).round(3).astype(str).tolist(),
        *(rng.choice(["x", "y"], 100).tolist(), [f"this is the text of row {n}" for n in range(100)]),
        ["?" if n % 30 == 3 else f"{n}.5" for n in range(100)],
        [str(n % 7) for n in range(100)],
        rng.choice(names[:2], 100).tolist(),
    ]
    table = tmp_path / "table.csv"
    pyarrow.csv.write_csv(pa.table(dict(zip(names, columns, strict=True))), table)
    starter = init(table, names[-1])
    assert starter.content["data"]["id"][:1] == [names[0]] or starter.content["data"]["drop"][0] == names[0]
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_very_long_names_are_written_and_read_back(tmp_path: Path) -> None:
    name = "code_" * 1_000 + "code"
    column: dict[str, Any] = {name: [n % 7 for n in range(N_ROWS)]}
    starter = starter_of(tmp_path, **column)
    assert name in starter.content["preprocessing"]["columns"]
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_a_table_named_by_a_relative_path_is_found_from_the_folder_of_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "configs").mkdir()
    write_table(tmp_path / "data" / "table.csv", {**columns_of(), "empty": [None] * N_ROWS})
    monkeypatch.chdir(tmp_path)
    starter = init(Path("data/table.csv"), "y")
    assert "  path: ../data/table.csv\n" in starter.text(Path("configs"), name="configs/table.yaml")
    assert "  path: data/table.csv\n" in starter.text(Path(), name="table.yaml")
    assert str(tmp_path) not in starter.text(Path(), name="table.yaml")


def test_a_table_named_by_an_absolute_path_keeps_it(tmp_path: Path) -> None:
    starter = starter_of(tmp_path)
    assert f"  path: {tmp_path}/table.csv\n" in starter.text(Path("configs"), name="configs/table.yaml")


def test_folds_replace_the_test_share_of_a_starter(tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns_of())
    assert init(table, "y", ["split.folds=4"]).content["split"] == {
        "strategy": "stratified",
        "validation": 0.16,
        "folds": 4,
    }
    assert init(table, "y", ["split.folds=4"]).loaded.config.split.test == 0.25
    assert init(table, "y", ["split.folds=null"]).loaded.config.split.test == 0.2
    with pytest.raises(ConfigError, match="expected no 'test' beside"):
        init(table, "y", ["split.folds=4", "split.test=0.3"])


def test_overrides_change_a_starter_as_they_change_a_file(tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns_of())
    starter = init(table, "y", ["training.epochs=7", "model.layers.0.units=3"])
    assert (starter.loaded.config.training.epochs, starter.loaded.name) == (7, "table")
    assert starter.summary.n_parameters == (2 * 3 + 3) + (3 + 1)
    assert ("model", "layers") not in starter.reasons
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_what_is_given_is_kept_and_more_is_added(tmp_path: Path) -> None:
    columns = columns_of(same=[1] * N_ROWS, name=[f"n{n}" for n in range(N_ROWS)], gap=["x", *range(N_ROWS - 1)])
    table = write_table(tmp_path / "table.csv", columns)
    starter = init(table, "y", ["data.drop=[b]", "data.missing_values=[z]", "preprocessing.columns.a.scale=robust"])
    data = starter.content["data"]
    assert (data["drop"], data["id"], data["missing_values"]) == (["b", "same"], ["name", "gap"], ["z", "x"])
    assert {key: key in starter.reasons for key in [("data", "drop", 0), ("data", "drop", 1)]} == {
        ("data", "drop", 0): False,
        ("data", "drop", 1): True,
    }
    assert starter.content["preprocessing"]["columns"] == {"a": {"scale": "robust"}}


def test_a_column_that_is_named_as_a_feature_is_one(tmp_path: Path) -> None:
    columns = columns_of(same=[1] * N_ROWS, name=[f"n{n}" for n in range(N_ROWS)])
    table = write_table(tmp_path / "table.csv", columns)
    by_options = init(table, "y", ["preprocessing.columns.name.kind=categorical"])
    assert "id" not in by_options.content["data"]
    assert by_options.content["data"]["drop"] == ["same"]
    assert init(table, "y", ["data.drop=[]"]).content["data"]["drop"] == []
    by_list = init(table, "y", ["data.features=[a, name]"])
    assert {"id", "drop"}.isdisjoint(by_list.content["data"])


def test_what_is_given_of_a_section_is_kept_when_columns_are_left_out(tmp_path: Path) -> None:
    columns = columns_of(name=[f"n{n}" for n in range(N_ROWS)])
    table = write_table(tmp_path / "table.csv", columns)
    starter = init(table, "y", ["preprocessing.numeric.scale=robust", "preprocessing.columns.name.min_count=2"])
    assert starter.content["preprocessing"] == {"numeric": {"scale": "robust"}, "columns": {"name": {"min_count": 2}}}
    starter = init(table, "y", ["preprocessing.numeric.scale=robust"])
    assert (starter.content["preprocessing"], starter.content["data"]["id"]) == (
        {"numeric": {"scale": "robust"}},
        ["name"],
    )


def test_units_and_number_formats_that_are_given_are_kept(tmp_path: Path) -> None:
    units = {"w": [f"{n / 4} kg" for n in range(N_ROWS)], "h": [f"{n / 8} cm" for n in range(N_ROWS)]}
    table = write_table(tmp_path / "table.csv", columns_of(**units))
    assert init(table, "y", ["data.unit_of={w: kg}"]).content["data"]["unit_of"] == {"w": "kg", "h": "cm"}
    assert set(init(table, "y", ["data.unit_of={}"]).content["data"]["drop"]) == {"w", "h"}
    comma = write_table(tmp_path / "comma.csv", columns_of(c=[f'"{n},{n % 7}5"' for n in range(N_ROWS)]))
    data = init(comma, "y", ["data.decimal=."]).content["data"]
    assert (data["decimal"], data["drop"]) == (".", ["c"])


def test_rows_of_a_group_stay_together_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", repeated_visits())
    assert init(table, "y").content["split"]["strategy"] == "group"
    assert init(table, "y", ["data.features=[a, b]"]).content["split"]["strategy"] == "group"
    given = ["split={strategy: random}", "split.seed=3"]
    assert init(table, "y", given).content["split"] == {"strategy": "random", "seed": 3}


def repeated_visits() -> dict[str, Any]:
    """Twelve rows of each patient, who has one answer."""
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(60), 12)
    answer = rng.integers(0, 2, 60)[patient]
    return {
        "a": rng.normal(size=720).round(3).tolist(),
        "b": (rng.normal(size=720) + answer).round(3).tolist(),
        "patient": [f"P{n:03d}" for n in patient],
        "y": np.where(answer, "yes", "no").tolist(),
    }


def test_rows_are_divided_by_dates_of_any_format(tmp_path: Path) -> None:
    german = [f"{n % 28 + 1:02d}.0{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    table = write_table(tmp_path / "table.csv", columns_of(when=german))
    starter = init(table, "y", ["split.strategy=time", "split.column=when"])
    assert starter.content["preprocessing"]["columns"] == {"when": {"format": "%d.%m.%Y"}}
    starter = init(table, "y", ["preprocessing.columns.when.indicator=true"])
    options = {"indicator": True, "format": "%d.%m.%Y"}
    assert starter.content["preprocessing"]["columns"] == {"when": options}


def test_what_is_given_for_training_is_known_when_metrics_are_chosen(tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns_of(z=["yes" if n % 20 == 0 else "no" for n in range(N_ROWS)]))
    assert init(table, "z").content["metrics"][0] == "balanced_accuracy"
    starter = init(table, "z", ["training.class_weight=balanced", "training.batch_size=64"])
    assert "metrics" not in starter.content
    assert starter.summary.steps_per_epoch == 6
    assert starter.content["training"]["epochs"] > 1


def test_words_in_the_place_of_numbers_are_asked_about(tmp_path: Path) -> None:
    prices = ["free" if n % 97 == 5 else n / 4 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, price=prices)
    assert starter.remarks[0] == (
        "price: 'free' (7 cells) is read as missing; what means a number is taken out of data.missing_values and put "
        "into preprocessing.columns.price.map: {free: 0}"
    )
    table = tmp_path / "table.csv"
    mapped = init(table, "y", ["preprocessing.columns.price.map={free: 0}"])
    assert "missing_values" not in mapped.content["data"]
    (tmp_path / "often").mkdir()
    often = ["free" if n % 12 == 5 else n / 4 for n in range(N_ROWS)]
    assert starter_of(tmp_path / "often", price=often).content["data"]["drop"] == ["price"]
    assert init(table, "y", ["data.missing_values=[]"]).content["data"]["drop"] == ["price"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("data.drop=[nope]", "override 'data.drop=[nope]': data.drop.0: column 'nope' is not in"),
        ("data.positive=nope", "override 'data.positive=nope': data.positive: "),
        ("preprocessing.columns.a.encode=one_hot", "preprocessing.columns.a.encode"),
        ("training.epohcs=5", "override 'training.epohcs=5': training.epohcs: unknown key"),
        ("training.class_weight.typo=2", "training.class_weight"),
        ("data.dorp=[a]", "override 'data.dorp=[a]': data.dorp: unknown key"),
        ("training.epochs=0", "override 'training.epochs=0': training.epochs: expected"),
        ("model.layers.9.units=3", "expected a position from 0 to 1"),
        ("data.target=a", "data.path and data.target: expected neither beside FILE and --target"),
        ("split.strategy=time", "split.column"),
    ],
)
def test_a_wrong_override_of_a_starter_is_told(tmp_path: Path, override: str, message: str) -> None:
    table = write_table(tmp_path / "table.csv", columns_of())
    with pytest.raises(ConfigError) as caught:
        init(table, "y", [override])
    assert message in str(caught.value)


def test_words_among_many_numbers_and_dates_mean_missing(tmp_path: Path) -> None:
    number = ["k.A." if n % 97 == 5 else "?" if n % 83 == 2 else n / 4 for n in range(N_ROWS)]
    date = ["soon" if n % 97 == 5 else f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    german = ["bald" if n % 97 == 5 else f"{n % 28 + 1}.{n % 9 + 1}.{n % 30 + 2000}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, number=number, date=date, german=german)
    assert set(starter.content["data"]["missing_values"]) == {"k.A.", "?", "soon", "bald"}
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert (kinds["number"], kinds["date"], kinds["german"]) == ("numeric", "datetime", "datetime")


def test_a_footer_in_a_column_of_numbers_means_missing(tmp_path: Path) -> None:
    numbers = [*(n / 4 for n in range(N_ROWS - 1)), "Exported by the clinic on 2024-01-01"]
    labels = [*(("yes", "no")[n % 3 == 0] for n in range(N_ROWS - 1)), ""]
    starter = init(write_table(tmp_path / "table.csv", {"x": numbers, "y": labels}), "y")
    assert starter.content["data"]["missing_values"] == ["Exported by the clinic on 2024-01-01"]
    assert starter.content["data"]["missing_target"] == "drop"
    assert "drop" not in starter.content["data"]


def test_a_sign_for_missing_in_the_target_is_no_amount(tmp_path: Path) -> None:
    score = ["-99" if n % 20 == 3 else f"{50 + n % 31}.5" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, "score", score=score)
    assert starter.content["data"]["missing_values"] == ["-99"]
    assert starter.content["data"]["missing_target"] == "drop"


def test_amounts_in_brackets_are_no_ids(tmp_path: Path) -> None:
    amounts = [f"${n},234.{n % 90 + 10}" for n in range(1, N_ROWS + 1)]
    balance = [f'"({amount})"' if n % 3 else f'"{amount}"' for n, amount in enumerate(amounts)]
    starter = starter_of(tmp_path, balance=balance)
    assert starter.topics["balance"] == "bracketed"
    fee = starter_of(tmp_path, fee=[f"USD {n % 97}.5" for n in range(N_ROWS)])
    assert fee.content["data"]["unit_of"] == {"fee": "USD"}
    lot = starter_of(tmp_path, lot=[f"LOT {n % 97}" for n in range(N_ROWS)])
    assert "unit_of" not in lot.content["data"]


def test_amounts_in_words_are_not_missing(tmp_path: Path) -> None:
    for amount in ("about 12", "about 12 to 15 kg"):
        starter = starter_of(tmp_path, x=[amount if n == 5 else n / 4 for n in range(N_ROWS)])
        assert "missing_values" not in starter.content["data"]


def test_columns_that_share_their_words_for_missing_are_all_kept(tmp_path: Path) -> None:
    first = ["NA" if n == 3 else "broken" if n == 7 else n / 4 for n in range(N_ROWS)]
    second = ["NA" if n == 8 else "broken" if n == 9 else n / 8 + 1 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, first=first, second=second, z=["broken" if n == 5 else n / 3 for n in range(N_ROWS)])
    assert sorted(starter.content["data"]["missing_values"]) == ["NA", "broken"]
    assert "drop" not in starter.content["data"]


def test_a_word_in_the_target_that_is_a_category_elsewhere_is_left_to_a_person(tmp_path: Path) -> None:
    tariff = ["free", "basic", "pro"] * (N_ROWS // 3)
    with pytest.raises(DataError, match="would make the cells of 'tariff' of that text missing too: leave the cells"):
        starter_of(tmp_path, "z", tariff=tariff, z=["free" if n == 9 else n / 4 for n in range(N_ROWS)])


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


@pytest.mark.parametrize(("odd", "got"), [("1740.88 €", "1740.88"), ("12,5 EUR", "12,5 EUR"), ("1,74,88 €", "1,74,88")])
def test_one_number_of_another_form_costs_its_column_only(tmp_path: Path, odd: str, got: str) -> None:
    price = [odd if n == 9 else f"{n % 7 + 1}.{n % 900 + 100},{n % 90 + 10} €" for n in range(N_ROWS)]
    rebate = [f"{n % 9},{n % 7}" for n in range(N_ROWS)]
    path = tmp_path / "table.csv"
    rows = zip(price, rebate, columns_of()["y"], strict=True)
    path.write_text("price;rebate;y\n" + "".join(f"{';'.join(map(str, row))}\n" for row in rows))
    starter = init(path, "y")
    assert (starter.content["data"]["decimal"], starter.content["data"]["drop"]) == (",", ["price"])
    assert f"expected a number, got '{got}' in line 11" in starter.left_out("price")
    assert list(starter.lost_numbers) == ["price"]


def test_dates_with_an_offset_are_read(tmp_path: Path) -> None:
    when = [f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2024 10:{n % 60:02d} +0{n % 3}00" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, when=when)
    assert starter.content["preprocessing"]["columns"]["when"] == {"format": "%d/%m/%Y %H:%M %z"}
    assert read_back(starter, tmp_path).preprocessing.columns["when"].format == "%d/%m/%Y %H:%M %z"


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


def test_decimal_commas_below_a_title_are_no_cells(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{n};{n * 7 % 50},5;{n * 13 % 70},25 €" for n in range(60)]
    table.write_text("\n".join(["Orders 2024", "", "id;weight;price", *lines]) + "\n", encoding="utf-8")
    data = init(table, "price").content["data"]
    assert (data["separator"], data["skip_lines"], data["decimal"], data["unit_of"]) == (";", 2, ",", {"price": "€"})


@pytest.mark.parametrize("text", ["yes", "red", "FALSE", "12..5", "inf"])
def test_a_word_that_means_something_elsewhere_or_a_slip_leaves_the_column_out(tmp_path: Path, text: str) -> None:
    number = [text if n == N_ROWS - 1 else n / 4 for n in range(N_ROWS)]
    others: dict[str, Any] = {
        "colour": ["red", "blue", "green"] * (N_ROWS // 3),
        "is_new": ["TRUE", "FALSE"] * (N_ROWS // 2),
    }
    starter = starter_of(tmp_path, number=number, **others)
    assert "missing_values" not in starter.content["data"]
    assert starter.content["data"]["drop"] == ["number"]
    assert f"'{text}'" in starter.lost_numbers["number"]
    assert starter.remarks[0].startswith("number is left out although it holds numbers: ")
    with pytest.warns(RuntimeWarning, match="column 'number' is left out although it holds numbers"):
        dltrain_loaded(tmp_path / "table.csv")


def test_a_word_among_the_numbers_of_a_target_leaves_its_row_out(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "z", z=["broken" if n == 9 else n / 4 for n in range(N_ROWS)])
    data = starter.content["data"]
    assert (data["missing_target"], data["missing_values"], data["task"]) == ("drop", ["broken"], "regression")
    assert starter.reasons["data", "missing_target"] == "1 of 600 targets is 'broken', which is no number"


def test_a_wrong_target_is_told_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"--target: column 'Alpha' is not in .*table\.csv\nhint: did you mean 'alpha'"
    ):
        starter_of(tmp_path, "Alpha", alpha=[0] * N_ROWS)


def test_a_target_with_decimal_commas_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"column 'z': expected plain numbers as a target, got 600 cells such as '0,05'"
    ):
        starter_of(tmp_path, "z", z=[f'"{n},{n % 7}5"' for n in range(N_ROWS)])


def test_numbers_with_one_unit_are_read(tmp_path: Path) -> None:
    euros = [f"{n}.50 €" for n in range(N_ROWS)]
    starter = starter_of(
        tmp_path, price=euros, share=[f"{n % 90}%" for n in range(N_ROWS)], size=["2 doors", "4 doors"] * 300
    )
    assert starter.content["data"]["unit_of"] == {"price": "€", "share": "%"}
    assert starter.reasons["data", "unit_of", "price"] == "its cells are numbers with '€'"
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert (kinds["price"], kinds["share"], kinds["size"]) == ("numeric", "numeric", "categorical")
    column = next(column.profile for column in starter.report.columns if column.profile.name == "price")
    assert (column.minimum, column.maximum) == (0.5, N_ROWS - 0.5)


def test_a_target_with_a_unit_is_a_number(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, "z", z=[f'"$1,{n:03d}.50"' for n in range(N_ROWS)])
    data = starter.content["data"]
    assert (data["task"], data["unit_of"], data["thousands"]) == ("regression", {"z": "$"}, ",")


def german_table(folder: Path) -> Path:
    """600 rows as a spreadsheet writes them where the comma is before the fraction."""
    price = [f"{1_000 + 7 * n:,}".replace(",", ".") + f",{n % 10}5" for n in range(N_ROWS)]
    area = [f"{n % 90},{n % 7}" for n in range(N_ROWS)]
    people = [f"{500 + 13 * (n % 200):,}".replace(",", ".") for n in range(N_ROWS)]
    town = ["Köln", "Bonn", "Trier"] * (N_ROWS // 3)
    lines = [";".join(row) for row in zip(price, area, people, town, strict=True)]
    path = folder / "häuser.csv"
    path.write_text("\n".join(["Preis;Fläche;Leute;Ort", *lines]) + "\n", encoding="cp1252")
    return path


def test_a_table_with_semicolons_and_decimal_commas_is_read(tmp_path: Path) -> None:
    starter = init(german_table(tmp_path), "Preis")
    data = starter.content["data"]
    assert (data["separator"], data["decimal"], data["thousands"], data["task"]) == (";", ",", ".", "regression")
    assert data["encoding"] == "cp1252"
    assert starter.reasons["data", "decimal"] == "numbers are written like '1.000,05', '0,0'"
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert kinds == {"Preis": None, "Fläche": "numeric", "Leute": "numeric", "Ort": "categorical"}
    path = tmp_path / "config.yaml"
    path.write_text(starter.text(tmp_path, name="config.yaml"), encoding="utf-8")
    dataset = read_dataset(load_config(path))
    truth = np.sort(np.concatenate([part.truth for part in (dataset.train, dataset.validation, dataset.test)]))
    np.testing.assert_allclose(truth, np.sort([1_000 + 7 * n + n % 10 / 10 + 0.05 for n in range(N_ROWS)]))


@pytest.mark.parametrize(
    ("labels", "positive"),
    [(("ja", "nein"), "ja"), (("Nein", "JA"), "JA"), (("no", "yes"), "yes"), (("j", "n"), "j"), (("a", "b"), "b")],
)
def test_the_label_that_says_yes_is_positive(tmp_path: Path, labels: tuple[str, str], positive: str) -> None:
    starter = starter_of(tmp_path, "z", z=[labels[n % 2] for n in range(N_ROWS)])
    assert starter.content["data"]["positive"] == positive
    assert starter.loaded.config.data.positive == positive
    assert starter.reasons["data", "positive"].startswith("counts as class 1; rows: 300 of")


def test_what_is_left_to_decide_can_be_pasted(tmp_path: Path) -> None:
    days: dict[str, Any] = {"the day": [f"2024-01-{n % 28 + 1:02d}" for n in range(N_ROWS)]}
    starter = starter_of(tmp_path, **days)
    assert any(remark.endswith("→ split.strategy=time 'split.column=the day'") for remark in starter.remarks)


def test_a_french_table_with_spaces_before_thousands_is_read(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{n % 40 + 1}\u202f{n:03d},{n % 7};{n % 89},5" for n in range(N_ROWS)]
    table.write_text("\n".join(["prix;surface", *lines]) + "\n", encoding="utf-8")
    starter = init(table, "prix")
    data = starter.content["data"]
    assert (data["task"], data["decimal"], data["thousands"]) == ("regression", ",", " ")
    assert starter.reasons["data", "decimal"] == "numbers are written like '1 000,0', '0,5'"


def test_a_point_that_may_stand_before_a_fraction_is_left_to_a_person(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{n % 90},{n % 7};{n % 11 + 1}.{n:03d};{'yes' if n * n % 13 < 6 else 'no'}" for n in range(N_ROWS)]
    table.write_text("\n".join(["a;b;y", *lines]) + "\n")
    starter = init(table, "y")
    assert starter.reasons["data", "decimal"] == "numbers are written like '0,0', '1.000'"
    assert starter.remarks[0] == (
        "b: '1.000' is read as 1000, because other numbers have a decimal comma; if this point stands before a "
        "fraction, write all numbers of the table in one way"
    )


def test_the_parts_of_such_a_table_are_written_as_it_was(tmp_path: Path) -> None:
    table = german_table(tmp_path)
    parts = split(init(table, "Preis").loaded, tmp_path / "parts").parts
    lines = [line for part in parts.values() for line in part.path.read_text(encoding="cp1252").splitlines()]
    assert sorted(set(lines)) == sorted(table.read_text(encoding="cp1252").splitlines())


def test_the_parts_of_a_table_below_a_title_are_read_by_its_config(tmp_path: Path) -> None:
    path = write_table(tmp_path / "table.csv", columns_of())
    path.write_text("Customers of 2024\n\n" + path.read_text())
    starter = init(path, "y")
    assert starter.content["data"]["skip_lines"] == 2
    parts = {name: str(part.path) for name, part in split(starter.loaded, tmp_path / "parts").parts.items()}
    overrides = [
        f"data.path={parts['train']}",
        f"split.test={parts['test']}",
        f"split.validation={parts['validation']}",
    ]
    dataset = read_dataset(config_from_dict(starter.content, overrides))
    assert dataset.train.n_rows + dataset.validation.n_rows + dataset.test.n_rows == N_ROWS


def test_a_table_without_a_feature_says_why_none_is_left(tmp_path: Path) -> None:
    columns = {"id": range(N_ROWS), "same": ["x"] * N_ROWS, "y": columns_of()["y"]}
    with pytest.raises(DataError) as caught:
        init(write_table(tmp_path / "table.csv", columns), "y")
    message = str(caught.value)
    assert "no column is left to be a feature" in message
    assert "left out: column 'id': all 600 whole numbers" in message
    assert "left out: column 'same': every cell is 'x'" in message
    assert "name it in a config: data.features" in str(caught.value.hint)


def test_a_target_that_never_changes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        starter_of(tmp_path, "z", z=["same"] * N_ROWS)
    text = "column 'z': expected a target with different values, got the same in every row"
    assert caught.value.message == f"{tmp_path / 'table.csv'}: {text}"


@pytest.mark.parametrize(
    ("table", "name"),
    [("a.csv", "a"), ("b/telco.churn.csv.gz", "telco.churn"), ("A.CSV", "A"), ("x.parquet", "x"), (".csv", ".csv")],
)
def test_a_config_is_named_after_its_table(table: str, name: str) -> None:
    assert starter_name(Path(table)) == name


def test_the_content_is_valid_by_itself(tmp_path: Path) -> None:
    starter = starter_of(tmp_path)
    assert config_from_dict(starter.to_dict()["config"]).config == starter.loaded.config


CELLS = [
    *["", " ", "NA", "-", "0", "1", "2", "7.5", "-3", "1e30", "1e-300", "inf", "nan", "x", "y", "no", "007", "12,5"],
    *["1,234", "2024-01-31", "31.1.2024", "5 kg", "true", "False", "a b c d e f", "=1+1", "ä"],
]


@st.composite
def odd_tables(draw: st.DrawFn) -> dict[str, list[str]]:
    """Few or many rows of columns of few kinds of cells."""
    n_rows = draw(st.sampled_from([1, 2, 3, 5, 9, 30, 120]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    columns: dict[str, list[str]] = {}
    for place in range(draw(st.integers(1, 5))):
        pool = draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=4))
        kind = draw(st.sampled_from(["cells", "numbers", "ids", "first"]))
        cells = rng.choice(pool, n_rows).tolist()
        match kind:
            case "numbers":
                numbers = rng.normal(size=n_rows).round(3).astype(str)
                cells = np.where(rng.random(n_rows) < 0.05, cells, numbers).tolist()
            case "ids":
                cells = [f"{pool[0]}{n}" for n in range(n_rows)]
            case "first" if columns:
                cells = columns["c0"]
        columns[f"c{place}"] = cells
    return columns


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(columns=odd_tables())
def test_an_odd_table_gets_a_config_that_check_accepts_or_a_reason(
    tmp_path: Path, columns: dict[str, list[str]]
) -> None:
    table = tmp_path / "table.csv"
    pyarrow.csv.write_csv(pa.table(columns), table)
    target = list(columns)[-1]
    try:
        starter = init(table, target)
    except DataError:
        event("refused")
        return
    event("mended" if starter.topics else "written")
    path = tmp_path / "written.yaml"
    path.write_text(starter.text(tmp_path, name="written.yaml"), encoding="utf-8")
    assert check(load_config(path)).exit_code == 0


def test_a_number_that_means_missing_in_the_target_and_an_amount_elsewhere_is_left_to_a_person(tmp_path: Path) -> None:
    score = ["-999" if n % 60 == 3 else f"{n % 31}.5" for n in range(N_ROWS)]
    depth = [("-999", "-998", "-500", "0")[n % 4] for n in range(N_ROWS)]
    starter = starter_of(tmp_path, "score", score=score, depth=depth)
    assert "missing_values" not in starter.content["data"]
    assert any("would make the numbers of 'depth' of that text missing too" in text for text in starter.remarks)
    for other in (["-999"] * N_ROWS, list(range(-999, N_ROWS - 999)), [("-999", "1")[n % 2] for n in range(N_ROWS)]):
        starter = starter_of(tmp_path, "score", score=score, other=other)
        assert starter.content["data"]["missing_values"] == ["-999"]


def test_an_odd_cell_of_a_target_of_disguised_numbers_is_named(tmp_path: Path) -> None:
    prices = [f'"{n}.{n % 900 + 100},{n % 90 + 10}"' for n in range(1, N_ROWS)]
    table = write_table(
        tmp_path / "t.csv", {"x": [n % 7 for n in range(N_ROWS)], "price": [prices[0], "12.5", *prices[1:]]}
    )
    with pytest.raises(DataError, match=r"t.csv:3: column 'price': expected a number, got '12\.5'"):
        init(table, "price")


def test_a_day_that_does_not_exist_among_iso_dates_leaves_dates_out_with_a_remark(tmp_path: Path) -> None:
    days = [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, day=["31/02/2024", *days[1:]])
    assert starter.topics["day"] == "broken_dates"
    assert any(text.startswith("day is left out although it holds dates") for text in starter.remarks)


def test_a_row_of_totals_among_numbers_is_told_and_not_read_as_missing(tmp_path: Path) -> None:
    numbers = [*(str(n % 97) for n in range(N_ROWS - 1)), "Total"]
    starter = starter_of(tmp_path, number=numbers)
    assert "missing_values" not in starter.content["data"]
    assert any("1 row is called 'Total'" in text for text in starter.remarks)


@pytest.mark.filterwarnings("error")
def test_a_number_that_is_always_the_same_is_told_as_a_target(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", {"x": [n % 7 / 2 for n in range(N_ROWS)], "y": [3.5] * N_ROWS})
    starter = init(table, "y", ["data.task=regression"])
    assert any("every target is '3.5': there is nothing to learn" in text for text in starter.remarks)
