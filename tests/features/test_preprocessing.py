import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from dltrain.config.sections.preprocessing import (
    CategoricalSection,
    ColumnSection,
    Encode,
    Kind,
    NumericSection,
    PreprocessingSection,
    Scale,
)
from dltrain.errors import DataError
from dltrain.features import (
    ClassTarget,
    ColumnCounts,
    EncodedFeatures,
    Preprocessing,
    RegressionTarget,
    feature_kinds,
    fit_features,
)
from dltrain.features.scaling import Unscaled
from dltrain.table import Table, categorical_values, numeric_values, read_table
from tests.features.tables import people, table_of

DATA = Path(__file__).parents[2] / "data"
TARGET = ClassTarget(task="binary", name="y", labels=("no", "yes"))
KINDS: dict[str, Kind] = {"city": "categorical", "age": "numeric", "size": "categorical", "member": "boolean"}
ORDINAL_SIZE = {"size": ColumnSection(encode="ordinal")}


def fitted_preprocessing(
    table: Table,
    rows: np.ndarray,
    *,
    kinds: Mapping[str, Kind],
    section: PreprocessingSection,
    target: ClassTarget | RegressionTarget,
) -> Preprocessing:
    features = fit_features(table, rows, kinds=kinds, section=section).features
    return Preprocessing(features=features, target=target)


def fitted(table: Table, **options: Any) -> Preprocessing:
    section = PreprocessingSection(columns=ORDINAL_SIZE, **options)
    return fitted_preprocessing(table, np.arange(table.n_rows), kinds=KINDS, section=section, target=TARGET)


def assert_equal(features: EncodedFeatures, others: EncodedFeatures) -> None:
    np.testing.assert_array_equal(features.numbers, others.numbers)
    np.testing.assert_array_equal(features.codes, others.codes)


def test_features_of_adult_equal_a_scikit_learn_pipeline() -> None:
    train, test = (read_table(DATA / f"adult_{part}.csv.gz") for part in ("train", "test"))
    names = [name for name in train.column_names if name != "income"]
    kinds = feature_kinds(train, np.arange(train.n_rows), names, PreprocessingSection())
    numeric = [place for place, name in enumerate(names) if kinds[name] == "numeric"]
    categorical = [place for place, name in enumerate(names) if kinds[name] == "categorical"]
    one_hot = OneHotEncoder(
        min_frequency=50, max_categories=8, handle_unknown="infrequent_if_exist", sparse_output=False
    )
    reference = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        (one_hot, categorical),
    )
    section = PreprocessingSection(categorical=CategoricalSection(min_count=50, max_categories=8))

    preprocessing = fitted_preprocessing(
        train,
        np.arange(20_000),
        kinds=kinds,
        section=section,
        target=ClassTarget(task="binary", name="income", labels=("a", "b")),
    )

    def as_objects(table: Table) -> np.ndarray:
        columns = [
            numeric_values(table, name) if kinds[name] == "numeric" else categorical_values(table, name).to_pylist()
            for name in names
        ]
        return np.array(columns, dtype=object).T

    reference.fit(as_objects(train)[:20_000])
    assert (len(numeric), len(categorical)) == (6, 8)
    np.testing.assert_allclose(
        preprocessing.encode(test).dense(), reference.transform(as_objects(test)).astype(np.float64), atol=1e-5
    )


def test_names_and_width_follow_the_dense_layout() -> None:
    preprocessing = fitted(people())

    assert preprocessing.column_names == ("city", "age", "size", "member")
    assert preprocessing.feature_names == (
        "age",
        "size",
        "member",
        "city=(missing)",
        "city=Paris",
        "city=Rome",
        "city=(missing)",
    )
    assert preprocessing.n_features == 7
    assert preprocessing.encode(people()).dense().shape == (40, 7)


def test_remarkable_cells_are_counted() -> None:
    preprocessing = fitted(people())

    features = preprocessing.encode(
        table_of(city=["Oslo", None, "Oslo"], age=[None, None, "-1e9"], size=["S", "XL", None], member=[None, "0", "1"])
    )

    assert features.counts == {
        "city": ColumnCounts(missing=1, unseen=2),
        "age": ColumnCounts(missing=2, out_of_range=1),
        "size": ColumnCounts(missing=1, unseen=1),
        "member": ColumnCounts(missing=1),
    }


def test_remarkable_cells_are_told_when_asked_for() -> None:
    table = table_of(city=["Oslo", None, "Rome"], age=[None, "30", "-1e9"], size=["S", "S", "XL"], member=["1"] * 3)
    preprocessing = fitted(people())

    features = preprocessing.encode(table, with_remarks=True)

    shown = {
        name: {sort: np.flatnonzero(rows).tolist() for sort, rows in remarks._asdict().items() if rows is not None}
        for name, remarks in features.remarks.items()
    }
    assert shown == {
        "city": {"unseen": [0], "missing": [1]},
        "age": {"missing": [0], "out_of_range": [2]},
        "size": {"unseen": [2]},
        "member": {},
    }
    assert preprocessing.encode(table).remarks == {}


def test_statistics_come_from_the_given_rows_only() -> None:
    table = people(60)
    rows = np.arange(0, 60, 3)

    some = fitted_preprocessing(table, rows, kinds=KINDS, section=PreprocessingSection(), target=TARGET)

    alone = Table(table.columns.take(pa.array(rows)), "alone")
    assert some == fitted_preprocessing(
        alone, np.arange(20), kinds=KINDS, section=PreprocessingSection(), target=TARGET
    )


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1_000),
    scale=st.sampled_from(["standard", "robust", "min_max", "quantile_normal", "none"]),
    encode=st.sampled_from(["one_hot", "ordinal"]),
    min_count=st.integers(1, 15),
)
def test_laws_of_the_fitted_state(seed: int, scale: Scale, encode: Encode, min_count: int) -> None:
    table, new = people(30, seed), people(25, seed + 1)
    preprocessing = fitted(
        table, numeric=NumericSection(scale=scale), categorical=CategoricalSection(encode=encode, min_count=min_count)
    )
    rng = np.random.default_rng(seed)
    rows = rng.permutation(25)[:10]
    features = preprocessing.encode(new)

    # It survives JSON.
    copy = Preprocessing.model_validate_json(preprocessing.model_dump_json())
    assert copy == preprocessing
    assert_equal(copy.encode(new), features)
    # A row does not depend on its company.
    assert_equal(preprocessing.encode(Table(new.columns.take(pa.array(rows)), "some")), features.take(rows))
    # Nor on the order of the columns, nor on further ones.
    shuffled = new.columns.select(rng.permutation(new.column_names).tolist()).append_column("extra", new.columns["age"])
    assert_equal(preprocessing.encode(Table(shuffled, "shuffled")), features)


def test_state_holds_no_rows() -> None:
    small, large = (fitted(people(n_rows)).model_dump_json() for n_rows in (300, 3_000))

    assert len(large) < len(small) + 50


def test_missing_columns_are_refused_together() -> None:
    with pytest.raises(DataError) as caught:
        fitted(people()).encode(table_of(age=["1"], town=["Paris"], member=["1"]))

    assert caught.value.message == (
        "table: 2 required columns are missing: 'city', 'size'; available: 'age', 'town', 'member'"
    )


def test_one_missing_column_is_refused() -> None:
    with pytest.raises(DataError, match=r"^table: 1 required column is missing: 'age'; available:"):
        fitted(people()).encode(Table(people().columns.drop_columns("age"), "table"))


def test_bad_cells_of_several_columns_are_reported_together() -> None:
    with pytest.raises(DataError) as caught:
        fitted(people()).encode(table_of(city=["a"], age=["old"], size=["S"], member=["maybe"]))

    assert [line.split(": expected")[0] for line in caught.value.message.splitlines()] == [
        "table: row 1: column 'age'",
        "table: row 1: column 'member'",
    ]


def test_an_empty_table_is_encoded_as_no_rows() -> None:
    empty = Table(people().columns.slice(0, 0), "empty")

    assert fitted(people()).encode(empty).dense().shape == (0, 7)


def without_features(state: dict[str, Any]) -> None:
    state["features"] = []


def repeated_feature(state: dict[str, Any]) -> None:
    state["features"].append(state["features"][0])


def target_as_feature(state: dict[str, Any]) -> None:
    state["target"]["name"] = "age"


def unknown_kind(state: dict[str, Any]) -> None:
    state["features"][0]["kind"] = "text"


def unknown_task(state: dict[str, Any]) -> None:
    state["target"]["task"] = "ranking"


def unknown_key(state: dict[str, Any]) -> None:
    state["code"] = "import os"


def other_type(state: dict[str, Any]) -> None:
    state["features"] = {"age": 1}


@pytest.mark.parametrize(
    "change",
    [without_features, repeated_feature, target_as_feature, unknown_kind, unknown_task, unknown_key, other_type],
)
def test_altered_state_is_refused(change: Any) -> None:
    state = fitted(people()).model_dump(mode="json")
    change(state)

    with pytest.raises(ValidationError):
        Preprocessing.model_validate_json(json.dumps(state))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_state_with_any_other_value_is_refused_or_encodes(data: st.DataObject) -> None:
    state = fitted(people()).model_dump(mode="json")
    places: list[tuple[Any, Any]] = []
    pending: list[Any] = [state]
    while pending:
        node = pending.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                pending.append(node[key])
    node, key = data.draw(st.sampled_from(places))
    node[key] = data.draw(st.sampled_from([None, True, 0, -1, 1e-320, 1e308, "", "a", [], {}, [1], ["b", "a"]]))

    try:
        altered = Preprocessing.model_validate_json(json.dumps(state))
    except ValidationError:
        return
    try:
        altered.encode(people())
    except DataError:
        return


def test_regression_targets_are_kept_with_the_features() -> None:
    target = RegressionTarget(name="y", transform="log1p", scaler=Unscaled())
    preprocessing = fitted_preprocessing(
        people(), np.arange(9), kinds={"age": "numeric"}, section=PreprocessingSection(), target=target
    )

    assert Preprocessing.model_validate_json(preprocessing.model_dump_json()).target == target
