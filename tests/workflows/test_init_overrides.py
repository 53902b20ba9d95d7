"""What the user gives of a config is kept when it is written."""

from pathlib import Path

import pytest

from dltrain.errors import ConfigError
from dltrain.workflows.init import init
from tests.workflows.conftest import write_table
from tests.workflows.starters import N_ROWS, columns_of, read_back


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


def test_what_is_given_for_training_is_known_when_metrics_are_chosen(tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", columns_of(z=["yes" if n % 20 == 0 else "no" for n in range(N_ROWS)]))
    assert init(table, "z").content["metrics"][0] == "balanced_accuracy"
    starter = init(table, "z", ["training.class_weight=balanced", "training.batch_size=64"])
    assert "metrics" not in starter.content
    assert starter.summary.steps_per_epoch == 6
    assert starter.content["training"]["epochs"] > 1


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
        ("data.target=a", "data.path and data.target: expected neither beside a table and its target"),
        ("split.strategy=time", "split.column"),
    ],
)
def test_a_wrong_override_of_a_starter_is_told(tmp_path: Path, override: str, message: str) -> None:
    table = write_table(tmp_path / "table.csv", columns_of())
    with pytest.raises(ConfigError) as caught:
        init(table, "y", [override])
    assert message in str(caught.value)
