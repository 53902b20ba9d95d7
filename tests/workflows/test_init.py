"""Configs that are written from a table. `DLTRAIN_TABLES` names a folder of those that are not shipped."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from dltrain.config import config_from_dict, load_config
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import DataError
from dltrain.table import text_array
from dltrain.table.bad_cells import is_missing_marker
from dltrain.workflows.check import check
from dltrain.workflows.init import init, starter_name
from dltrain.workflows.rows.dataset import read_dataset
from dltrain.workflows.split import split
from tests.tables import table_of
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, columns_of, read_back, starter_of

SHIPPED = [
    ("adult_train.csv.gz", "income"),
    ("adult_test.csv.gz", "income"),
    ("california.csv.gz", "MedHouseVal"),
    ("concrete.csv", "CompressiveStrength"),
    ("cps1985.csv", "wage"),
    ("ionosphere.csv", "Class"),
    ("mpg.csv", "hwy"),
    ("penguins.csv", "species"),
    ("wine_red.csv", "quality"),
]
ELSEWHERE = [
    ("churn_modelling.csv.gz", "Exited"),
    ("credit_default.csv.gz", "DEFAULT"),
    ("diamonds.csv.gz", "price"),
    ("fuel.csv", "FE"),
    ("hotel_bookings.csv.gz", "is_canceled"),
    ("kin8nm.csv.gz", "y"),
    ("letter.csv.gz", "lettr"),
    ("magic_telescope.csv.gz", "Class"),
    ("spotify_songs.csv.gz", "track_popularity"),
    ("telco_churn.csv.gz", "Churn"),
    ("titanic.csv", "Survived"),
]


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


def test_what_a_person_has_to_decide_stands_at_the_top_only(tmp_path: Path) -> None:
    # A fit on later rows has to be judged by later rows; whether there will be any, the table does not say.
    dates = [f"20{n % 30:02d}-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, date=dates)
    assert starter.content["split"]["strategy"] == "stratified"
    (remark,) = [text for text in starter.remarks if "holds dates" in text]
    assert remark.endswith("→ split.strategy=time split.column=date")
    assert "# To decide:" in starter.text(tmp_path, name="table.yaml")


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


def test_what_is_left_to_decide_can_be_pasted(tmp_path: Path) -> None:
    days: dict[str, Any] = {"the day": [f"2024-01-{n % 28 + 1:02d}" for n in range(N_ROWS)]}
    starter = starter_of(tmp_path, **days)
    assert any(remark.endswith("→ split.strategy=time 'split.column=the day'") for remark in starter.remarks)


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


def test_relative_paths_are_named_from_where_the_config_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "conf").mkdir()
    table = write_table(tmp_path / "table.csv", columns_of())
    for name in ("test", "validation"):
        write_table(tmp_path / "parts" / f"{name}.csv", {key: cells[::3] for key, cells in columns_of().items()})
    monkeypatch.chdir(tmp_path)
    overrides = [
        "split.test=parts/test.csv",
        f"split.validation={tmp_path / 'parts' / 'validation.csv'}",
        "logs.tensorboard=tb",
        "logs.mlflow.tracking_uri=sqlite:///mlflow.db",
    ]
    starter = init(Path(table.name), "y", overrides)
    (tmp_path / "conf" / "c.yaml").write_text(starter.text(Path("conf"), name="conf/c.yaml"))
    config = load_config(tmp_path / "conf" / "c.yaml").config
    assert config == starter.loaded.config
    written = read_yaml((tmp_path / "conf" / "c.yaml").read_bytes(), source="c.yaml").data
    assert written["split"]["test"] == "../parts/test.csv"
    assert written["split"]["validation"] == str(tmp_path / "parts" / "validation.csv")
    assert written["logs"] == {"tensorboard": "../tb", "mlflow": {"tracking_uri": "sqlite:///../mlflow.db"}}
    beside = read_yaml(starter.text(Path(), name="c.yaml").encode(), source="c.yaml").data
    assert (beside["data"]["path"], beside["split"]["test"]) == ("table.csv", "parts/test.csv")


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
