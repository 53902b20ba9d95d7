from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer

from dltrain.config.sections.preprocessing import BooleanSection
from dltrain.errors import DataError
from dltrain.features.boolean import BooleanFeature, fit_boolean
from dltrain.features.encoded import ColumnCounts
from tests.features.tables import table_of

CELLS = st.lists(st.none() | st.booleans(), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(train=CELLS.filter(lambda cells: set(cells) != {None}), new=CELLS)
def test_features_equal_scikit_learns_imputer(train: list[bool | None], new: list[bool | None]) -> None:
    imputer = SimpleImputer(strategy="most_frequent").fit(np.array(train, np.float64)[:, None])
    table = table_of(x=[*train, *new])

    feature, encoded, *_ = fit_boolean(table, "x", np.arange(len(train)), BooleanSection())

    column = feature.encode(table)
    cells = np.array([*train, *new], np.float64)
    assert column.values.dtype == np.float32
    np.testing.assert_array_equal(column.values, imputer.transform(cells[:, None])[:, 0])
    assert column.remarks.counts == encoded.remarks.counts == ColumnCounts(missing=int(np.isnan(cells).sum()))
    np.testing.assert_array_equal(encoded.values, column.values)


@pytest.mark.parametrize(
    ("options", "train", "filled"),
    [
        (BooleanSection(), ["True", "FALSE"], 0),
        (BooleanSection(), ["true", "true", "0"], 1),
        (BooleanSection(impute="constant", fill_value=True), ["false", None], 1),
        (BooleanSection(impute="constant", fill_value=False), [None, None], 0),
    ],
)
def test_missing_cells_are_filled(options: BooleanSection, train: list[Any], filled: int) -> None:
    table = table_of(x=[*train, None])

    feature = fit_boolean(table, "x", np.arange(len(train)), options).feature

    assert feature.encode(table).values[-1] == filled
    assert BooleanFeature.model_validate_json(feature.model_dump_json()) == feature


def test_a_column_without_values_is_refused() -> None:
    with pytest.raises(DataError, match="column 'x': impute: most_frequent needs a value in a training row"):
        fit_boolean(table_of(x=[None, "true"]), "x", np.array([0]), BooleanSection())


def test_a_name_and_a_width() -> None:
    feature = BooleanFeature(name="x", impute="constant", fill_value=True)

    assert feature.feature_names == ("x",)
    assert feature.width == 1


def test_a_second_number_says_which_values_are_missing() -> None:
    table = table_of(x=["true", None, "false", "true"])
    feature, encoded, *_ = fit_boolean(table, "x", np.arange(4), BooleanSection(indicator=True))
    assert encoded.values.tolist() == [[1, 1, 0, 1], [0, 1, 0, 0]]
    assert feature.feature_names == ("x", "x=(missing)")


def test_a_missing_value_may_be_an_error() -> None:
    with pytest.raises(DataError, match=r"row 2: column 'x': expected a value \(impute: error\)"):
        fit_boolean(table_of(x=["true", None]), "x", np.arange(1), BooleanSection(impute="error"))
