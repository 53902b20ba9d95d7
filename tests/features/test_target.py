from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.config.sections.preprocessing import TargetSection
from dltrain.errors import ConfigError, DataError
from dltrain.features import ClassTarget, RegressionTarget, fit_class_target, fit_regression_target
from dltrain.features.scaling import AffineScaler, Unscaled
from dltrain.table import Table, table_from_pandas
from tests.features.tables import table_of

FORWARD: dict[str, Any] = {"none": np.asarray, "log": np.log, "log1p": np.log1p}
SCALERS: dict[str, Any] = {"standard": StandardScaler(), "robust": RobustScaler(), "min_max": MinMaxScaler()}
TRANSFORMS = get_args(TargetSection.model_fields["transform"].annotation)
SCALES = ["standard", "robust", "min_max", "none"]


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("scale", SCALES)
def test_encoding_equals_scikit_learns_and_decoding_undoes_it(transform: Any, scale: Any) -> None:
    y = np.random.default_rng(0).lognormal(1, 1, 200)
    rows = np.arange(0, 200, 2)
    target = fit_regression_target(table_of(y=y), "y", rows, TargetSection(transform=transform, scale=scale))

    encoded = target.encode(table_of(y=y))

    expected = FORWARD[transform](y)
    if scale != "none":
        expected = SCALERS[scale].fit(expected[rows, None]).transform(expected[:, None])[:, 0]
    assert encoded.dtype == np.float32
    np.testing.assert_allclose(encoded, expected, rtol=1e-6, atol=1e-6)
    assert target.decode(encoded).dtype == np.float64
    np.testing.assert_allclose(target.decode(encoded), y, rtol=1e-5)
    np.testing.assert_allclose(target.decode(expected), y, rtol=1e-12)


def test_predictions_of_the_mean_equal_scikit_learns_transformed_regressor() -> None:
    y = np.random.default_rng(1).lognormal(1, 1, 50)
    reference = TransformedTargetRegressor(DummyRegressor(), func=np.log1p, inverse_func=np.expm1).fit(y[:, None], y)

    target = fit_regression_target(table_of(y=y), "y", np.arange(50), TargetSection(transform="log1p"))

    np.testing.assert_allclose(target.decode(np.zeros(1, np.float32)), reference.predict([[0.0]]), rtol=1e-12)


def test_missing_targets_are_nan() -> None:
    target = fit_regression_target(table_of(y=[1.0, 3.0]), "y", np.arange(2), TargetSection(transform="log"))

    np.testing.assert_array_equal(np.isnan(target.encode(table_of(y=[None, 2.0]))), [True, False])


def test_scale_defaults_to_standard() -> None:
    target = fit_regression_target(table_of(y=[1.0, 3.0]), "y", np.arange(2), TargetSection())

    assert target.scaler == AffineScaler(type="standard", offset=2.0, scale=1.0)


@pytest.mark.parametrize(("transform", "cells"), [("log", ["1", "0", "-2"]), ("log1p", ["0", "-1", "-2"])])
def test_targets_outside_the_domain_are_refused_with_their_rows(transform: Any, cells: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        fit_regression_target(table_of(price=cells), "price", np.arange(1), TargetSection(transform=transform))

    bound = {"log": "0", "log1p": "-1"}[transform]
    expected = f"expected a number above {bound} for preprocessing.target.transform: {transform}"
    assert caught.value.message.splitlines() == [
        f"table: row 2: column 'price': {expected}, got '{cells[1]}'",
        f"table: row 3: column 'price': {expected}, got '{cells[2]}'",
    ]


def test_targets_too_large_for_statistics_or_float32_are_refused() -> None:
    with pytest.raises(DataError, match="table: column 'y': the values are too large to compute with"):
        fit_regression_target(table_of(y=[1.7e308, -1.7e308]), "y", np.arange(2), TargetSection())

    with pytest.raises(DataError, match=r"row 1: column 'y': expected a number below 3.4e38"):
        RegressionTarget(name="y", transform="none", scaler=Unscaled()).encode(table_of(y=[1e39]))


def test_answers_beyond_float64_decode_to_infinity_without_a_warning() -> None:
    target = RegressionTarget(name="y", transform="log", scaler=Unscaled())

    assert target.decode(np.array([0.0, 1e4, -1e4], np.float32)).tolist() == [1, np.inf, 0]


@pytest.mark.parametrize("transform", TRANSFORMS)
@given(y=st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=10))
def test_regression_targets_survive_json(transform: Any, y: list[float]) -> None:
    target = fit_regression_target(table_of(y=y), "y", np.arange(len(y)), TargetSection(transform=transform))

    assert RegressionTarget.model_validate_json(target.model_dump_json()) == target


def test_codes_follow_the_label_order() -> None:
    target = ClassTarget(task="multiclass", name="y", labels=("b", "a", "c"))

    codes = target.encode(table_of(y=["a", "b", None, "c", "b"]))

    assert codes.dtype == np.int32
    assert codes.tolist() == [1, 0, -1, 2, 0]


@pytest.mark.parametrize("cells", [["1", "0", None], ["1.0", "0.0", None], [1.0, 0.0, None]])
def test_codes_are_the_same_however_the_file_writes_labels(cells: list[Any]) -> None:
    target = fit_class_target(table_of(y=["0", "1"]), "y", task="binary")

    assert target.encode(table_of(y=cells)).tolist() == [1, 0, -1]


def test_numbers_are_the_labels_that_were_learned_with_a_decimal_comma() -> None:
    texts = TextFormat(numbers=NumberFormat(","))
    target = fit_class_target(replace(table_of(y=["1,5", "0,5"]), texts=texts), "y", task="binary", positive=None)
    assert target.encode(replace(table_of(y=[0.5, 1.5, 0.5]), texts=texts)).tolist() == [0, 1, 0]


def test_labels_that_training_did_not_know_are_refused() -> None:
    target = ClassTarget(task="binary", name="income", labels=("<=50K", ">50K"))

    with pytest.raises(DataError) as caught:
        target.encode(table_of(income=[">50K", None, ">50K.", "<=50K.", ">50K."]))

    assert caught.value.message == (
        "table: row 3: column 'income': expected the labels '<=50K', '>50K', got '>50K.', '<=50K.' in 3 of 5 rows"
    )
    assert str(caught.value.hint).startswith("these differ only in upper and lower case, spaces or a full stop")


@pytest.mark.parametrize(
    ("labels", "cells"),
    [
        (("0", "1"), [True, False, True]),
        (("1", "0"), [True, False, None]),
        (("0", "1"), pd.array([True, None, False], dtype="boolean")),
        (("false", "true"), [1, 0, 1]),
        (("false", "true"), [1.0, None, 0.0]),
        (("true", "false"), pd.array([1, None, 0], dtype="Int64")),
    ],
)
def test_truths_and_digits_of_a_frame_become_labels_as_the_hint_says(labels: tuple[str, str], cells: Any) -> None:
    target = ClassTarget(task="binary", name="it's", labels=labels)
    frame = pd.DataFrame({"it's": cells})
    with pytest.raises(DataError) as caught:
        target.encode(table_from_pandas(frame))

    mapping: dict[Any, Any] = {True: 1, False: 0} if "0" in labels else {1: True, 0: False}
    column = 'frame["it\'s"]'
    assert caught.value.hint == f"{column} = {column}.map({mapping})"
    frame["it's"] = frame["it's"].map(mapping)

    ones = {labels.index(label): label in ("1", "true") for label in labels}
    truth = [None if pd.isna(cell) else bool(cell) for cell in cells]
    assert [ones.get(code) for code in target.encode(table_from_pandas(frame)).tolist()] == truth


@pytest.mark.parametrize(
    ("labels", "cells", "pairs"),
    [
        (("0", "1"), ["true", "FALSE"], "'false' as '0' and 'true' as '1'"),
        (("true", "false"), ["1", "0.0"], "'0' as 'false' and '1' as 'true'"),
    ],
)
def test_truths_and_digits_of_texts_are_to_be_written_as_the_labels(
    labels: tuple[str, str], cells: list[str], pairs: str
) -> None:
    target = ClassTarget(task="binary", name="y", labels=labels)
    for table in (table_of(y=cells), table_from_pandas(pd.DataFrame({"y": cells}))):
        with pytest.raises(DataError) as caught:
            target.encode(table)
        assert caught.value.hint == f"write the labels as the run knows them: {pairs}"
        assert caught.value.table_hint == caught.value.hint


@pytest.mark.parametrize("cells", [["true", "maybe"], ["2", "true"], ["yes"]])
def test_other_labels_beside_digits_get_no_hint(cells: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        ClassTarget(task="binary", name="y", labels=("0", "1")).encode(table_of(y=cells))
    assert caught.value.hint is None


def test_labels_of_another_meaning_get_no_hint() -> None:
    with pytest.raises(DataError) as caught:
        ClassTarget(task="binary", name="y", labels=("no", "yes")).encode(table_of(y=["NO", "maybe", "yes"]))
    assert caught.value.hint is None


@pytest.mark.parametrize(
    ("cells", "task", "positive", "labels"),
    [
        (["no", "yes", "no"], "binary", None, ("no", "yes")),
        (["no", "yes", "no"], "binary", "no", ("yes", "no")),
        (["True", "false", None], "binary", "TRUE", ("false", "true")),
        ([True, False], "binary", None, ("false", "true")),
        (["10", "9"], "binary", None, ("9", "10")),
        (["10", "9", "1"], "multiclass", None, ("1", "9", "10")),
        (["b", "a", "c"], "multiclass", None, ("a", "b", "c")),
        (["b", "a"], "multiclass", None, ("a", "b")),
    ],
)
def test_labels_are_collected_in_order(cells: list[Any], task: Any, positive: str | None, labels: Any) -> None:
    target = fit_class_target(table_of(y=cells), "y", task=task, positive=positive)

    assert target == ClassTarget(task=task, name="y", labels=labels)
    assert ClassTarget.model_validate_json(target.model_dump_json()) == target


@pytest.mark.parametrize(
    ("cells", "task", "message"),
    [
        (["a", "b", "c"], "binary", "expected two different labels, got 3: 'a', 'b', 'c'"),
        (["a", None], "binary", "expected two different labels, got 1: 'a'"),
        ([None, None], "multiclass", "expected two or more different labels, got none"),
        (["a", "a"], "multiclass", "expected two or more different labels, got 1: 'a'"),
    ],
)
def test_too_few_or_too_many_labels_are_refused(cells: list[Any], task: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        fit_class_target(table_of(y=cells), "y", task=task)

    assert caught.value.message == f"table: column 'y': {message}"


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        ([1.5 * n for n in range(30)], "regression"),
        (list(range(5)), "multiclass"),
        ([f"c{n}" for n in range(30)], "multiclass"),
    ],
)
def test_many_numbers_are_no_labels(cells: list[Any], task: str) -> None:
    with pytest.raises(DataError) as caught:
        fit_class_target(table_of(y=cells), "y", task="binary")

    assert caught.value.hint == f"data.task: {task}"


def test_a_positive_label_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"data\.positive: expected one of the labels 'no', 'yes', got 'maybe'"):
        fit_class_target(table_of(y=["no", "yes"]), "y", task="binary", positive="maybe")


@pytest.mark.parametrize(
    ("task", "labels", "n_outputs"), [("binary", "ab", 1), ("multiclass", "ab", 2), ("multiclass", "abc", 3)]
)
def test_the_network_has_one_output_or_one_for_each_label(task: Any, labels: str, n_outputs: int) -> None:
    assert ClassTarget(task=task, name="y", labels=tuple(labels)).n_outputs == n_outputs
    assert RegressionTarget(name="y", transform="none", scaler=Unscaled()).n_outputs == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"task": "binary", "name": "y", "labels": ["a", "b", "c"]}', "two labels"),
        ('{"task": "binary", "name": "y", "labels": ["a"]}', "at least 2"),
        ('{"task": "multiclass", "name": "y", "labels": ["a", "b", "a"]}', "different labels"),
        ('{"task": "multiclass", "name": "y", "labels": ["a", 1]}', "valid string"),
        ('{"task": "regression", "name": "y", "labels": ["a", "b"]}', "'binary' or 'multiclass'"),
    ],
)
def test_altered_state_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ClassTarget.model_validate_json(text)


def test_an_empty_table_has_no_codes() -> None:
    table = Table(pa.table({"y": pa.array([], pa.string())}), "table")

    assert ClassTarget(task="binary", name="y", labels=("a", "b")).encode(table).shape == (0,)


@pytest.mark.parametrize(("least", "hint"), [(0.0, "preprocessing.target.transform: log1p takes 0, too"), (-2.0, None)])
def test_targets_of_0_are_told_the_logarithm_that_takes_them(least: float, hint: str | None) -> None:
    with pytest.raises(DataError, match="expected a number above 0 for") as caught:
        fit_regression_target(table_of(y=[least, 3.0]), "y", np.arange(2), TargetSection(transform="log"))
    assert caught.value.hint == hint


def test_labels_that_differ_in_case_only_are_no_classes_of_their_own() -> None:
    with pytest.raises(DataError, match="expected two different labels, got 4") as caught:
        fit_class_target(table_of(y=["No", "Yes", "no", "yes "]), "y", task="binary")
    assert caught.value.hint == (
        "'No', 'Yes', 'no', 'yes ' differ in case or spaces only: write each label one way into the table"
    )
