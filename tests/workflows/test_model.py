"""The Python API on the golden run, without TensorFlow."""

import copy
import io
import multiprocessing
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import pyarrow as pa
import pytest

import dltrain
from dltrain.errors import ConfigError, DataError, DataTypeError
from dltrain.workflows.models.model import Model, load
from dltrain.workflows.predict import predict
from tests.conftest import GOLDEN
from tests.workflows.conftest import Fit

PEOPLE = GOLDEN / "people.csv"


@pytest.fixture(scope="module")
def model() -> Model:
    return load(GOLDEN / "people-1")


@pytest.fixture
def frame() -> pd.DataFrame:
    frame = pd.read_csv(PEOPLE)
    return frame.set_index(pd.Index(range(1_000, 1_000 + len(frame)), name="number"))


def test_a_model_shows_which_run_it_is(model: Model) -> None:
    assert repr(model) == f"Model('{GOLDEN / 'people-1'}', task='binary', target='bought')"


def test_a_frame_of_texts_is_predicted_as_its_file(model: Model) -> None:
    """As README.md reads it: pandas' own guesses would make 7 of 007 and a missing cell of NA."""
    frame = pd.read_csv(PEOPLE, dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(model.predict(frame), model.predict(PEOPLE), check_dtype=False)


def test_columns_of_a_frame_are_carried_along_untouched(model: Model, frame: pd.DataFrame) -> None:
    frame["when"] = pd.Timestamp("2026-01-01", tz="UTC")
    found = model.predict(frame, keep=["age", "when", "bought"], notes=True)
    assert list(found) == ["person", "age", "when", "bought", "prediction", "p_no", "p_yes", "notes"]
    pd.testing.assert_frame_equal(found[["age", "when", "bought"]], frame[["age", "when", "bought"]])
    pd.testing.assert_frame_equal(found.drop(columns=["age", "when", "bought", "notes"]), model.predict(frame))


def test_notes_are_those_of_the_command(model: Model, frame: pd.DataFrame) -> None:
    output = io.BytesIO()
    predict(model.run, PEOPLE, output=output, has_notes=True)
    expected = pd.read_csv(io.BytesIO(output.getvalue()), keep_default_na=False)["notes"]
    assert expected.ne("").sum() > 10
    for data in (frame, PEOPLE):
        assert model.predict(data, notes=True)["notes"].tolist() == expected.tolist()


def test_drift_is_that_of_the_command(model: Model, frame: pd.DataFrame) -> None:
    summary = predict(model.run, PEOPLE, output=io.BytesIO()).to_dict()
    for data in (frame, PEOPLE):
        found = model.drift(data)
        assert set(summary) - set(found) == {"empty_ids", "unused_columns"}
        assert found == {key: summary[key] for key in found}


def test_rows_unlike_those_of_training_are_an_error_when_that_is_asked_for(model: Model, frame: pd.DataFrame) -> None:
    strange = frame.assign(age=None)
    assert len(model.predict(strange)) == len(strange)
    with pytest.raises(DataError, match="expected rows like those of training\n  'age': 240 of 240") as caught:
        model.predict(strange, strict=True)
    with pytest.raises(DataError, match="expected rows like those of training"):
        dltrain.predict(model.path, strange, strict=True)
    assert caught.value.hint == "without strict=True they are predicted all the same; notes=True marks the rows"


def test_rows_without_a_target_are_counted(model: Model, frame: pd.DataFrame) -> None:
    some = frame.assign(bought=frame["bought"].where(np.arange(len(frame)) >= 5))
    found = model.evaluate(some, check_seen=False)
    assert found["dropped_rows"] == frame["bought"].isna().sum() + 5 - frame["bought"][:5].isna().sum()


@pytest.mark.parametrize("argument", ["notes", "strict"])
@pytest.mark.parametrize("value", ["yes", None, 1])
def test_flags_are_true_or_false(model: Model, frame: pd.DataFrame, argument: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"{argument}: expected True or False, got an object of the type"):
        model.predict(frame, **{argument: value})


def test_a_copy_opens_the_run_again(model: Model, frame: pd.DataFrame) -> None:
    copied = copy.deepcopy(model)
    assert copied.run is not model.run
    pd.testing.assert_frame_equal(copied.predict(frame), model.predict(frame))


def test_other_processes_take_a_model(model: Model, frame: pd.DataFrame) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        predicted = pool.submit(Model.predict, model, frame).result(timeout=120)
    pd.testing.assert_frame_equal(predicted, model.predict(frame))


def test_one_column_can_be_named_by_itself(frame: pd.DataFrame) -> None:
    found = dltrain.predict(GOLDEN / "people-1", frame, keep="city", notes=True)
    assert list(found) == ["person", "city", "prediction", "p_no", "p_yes", "notes"]
    assert list(dltrain.predict(GOLDEN / "people-1", PEOPLE, keep=["city"])) == list(found)[:-1]


def test_columns_that_cannot_be_carried_along_are_refused(model: Model, frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="DataFrame: keep: there is no column 'cities'"):
        model.predict(frame, keep=["cities"])
    with pytest.raises(ConfigError, match="got 'p_yes'"):
        model.predict(frame, keep=["p_yes"])


def test_other_spellings_are_shown_for_frames_too(model: Model, frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"DataFrame: 1 column is spelled otherwise .*\n  - 'Age'\n  \+ 'age'"):
        model.predict(frame.rename(columns={"age": "Age"}))


@pytest.mark.parametrize(
    ("data", "kind", "hint"),
    [
        ({"age": [1]}, "dict", "pandas.DataFrame(data) makes one of it"),
        ({"age": [1], "city": "Bern"}, "dict", "pandas.DataFrame(data) makes one of it"),
        ({"age": {0: 1}}, "dict", "pandas.DataFrame(data) makes one of it"),
        ({"age": 1, "city": None}, "dict", "pandas.DataFrame([data]) makes a table of one row of it"),
        (MappingProxyType({"age": 1}), "mappingproxy", "pandas.DataFrame([data]) makes a table of one row of it"),
        ([{"age": 1}], "list", "pandas.DataFrame(data) makes one of it"),
        ([[1, 2]], "list", None),
        (pd.Series({"age": 1}), "Series", "data.to_frame().T makes a table of one row of it"),
        (pd.Series([1, 2], name="age"), "Series", "data.to_frame() makes a table of one column of it"),
        (pa.table({"age": [1]}), "Table", "data.to_pandas() makes one of it"),
        (np.zeros((2, 2)), "ndarray", None),
        (None, "NoneType", None),
    ],
)
def test_what_is_no_table_is_a_type_error(model: Model, data: Any, kind: str, hint: str | None) -> None:
    with pytest.raises(TypeError) as caught:
        model.predict(data)
    assert isinstance(caught.value, DataTypeError)
    assert caught.value.message == (
        f"data: expected a pandas DataFrame or the path of a table, got an object of the type {kind}"
    )
    assert caught.value.hint == hint


def test_a_mapping_of_a_row_is_predicted_as_the_hint_says(model: Model, frame: pd.DataFrame) -> None:
    data: Any = frame.iloc[0].to_dict()
    with pytest.raises(DataTypeError) as caught:
        model.predict(data)
    assert str(caught.value.hint).startswith("pandas.DataFrame([data]) makes ")
    assert model.predict(pd.DataFrame([data]))["prediction"].tolist() == model.predict(frame)["prediction"].tolist()[:1]


def test_encoded_rows_are_the_inputs_of_the_saved_network(model: Model, frame: pd.DataFrame) -> None:
    inputs = model.encode(frame)
    assert inputs.index.equals(frame.index)
    assert set(inputs.dtypes) == {np.dtype("float32")}
    names = list(inputs.columns)
    assert names.index("age") < names.index("city=Bern")  # numbers stand before categories
    for city in ("Bern", "Oslo", "Paris"):
        assert inputs[f"city={city}"].tolist() == (frame["city"] == city).astype(float).tolist()
    session = onnxruntime.InferenceSession(model.path / "model.onnx", providers=["CPUExecutionProvider"])
    outputs = session.run(["prediction"], {"features": inputs.to_numpy()})[0]
    predicted = model.predict(frame)
    labels = [name for name in map(str, predicted) if name.startswith("p_")]
    shares = np.hstack([1 - outputs, outputs]) if len(labels) == 2 else outputs
    np.testing.assert_allclose(shares, predicted[labels].to_numpy(), atol=1e-6)


def test_a_path_may_be_a_text(model: Model) -> None:
    pd.testing.assert_frame_equal(model.predict(str(PEOPLE)), model.predict(Path(PEOPLE)))


def test_rows_that_the_network_learned_from_are_warned_of(fit: Fit, table: Path) -> None:
    model = fit("price")
    with pytest.warns(RuntimeWarning, match="all 300 rows are those of the run's own table: "):
        found = model.evaluate(table)
    assert sum(found["seen_rows"].values()) == 300
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.evaluate(table, check_seen=False)["seen_rows"] is None
        assert "seen_rows" not in model.evaluate()
        # A model that was shipped without its table has nothing to look in.
        some = table.with_name("some.csv")
        some.write_text("".join(table.read_text().splitlines(keepends=True)[:50]))
        table.unlink()
        assert model.evaluate(some)["seen_rows"] is None
