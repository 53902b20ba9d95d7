"""Fitting, from a table to a run directory and back."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

import dltrain
from dltrain.cli.output import print_result
from dltrain.config import config_from_dict, load_config
from dltrain.errors import ConfigError, DataError, OutputError, RunError, TrainingError
from dltrain.run.checkpoint import read_checkpoint
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.report import write_report
from dltrain.workflows.rows.dataset import read_dataset
from tests.workflows.conftest import Fit, config_of, write_table

pytestmark = pytest.mark.slow

FILES = {
    "config.yaml",
    "preprocessing.json",
    "model.keras",
    "model.onnx",
    "history.csv",
    "metrics.json",
    "manifest.json",
    "report.html",
}


@pytest.mark.filterwarnings("error")
def test_a_fit_is_the_same_whatever_numbers_the_process_uses_and_leaves_them(fit: Fit) -> None:
    from dltrain.network.backend import keras

    layers = {"layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dropout", "rate": 0.3}]}
    training = {"epochs": 2, "batch_size": 32}
    usual = fit("big", model=layers, training=training).metrics
    keras.config.set_floatx("float16")
    try:
        assert fit("big", model=layers, training=training).metrics == usual
        assert keras.config.floatx() == "float16"
    finally:
        keras.config.set_floatx("float32")


@pytest.mark.parametrize(
    ("target", "task", "metric"),
    [("price", "regression", "rmse"), ("big", "binary", "log_loss"), ("level", "multiclass", "log_loss")],
)
def test_every_task_beats_the_baseline(fit: Fit, target: str, task: str, metric: str) -> None:
    model = fit(target)
    assert {path.name for path in model.path.iterdir()} == FILES
    assert model.run.config.data.task == task
    for part in ("validation", "test"):
        scores = model.metrics[part]
        assert scores["metrics"][metric] < 0.7 * scores["baseline"][metric]


def test_reported_metrics_equal_scikit_learn_on_the_predictions(fit: Fit, columns: dict[str, list[Any]]) -> None:
    model = fit("price", preprocessing={"target": {"transform": "log"}}, split={"test": 0.3})
    test = read_dataset(load_config(model.path / "config.yaml")).test
    predicted = model.predict(Path(model.run.config.data.path))["prediction"].to_numpy()[test.rows]
    truth = np.array(columns["price"])[test.rows]
    expected = {
        "rmse": reference.root_mean_squared_error(truth, predicted),
        "mae": reference.mean_absolute_error(truth, predicted),
        "r2": reference.r2_score(truth, predicted),
    }
    assert model.metrics["test"]["metrics"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("target", ["price", "big", "level"])
def test_the_page_of_a_fit_can_be_made_again(fit: Fit, tmp_path: Path, target: str) -> None:
    """What the fit has in hand at its end, and what is found again later, say the same."""
    model = fit(target, data={"weight": "weight", "id": ["b"]})
    pages = [model.path / "report.html", tmp_path / "again.html"]
    write_report(model.path, pages[1])
    first, second = (re.sub(r"Made \S+ with", "", page.read_text()) for page in pages)
    assert first == second


@pytest.mark.parametrize("target", ["price", "big", "level"])
def test_the_metrics_have_intervals_and_a_linear_model_beside_them(fit: Fit, target: str) -> None:
    metrics = fit(target).run.metrics
    assert metrics.test_intervals is not None
    assert metrics.linear is not None
    assert set(metrics.test_intervals) == set(metrics.linear.metrics) == set(metrics.test.metrics)
    for name, interval in metrics.test_intervals.items():
        value = metrics.test.metrics[name]
        assert value is not None
        if interval is None:
            assert value == 1, "only draws that all look alike tell no interval"
        else:
            assert interval[0] <= value <= interval[1]


def comparable(run: Path) -> dict[str, str]:
    """Hashes of everything in a run that must not change; seconds, dates and zip timestamps may."""
    history = [line.rsplit(",", 1)[0] for line in (run / "history.csv").read_text().splitlines()]
    manifest = json.loads((run / "manifest.json").read_text())
    names = ["config.yaml", "preprocessing.json", "model.onnx", "metrics.json"]
    hashes = {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in names}
    return hashes | {"history": "\n".join(history), "data": json.dumps(manifest["data"])}


@pytest.mark.parametrize("target", ["price", "big", "level"])
def test_the_saved_config_gives_the_same_run_bit_for_bit(fit: Fit, tmp_path: Path, target: str) -> None:
    layers = [
        {"type": "batch_normalization"},
        {"type": "dense", "units": 8, "activation": "relu"},
        {"type": "dropout", "rate": 0.2},
        {"type": "gaussian_noise", "stddev": 0.1},
    ]
    training = {"class_weight": "balanced"} if target != "price" else {}
    first = fit(target, model={"layers": layers}, training=training)
    second = dltrain.fit(first.path / "config.yaml", runs=tmp_path / "again")
    assert comparable(first.path) == comparable(second.path)


def test_a_table_needs_no_config(table: Path, tmp_path: Path) -> None:
    overrides = ["training.epochs=2", "data.drop=[big]"]
    model = dltrain.fit(table, target="level", overrides=overrides, runs=tmp_path)
    assert (model.path.name, model.run.config.data.target) == (f"{table.stem}-1", "level")
    assert {"big", "level"}.isdisjoint(model.run.config.data.features or ())
    folds = dltrain.cross_validate(table, target="level", overrides=[*overrides, "split.folds=2"], runs=tmp_path)
    assert len(folds.folds) == 2


def test_flags_are_true_or_false(tmp_path: Path) -> None:
    for call in (
        lambda: dltrain.fit_seeds({}, 2, average="yes"),  # type: ignore[arg-type]
        lambda: dltrain.resume(tmp_path, average=1),  # type: ignore[call-overload]
    ):
        with pytest.raises(ConfigError, match="average: expected True or False, got an object of the type"):
            call()


def test_a_network_is_not_praised_for_labels_that_it_never_saw(
    columns: dict[str, list[Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    n_rows = len(columns["a"])
    late = {"a": columns["a"], "t": list(range(n_rows)), "late": ["yes" if n > 240 else "no" for n in range(n_rows)]}
    table = write_table(tmp_path / "late.csv", late)
    split = {"strategy": "time", "column": "t", "test": 0.19, "validation": 0.1}
    content = config_of(table, "late", data={"drop": ["t"]}, split=split, training={"epochs": 2})
    model = dltrain.fit(content, runs=tmp_path)
    metrics = model.run.metrics
    assert metrics.diagnosis[0].topic == "unseen_labels"
    assert metrics.diagnosis[0].message.startswith("57 of 57 test rows have the label 'yes', and no training row does")
    page = (model.path / "report.html").read_text()
    assert "the network never saw some of the labels that it is tested on" in page
    assert "better than the trivial prediction" not in page
    assert "linear model of the same inputs" not in page
    print_result(metrics, task="binary")
    assert "say more than these labels" not in capsys.readouterr().out


def test_what_is_doubtful_about_a_table_is_warned_of(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    odd = columns | {"big": [cell if row % 3 else f"{cell} " for row, cell in enumerate(columns["big"])]}
    table = write_table(tmp_path / "odd.csv", odd)
    with pytest.warns(RuntimeWarning, match="4 labels are 2 if upper and lower case and surrounding spaces"):
        dltrain.fit(table, target="big", overrides=["training.epochs=1"], runs=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": {}, "target": "level"}, "target: expected a table with it, got a config"),
        ({"config": "a.yaml", "target": "level"}, "target: expected a table with it, got a config"),
        ({"config": "a.csv"}, "a.csv: expected a YAML file, got a table"),
        (
            {"config": {}, "overrides": "training.epochs=2"},
            "overrides: expected a list of texts, got an object of the type str",
        ),
        (
            {"config": pd.DataFrame({"a": [1]}), "target": "a"},
            "config: expected the path of a YAML file, its content as",
        ),
        (
            {"config": None},
            "config: expected the path of a YAML file, its content as a mapping, or the path of a table",
        ),
        (
            {"config": {}, "overrides": {"training.epochs": 2}},
            "overrides: expected a list of texts, got an object of the type dict",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_told(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        dltrain.fit(**arguments)


def test_other_types_are_told_by_the_name_of_the_argument(fit: Fit) -> None:
    path = fit("price").path
    fit_any: Callable[..., object] = dltrain.fit
    seeds_of: Callable[..., object] = dltrain.fit_seeds
    other: Any = 3
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: dltrain.load(other), "run: expected the path of a run, got an object of the type int"),
        (lambda: dltrain.resume(other), "run: expected the path of a run, got an object of the type int"),
        (lambda: dltrain.evaluate(path, by=other), "by: expected the name of a column, got an object of the type int"),
        (
            lambda: dltrain.load(path).predict("t.csv", keep=other),
            "keep: expected a list of texts, got an object of the",
        ),
        (lambda: seeds_of({}, "3"), "seeds: expected a whole number, got an object of the type str"),
        (lambda: seeds_of({}, True), "seeds: expected a whole number, got an object of the type bool"),
        (
            lambda: fit_any({}, overrides=None),
            "overrides: expected a list of texts, got an object of the type NoneType",
        ),
        (lambda: fit_any({}, overrides=[1]), "overrides: expected a list of texts, got an object of the type int"),
        (lambda: fit_any({}, name=3), "name: expected the name of a run, got an object of the type int"),
        (lambda: fit_any("t.csv", target=3), "target: expected the name of a column, got an object of the type int"),
        (lambda: fit_any({}, runs=None), "runs: expected a path, got an object of the type NoneType"),
    ]
    for call, message in calls:
        with pytest.raises(ConfigError, match=re.escape(message)):
            call()


def test_another_seed_gives_another_network(fit: Fit) -> None:
    assert comparable(fit("price", training={"seed": 1}).path) != comparable(fit("price", training={"seed": 2}).path)


def test_test_rows_are_never_used_for_fitting(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    """Whatever stands in the test rows, the network and its preprocessing stay the same."""
    config = config_of(write_table(tmp_path / "table.csv", columns), "price")
    first = dltrain.fit(config, runs=tmp_path / "runs")
    test = read_dataset(load_config(first.path / "config.yaml")).test
    changed = {name: list(values) for name, values in columns.items()}
    for row in test.rows:
        changed["a"][row], changed["kind"][row], changed["price"][row] = 1e6, "violet", 1.0
    write_table(tmp_path / "table.csv", changed)
    second = dltrain.fit(config, runs=tmp_path / "runs")
    for name in ("model.onnx", "preprocessing.json"):
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes()
    assert first.metrics["test"] != second.metrics["test"]


def test_keras_opens_the_network_without_dltrain(fit: Fit, table: Path, tmp_path: Path) -> None:
    """In processes where dltrain cannot be imported, Keras and ONNX Runtime give dltrain's numbers."""
    from dltrain.table import read_table

    model = fit("big", model={"layers": [{"type": "batch_normalization"}, {"type": "dropout", "rate": 0.5}]})
    inputs = model.run.preprocessing.encode(read_table(table)).dense()
    np.save(tmp_path / "inputs.npy", inputs)
    expected = model.predict(table)["p_yes"].to_numpy()
    blocked = "import sys; sys.modules['dltrain'] = None; import numpy as np; x = np.load(sys.argv[2]);"
    scripts = {
        "model.keras": "import keras; y = keras.saving.load_model(sys.argv[1], safe_mode=True).predict(x, verbose=0);",
        "model.onnx": "import onnxruntime as o; y = o.InferenceSession(sys.argv[1]).run(None, {'features': x})[0];",
    }
    for name, script in scripts.items():
        out = tmp_path / f"{name}.npy"
        command = [sys.executable, "-c", blocked + script + "np.save(sys.argv[3], y)"]
        subprocess.run([*command, model.path / name, tmp_path / "inputs.npy", out], check=True, capture_output=True)
        np.testing.assert_allclose(np.load(out)[:, 0], expected, atol=1e-5)


def test_sample_weights_reach_training_and_every_metric(fit: Fit, columns: dict[str, list[Any]]) -> None:
    model = fit("price", data={"weight": "weight"}, metrics=["mae", "median_absolute_error"])
    test = read_dataset(load_config(model.path / "config.yaml")).test
    predicted = model.predict(Path(model.run.config.data.path))["prediction"].to_numpy()[test.rows]
    truth, weight = np.array(columns["price"])[test.rows], np.array(columns["weight"])[test.rows]
    expected = reference.mean_absolute_error(truth, predicted, sample_weight=weight)
    assert model.metrics["test"]["metrics"]["mae"] == pytest.approx(expected, rel=1e-6)
    assert "weight" not in model.run.preprocessing.column_names


def test_the_unit_of_sample_weights_makes_no_difference(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    runs = []
    for factor in (1, 1024):  # a power of two, so that no digit is lost
        table = write_table(tmp_path / "t.csv", columns | {"weight": [factor * w for w in columns["weight"]]})
        config = config_of(table, "price", data={"weight": "weight"}, training={"epochs": 5})
        runs.append(dltrain.fit(config, runs=tmp_path / "runs").path)
    assert (runs[0] / "model.onnx").read_bytes() == (runs[1] / "model.onnx").read_bytes()


def test_class_weights_reach_the_metrics_and_the_others_are_kept_beside(
    fit: Fit, columns: dict[str, list[Any]]
) -> None:
    model = fit("big", training={"class_weight": {"yes": 5, "no": 1}})
    test = read_dataset(load_config(model.path / "config.yaml")).test
    predicted = model.predict(Path(model.run.config.data.path))["prediction"].to_numpy()[test.rows]
    truth = np.array(columns["big"])[test.rows]
    weight = np.where(truth == "yes", 5.0, 1.0)
    scores = model.metrics["test"]
    assert scores["metrics"]["accuracy"] == pytest.approx(
        reference.accuracy_score(truth, predicted, sample_weight=weight)
    )
    assert scores["unweighted"]["accuracy"] == pytest.approx(reference.accuracy_score(truth, predicted))
    assert model.evaluate() == scores


def test_balanced_class_weights_become_numbers_in_the_saved_config(fit: Fit) -> None:
    model = fit("level", training={"class_weight": "balanced"})
    weights = model.run.config.training.class_weight
    assert isinstance(weights, dict)
    assert set(weights) == {"0", "1", "2"}


def test_rows_without_a_target_are_an_error_or_left_out(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    prices = [None if row in (3, 200) else price for row, price in enumerate(columns["price"])]
    table = write_table(tmp_path / "t.csv", columns | {"price": prices})
    with pytest.raises(DataError, match=r"t\.csv:5: the target 'price' is missing") as caught:
        dltrain.fit(config_of(table, "price"), runs=tmp_path / "runs")
    assert "data.missing_target: drop" in str(caught.value)
    model = dltrain.fit(config_of(table, "price", data={"missing_target": "drop"}), runs=tmp_path / "runs")
    counted = model.metrics
    assert counted["train_rows"] + counted["validation"]["rows"] + counted["test"]["rows"] == 298


def test_test_and_validation_rows_may_be_files(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    def part(name: str, start: int, stop: int) -> str:
        return str(write_table(tmp_path / name, {key: values[start:stop] for key, values in columns.items()}))

    train, split = part("train.csv", 0, 200), {"validation": part("v.csv", 200, 250), "test": part("t.csv", 250, 300)}
    model = dltrain.fit(config_of(Path(train), "big", split=split), runs=tmp_path / "runs")
    counted = model.metrics
    assert (counted["train_rows"], counted["validation"]["rows"], counted["test"]["rows"]) == (200, 50, 50)
    assert set(model.run.manifest.data) == {"data", "test", "validation"}
    assert model.evaluate() == counted["test"]
    unlike = {"unseen": {}, "missing": {}, "out_of_range": {"a": 3}, "drifted": {}}
    of_data = {"dropped_rows": 0, "seen_rows": None, "known_groups": None, "unlike_training": unlike}
    assert model.evaluate(split["test"], check_seen=False) == counted["test"] | of_data


def test_an_unknown_label_in_the_test_file_is_named(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    table = write_table(tmp_path / "t.csv", columns)
    other = write_table(tmp_path / "o.csv", columns | {"big": ["maybe", *columns["big"][1:]]})
    with pytest.raises(DataError, match=r"o\.csv:2: column 'big'.*'maybe'"):
        dltrain.fit(config_of(table, "big", split={"test": str(other)}), runs=tmp_path / "runs")


def test_evaluate_refuses_a_table_that_changed(fit: Fit, table: Path) -> None:
    model = fit("price")
    table.write_text(table.read_text() + "1,2,red,3,yes,1,1\n")
    with pytest.raises(DataError, match="the table has changed since this run was made"):
        model.evaluate()
    table.unlink()
    with pytest.raises(DataError, match="expected the table this run was made from, got no such file"):
        model.evaluate()


def test_the_output_folder_is_checked_before_the_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    with pytest.raises(OutputError):
        dltrain.fit(config_of(tmp_path / "no.csv", "x"), runs=tmp_path / "runs")


def test_a_diverging_run_keeps_the_last_finite_weights(fit: Fit, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="epoch 1, step"):
        fit("price", training={"optimizer": {"type": "sgd", "learning_rate": 1e30}})
    (run,) = (tmp_path / "runs").iterdir()
    arrays = read_checkpoint(run / "checkpoint").arrays
    weights = [array for name, array in arrays.items() if name.startswith("network/")]
    assert len(weights) == 4
    assert all(np.isfinite(weight).all() for weight in weights)
    with pytest.raises(RunError, match="its training diverged"):
        dltrain.load(run)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", ".hidden", "x" * 201])
def test_a_run_name_must_be_a_folder_name(table: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="expected a folder name of at most 200 bytes"):
        dltrain.fit(config_of(table, "price"), runs=tmp_path, name=name)


def test_predictions_of_a_data_frame_keep_its_index(fit: Fit, table: Path) -> None:
    import pandas as pd

    model = fit("level", data={"id": ["a"]})
    frame = pd.read_csv(table).sample(frac=1, random_state=1)
    predicted = model.predict(frame)
    assert predicted.index.equals(frame.index)
    assert list(predicted.columns) == ["a", "prediction", "p_0", "p_1", "p_2"]
    from_file = model.predict(table)
    np.testing.assert_allclose(predicted.sort_index()["p_1"], from_file["p_1"], atol=1e-6)


def test_an_id_may_not_be_named_like_a_prediction(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    for name in ("prediction", "p_yes"):
        table = write_table(tmp_path / "t.csv", columns | {name: columns["a"]})
        with pytest.raises(ConfigError, match=f"data.id.0: expected an id column of another name, got '{name}'"):
            dltrain.fit(config_of(table, "big", data={"id": [name]}), runs=tmp_path / "runs")


def test_the_table_may_not_test_itself(table: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"split\.test: expected another file than data\.path"):
        dltrain.fit(config_of(table, "price", split={"test": str(table)}), runs=tmp_path / "runs")


def test_kinds_come_from_the_table_and_stay_with_the_run(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    table = write_table(tmp_path / "table.csv", columns)
    config = config_of(table, "price")
    model = dltrain.fit(config, runs=tmp_path / "runs")
    kinds = {name: column.kind for name, column in model.run.config.preprocessing.columns.items()}
    assert kinds == {"a": "numeric", "b": "numeric", "kind": "categorical"}
    test = read_dataset(load_config(model.path / "config.yaml")).test
    changed = columns | {"a": ["high" if row == test.rows[0] else cell for row, cell in enumerate(columns["a"])]}
    write_table(table, changed)
    with pytest.raises(DataError, match="column 'a': expected a number, got 'high'"):
        dltrain.fit(config, runs=tmp_path / "runs")


@pytest.mark.parametrize("strategy", ["group", "hash", "time"])
def test_the_split_column_is_no_feature_and_may_be_empty_where_the_target_is(
    tmp_path: Path, columns: dict[str, list[Any]], strategy: str
) -> None:
    days = [f"2024-{1 + row // 28:02d}-{1 + row % 28:02d}" if row else None for row in range(300)]
    prices = [None, *columns["price"][1:]]
    table = write_table(tmp_path / "table.csv", columns | {"day": days, "price": prices})
    config = config_of(table, "price", data={"missing_target": "drop"}, split={"strategy": strategy, "column": "day"})
    model = dltrain.fit(config, runs=tmp_path / "runs")
    assert model.run.preprocessing.column_names == ("a", "b", "kind")


def test_exceptions_for_columns_without_effect_are_told(table: Path, fit: Fit) -> None:
    columns = {"columns": {"big": {"kind": "categorical"}}}
    loaded = config_from_dict(config_of(table, "price", preprocessing=columns))
    notes = prepare(loaded, Stopwatch()).summary.notes
    assert "preprocessing.columns.big has no effect: the column is no feature" in notes
    alike = [fit("price", preprocessing=section).path / "model.onnx" for section in (columns, {})]
    assert alike[0].read_bytes() == alike[1].read_bytes()


def test_a_data_frame_and_a_file_give_the_same_predictions_where_pandas_writes_floats(tmp_path: Path) -> None:
    import pandas as pd

    rng = np.random.default_rng(0)
    code = rng.choice(["1.0", "2.0", "", "3.0"], 200)
    target = (code == "2.0").astype(int)
    path = write_table(tmp_path / "t.csv", {"code": code.tolist(), "x": rng.normal(size=200), "y": target.tolist()})
    config: dict[str, Any] = {
        "data": {"path": str(path), "target": "y"},
        "preprocessing": {"columns": {"code": {"kind": "categorical"}}},
        "model": {"layers": []},
        "training": {"epochs": 3},
    }
    model = dltrain.fit(config, runs=tmp_path / "runs")
    from_file, from_frame = model.predict(path), model.predict(pd.read_csv(path))
    np.testing.assert_allclose(from_file["p_1"], from_frame["p_1"], atol=1e-7)


def test_true_and_false_can_be_a_regression_target(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    flags = [str(value == "yes").lower() for value in columns["big"]]
    table = write_table(tmp_path / "t.csv", {"a": columns["a"], "flag": flags})
    config: dict[str, Any] = {
        "data": {"path": str(table), "target": "flag", "task": "regression"},
        "model": {"layers": []},
        "training": {"epochs": 2},
    }
    assert dltrain.fit(config, runs=tmp_path / "runs").metrics["test"]["metrics"]["rmse"] < 2
