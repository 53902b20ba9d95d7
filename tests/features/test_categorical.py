from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.config.sections.preprocessing import CategoricalImpute, CategoricalSection
from dltrain.errors import DataError
from dltrain.features.categorical import CategoricalFeature, fit_categorical
from dltrain.features.encoded import ColumnCounts
from tests.features.tables import table_of

CELLS = st.lists(
    st.sampled_from(["a", "b", "B", "é", "10", "9", "(missing)", "(other)", "😀"]) | st.none(), max_size=25
)
SIZES = {"min_count": st.integers(1, 4), "max_categories": st.integers(2, 6)}


def fitted(train: list[Any], **options: Any) -> CategoricalFeature:
    return fit_categorical(table_of(x=train), "x", np.arange(len(train)), CategoricalSection(**options)).feature


def one_hot(feature: CategoricalFeature, cells: list[Any]) -> np.ndarray:
    codes = feature.encode(table_of(x=cells)).values
    assert codes.dtype == np.int32
    return np.where((codes >= 0)[:, None], np.eye(feature.width)[codes], 0)


def as_column(cells: list[Any]) -> np.ndarray:
    return np.array(cells, dtype=object)[:, None]


@settings(max_examples=40, deadline=None)
@given(train=CELLS.filter(bool), new=CELLS, **SIZES)
def test_one_hot_equals_scikit_learns_encoder(
    train: list[str | None], new: list[str | None], min_count: int, max_categories: int
) -> None:
    reference = OneHotEncoder(
        min_frequency=min_count,
        max_categories=max_categories,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
    ).fit(as_column(train))

    feature = fitted(train, min_count=min_count, max_categories=max_categories)

    np.testing.assert_array_equal(one_hot(feature, [*train, *new]), reference.transform(as_column([*train, *new])))


def test_ties_between_many_categories_are_broken_as_in_scikit_learn() -> None:
    cells = [f"id{number}" for number in np.random.default_rng(0).integers(0, 600, 900)]
    reference = OneHotEncoder(max_categories=255, handle_unknown="infrequent_if_exist").fit(as_column(cells))

    assert fitted(cells).categories == tuple(
        name.removeprefix("x_") for name in reference.get_feature_names_out(["x"])[:-1]
    )


@pytest.mark.parametrize("impute", ["most_frequent", "constant"])
@settings(max_examples=40, deadline=None)
@given(train=CELLS.filter(any), new=CELLS, **SIZES)
def test_filled_one_hot_equals_a_scikit_learn_pipeline(
    impute: Any, train: list[str | None], new: list[str | None], min_count: int, max_categories: int
) -> None:
    fill_value = "b" if impute == "constant" else None
    reference = make_pipeline(
        SimpleImputer(strategy=impute, fill_value=fill_value, missing_values=None),
        OneHotEncoder(
            min_frequency=min_count,
            max_categories=max_categories,
            handle_unknown="infrequent_if_exist",
            sparse_output=False,
        ),
    ).fit(as_column(train))

    feature = fitted(train, impute=impute, fill_value=fill_value, min_count=min_count, max_categories=max_categories)

    np.testing.assert_array_equal(one_hot(feature, [*train, *new]), reference.transform(as_column([*train, *new])))


@settings(max_examples=40, deadline=None)
@given(train=CELLS.filter(any), new=CELLS, **SIZES)
def test_ordinal_equals_scikit_learns_encoder(
    train: list[str | None], new: list[str | None], min_count: int, max_categories: int
) -> None:
    # scikit-learn has no code for unseen categories that depends on what was rare: -1 marks them here.
    reference = make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=None),
        OrdinalEncoder(
            min_frequency=min_count,
            max_categories=max_categories,
            handle_unknown="use_encoded_value",
            unknown_value=-1,
        ),
    ).fit(as_column(train))

    feature = fitted(
        train, impute="most_frequent", encode="ordinal", min_count=min_count, max_categories=max_categories
    )
    values = feature.encode(table_of(x=[*train, *new])).values

    expected = reference.transform(as_column([*train, *new]))[:, 0]
    unseen = feature.n_positions - feature.has_other
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, np.where(expected < 0, unseen, expected))


@settings(max_examples=40, deadline=None)
@given(train=CELLS.filter(bool), new=CELLS, encode=st.sampled_from(["one_hot", "ordinal"]), **SIZES)
def test_fitting_also_encodes_and_counts(train: list[str | None], new: list[str | None], **options: Any) -> None:
    table = table_of(x=[*train, *new])

    feature, encoded, categories, *_ = fit_categorical(table, "x", np.arange(len(train)), CategoricalSection(**options))

    expected = feature.encode(table)
    np.testing.assert_array_equal(encoded.values, expected.values)
    assert (encoded.values.dtype, encoded.remarks.counts) == (expected.values.dtype, expected.remarks.counts)
    known = [cell for cell in train if cell is not None]
    assert categories == (len(set(known)), len(known))


@settings(max_examples=40, deadline=None)
@given(train=CELLS.filter(bool), new=CELLS, **SIZES)
def test_state_survives_json(
    train: list[str | None], new: list[str | None], min_count: int, max_categories: int
) -> None:
    feature = fitted(train, min_count=min_count, max_categories=max_categories)

    copy = CategoricalFeature.model_validate_json(feature.model_dump_json())

    assert copy == feature
    np.testing.assert_array_equal(one_hot(copy, [*new, "a"]), one_hot(feature, [*new, "a"]))


def test_names_follow_the_positions() -> None:
    feature = fitted(["b", "b", "a", "a", None, None, "rare"], min_count=2)

    assert feature.feature_names == ("x=a", "x=b", "x=(missing)", "x=(other)")
    assert feature.width == 4
    assert fitted(["b", "a"], encode="ordinal").feature_names == ("x",)
    assert fitted(["b", "a"], encode="ordinal").width == 1


def test_missing_is_no_category_unless_a_training_row_lacks_the_value() -> None:
    feature = fitted(["a", "b"])

    column = feature.encode(table_of(x=["a", None, "new", "b"]))

    assert feature.feature_names == ("x=a", "x=b")
    assert column.values.tolist() == [0, -1, -1, 1]
    assert column.remarks.counts == ColumnCounts(missing=1, unseen=1)


@pytest.mark.parametrize("encode", ["one_hot", "ordinal"])
def test_unseen_texts_that_are_categories_but_for_case_and_spaces_are_counted(encode: str) -> None:
    column = fitted(["Yes", "No", "STRASSE"], encode=encode).encode(
        table_of(x=["YES", " No", "Yes", "no\u00a0", "maybe", None, "Y es", "yes", "yes"])
    )

    assert column.remarks.counts == ColumnCounts(missing=1, unseen=7, respelled=5)


def test_very_many_unseen_texts_are_not_compared() -> None:
    column = fitted(["Yes", "No"]).encode(table_of(x=["YES", *(f"name {n}" for n in range(1_000))]))

    assert column.remarks.counts == ColumnCounts(unseen=1_001)


def test_rare_missing_values_join_the_bucket() -> None:
    feature = fitted(["a", "a", "b", "b", None], min_count=2)

    assert feature.feature_names == ("x=a", "x=b", "x=(other)")
    assert feature.encode(table_of(x=[None, "new", "a"])).values.tolist() == [2, 2, 0]


def test_categories_with_the_names_of_the_buckets_stay_apart() -> None:
    feature = fitted(["(missing)", "(missing)", "(other)", "(other)", None, None, "rare"], min_count=2)

    column = feature.encode(table_of(x=["(missing)", "(other)", None, "new"]))

    assert column.values.tolist() == [0, 1, 2, 3]


def test_rare_and_unseen_cells_are_counted() -> None:
    feature = fitted(["a", "a", "rare"], min_count=2)

    encoded = feature.encode(table_of(x=["a", "rare", "new", "new", None]))
    assert encoded.remarks.counts == ColumnCounts(missing=1, unseen=3)


@pytest.mark.parametrize("encode", ["one_hot", "ordinal"])
def test_a_feature_knows_whether_training_had_rare_categories(encode: Any) -> None:
    assert not fitted(["a", "a", "b", "b", None], encode=encode).had_rare
    assert not fitted(["a", "a", "b", "b", None], encode=encode, impute="constant", fill_value="c").had_rare
    assert fitted(["a", "a", "b", None], encode=encode).had_rare
    assert fitted(["a"] * 5 + ["b"] * 3, encode=encode, min_count=4).had_rare


@pytest.mark.parametrize("encode", ["one_hot", "ordinal"])
@pytest.mark.parametrize(
    ("cells", "options", "n_rare"),
    [
        (["a", "a", "b", "b", None], {}, 0),
        (["a", "a", "b", "c", None, None], {}, 2),
        (["a", "a", "b", None], {"impute": "most_frequent"}, 1),
        (["a"] * 5 + ["b"] * 3 + ["c"], {"min_count": 4}, 4),
        (["a"] * 5 + ["b"] * 3 + ["c"] * 2, {"max_categories": 2}, 5),
    ],
)
def test_a_feature_knows_how_many_rows_had_rare_categories(
    encode: Any, cells: list[str | None], options: dict[str, Any], n_rare: int
) -> None:
    feature = fitted(cells, encode=encode, **options)
    assert (feature.rare_rows, feature.had_rare) == (n_rare, n_rare > 0)


@pytest.mark.parametrize(
    ("train", "options", "positions"),
    [
        (["b", "a"], {}, [2, 2]),
        (["b", "b", "a", "c"], {"min_count": 2}, [1, 1]),
        (["b", None], {}, [2, 1]),
        (["b", None], {"impute": "constant", "fill_value": "z"}, [2, 1]),
    ],
)
def test_ordinal_gives_unseen_and_missing_cells_a_number(
    train: list[Any], options: dict[str, Any], positions: list[int]
) -> None:
    feature = fitted(train, encode="ordinal", **options)

    assert feature.encode(table_of(x=["new", None])).values.tolist() == positions


def test_a_column_without_values_is_refused_or_one_constant_feature() -> None:
    with pytest.raises(DataError, match="column 'x': impute: most_frequent needs a value in a training row"):
        fitted([None, None], impute="most_frequent")

    assert fitted([None, None]).feature_names == ("x=(missing)",)


def test_numbers_and_booleans_are_categories_too() -> None:
    assert fitted([3.0, 1.5, 10.0]).categories == ("1.5", "10", "3")
    assert fitted([True, False]).categories == ("false", "true")


COMMAS = TextFormat(numbers=NumberFormat(","))


@pytest.mark.parametrize("training", [["0,5", "1,5", "2", "0,5"], [0.5, 1.5, 2.0, 0.5]])
@pytest.mark.parametrize("cells", [["2", "0,5", "1,5", "7,5"], [2.0, 0.5, 1.5, 7.5]])
def test_a_decimal_comma_makes_no_difference_between_texts_and_numbers(training: list[Any], cells: list[Any]) -> None:
    table = replace(table_of(x=training), texts=COMMAS)
    feature, encoded, *_ = fit_categorical(table, "x", np.arange(4), CategoricalSection())

    assert feature.categories == ("0,5", "1,5", "2")
    assert encoded.values.tolist() == [0, 1, 2, 0]
    assert feature.encode(replace(table_of(x=cells), texts=COMMAS)).values.tolist() == [2, 0, 1, -1]


def test_an_old_run_knows_its_numbers_with_a_point() -> None:
    feature = fitted([0.5, 1.5, 2.0])
    assert feature.categories == ("0.5", "1.5", "2")
    table = replace(table_of(x=[2.0, 0.5, 1.5, 7.5]), texts=COMMAS)
    assert feature.encode(table).values.tolist() == [2, 0, 1, -1]


@pytest.mark.parametrize("order", [("0.5", "2", "1.5"), ("0,5", "2", "1,5")])
def test_an_order_of_numbers_may_have_points_or_commas(order: tuple[str, ...]) -> None:
    table = replace(table_of(x=[0.5, 2.0, 1.5]), texts=COMMAS)
    feature, encoded, *_ = fit_categorical(table, "x", np.arange(3), CategoricalSection(encode="ordinal"), order=order)
    assert encoded.values.tolist() == feature.encode(table).values.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"categories": ["b", "a"]}, "ascending order"),
        ({"categories": ["a", "a"]}, "ascending order"),
        ({"categories": ["a", 1]}, "valid string"),
        ({"categories": [], "has_missing": False}, "at least one category"),
        ({"fill_value": "a"}, "fill_value"),
        ({"impute": "constant"}, "fill_value"),
        ({"impute": "constant", "fill_value": "a"}, "has_missing"),
        ({"has_other": 1}, "valid boolean"),
        ({"counts": [1, 2]}, "Extra inputs"),
    ],
)
def test_altered_state_is_refused(change: dict[str, Any], problem: str) -> None:
    state = fitted(["a", "b", None]).model_dump() | change

    with pytest.raises(ValidationError, match=problem):
        CategoricalFeature.model_validate(state | {"categories": tuple(state["categories"])})


def test_text_that_is_no_text_is_refused() -> None:
    text = fitted(["a", "b"]).model_dump_json().replace('"a"', r'"\ud800"')

    with pytest.raises(ValidationError, match="Invalid JSON"):
        CategoricalFeature.model_validate_json(text)


def test_a_declared_order_gives_the_positions() -> None:
    table = table_of(x=["low", "high", None, "medium", "huge"])
    order = ("low", "medium", "high", "extreme")
    feature, encoded, *_ = fit_categorical(table, "x", np.arange(4), CategoricalSection(encode="ordinal"), order=order)
    # Missing stands behind the last, and what is unseen behind that.
    assert encoded.values.tolist() == [0, 2, 4, 1, 5]
    assert encoded.remarks.counts == ColumnCounts(missing=1, unseen=1)
    assert CategoricalFeature.model_validate_json(feature.model_dump_json()) == feature
    np.testing.assert_array_equal(feature.encode(table).values, encoded.values)


def test_a_training_cell_outside_the_declared_order_is_an_error() -> None:
    table = table_of(x=["low", "hihg", "high", "odd"])
    with pytest.raises(DataError) as caught:
        fit_categorical(table, "x", np.arange(3), CategoricalSection(encode="ordinal"), order=("low", "high"))
    assert caught.value.message == "table: row 2: column 'x': expected one of 'low', 'high', got 'hihg'"
    assert caught.value.hint == "did you mean 'high'? If not, add it to preprocessing.columns.x.order"


@pytest.mark.parametrize("impute", ["error", "drop"])
def test_a_missing_category_is_an_error_where_nothing_fills_it(impute: CategoricalImpute) -> None:
    with pytest.raises(DataError, match=rf"row 2: column 'x': expected a value \(impute: {impute}\)"):
        fit_categorical(table_of(x=["a", None]), "x", np.arange(2), CategoricalSection(impute=impute))
    feature = fitted(["a", "b"], impute=impute)
    assert (feature.fill_value, feature.has_missing) == (None, False)
