from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dltrain.config.preprocessing import NumericImpute, NumericSection
from dltrain.errors import DataError
from dltrain.features.encoded import ColumnCounts
from dltrain.features.numeric import NumericFeature, fit_numeric
from dltrain.features.scaling import Unscaled
from tests.features.tables import table_of

CELLS = st.lists(st.none() | st.integers(-20, 20).map(float), min_size=1, max_size=30)


@pytest.mark.parametrize("impute", get_args(NumericImpute))
@settings(max_examples=30, deadline=None)
@given(train=CELLS.filter(any), new=CELLS)
def test_features_equal_a_scikit_learn_pipeline(
    impute: NumericImpute, train: list[float | None], new: list[float | None]
) -> None:
    constant = 3.0 if impute == "constant" else None
    pipeline = make_pipeline(SimpleImputer(strategy=impute, fill_value=constant), StandardScaler())
    pipeline.fit(np.array(train, np.float64)[:, None])
    options = NumericSection(impute=impute, fill_value=constant)
    table = table_of(x=[*train, *new, 0.0])

    feature, encoded, _ = fit_numeric(table, "x", np.arange(len(train)), options)

    column = feature.encode(table)
    cells = np.array([*train, *new, 0.0], np.float64)
    assert column.values.dtype == np.float32
    np.testing.assert_allclose(column.values, pipeline.transform(cells[:, None])[:, 0], rtol=1e-6, atol=1e-6)
    known = [cell for cell in train if cell is not None]
    n_beyond = sum(cell < min(known) or cell > max(known) for cell in [*new, 0.0] if cell is not None)
    expected = ColumnCounts(missing=int(np.isnan(cells).sum()), out_of_range=n_beyond)
    assert column.counts == encoded.counts == expected
    np.testing.assert_array_equal(encoded.values, column.values)


def test_statistics_come_from_the_given_rows_only() -> None:
    table = table_of(x=["1", "3", "1000", None])

    feature = fit_numeric(table, "x", np.array([0, 1]), NumericSection(impute="mean")).feature

    assert feature.fill_value == 2
    assert feature.encode(table).values.tolist() == [-1, 1, 998, 0]


def test_scaling_counts_the_filled_cells() -> None:
    table = table_of(x=[None, None, 1.0, 4.0])

    feature = fit_numeric(
        table, "x", np.arange(4), NumericSection(impute="constant", fill_value=0.0, scale="min_max")
    ).feature

    assert feature.encode(table).values.tolist() == [0, 0, 0.25, 1]


def test_a_constant_fills_a_column_without_values() -> None:
    table = table_of(x=[None, None, 5.0])

    feature = fit_numeric(table, "x", np.array([0, 1]), NumericSection(impute="constant", fill_value=2.0)).feature

    assert feature.encode(table).values.tolist() == [0, 0, 3]


@pytest.mark.parametrize("impute", ["median", "mean"])
def test_a_column_without_values_is_refused(impute: NumericImpute) -> None:
    table = table_of(age=[None, None, 5.0])

    with pytest.raises(DataError, match=f"table: column 'age': impute: {impute} needs a value") as caught:
        fit_numeric(table, "age", np.array([0, 1]), NumericSection(impute=impute))

    assert caught.value.hint == "leave the column out: data.drop: [age]"


@pytest.mark.parametrize("cells", [[1e308, -1e308, 1e308], [1.7e308, 1.7e308, None]])
def test_numbers_too_large_for_statistics_are_refused(cells: list[Any]) -> None:
    table = table_of(x=cells)

    with pytest.raises(DataError, match="table: column 'x': the values are too large to compute with, from"):
        fit_numeric(table, "x", np.arange(3), NumericSection(impute="mean"))


def test_numbers_too_large_for_float32_are_refused_with_their_rows() -> None:
    feature = NumericFeature(name="x", impute="mean", fill_value=0.0, scaler=Unscaled())

    with pytest.raises(DataError, match=r"row 2: column 'x': expected a number below 3.4e38 after scaling, got 1e\+39"):
        feature.encode(table_of(x=[1.0, 1e39]))


def test_a_name_and_a_width() -> None:
    feature = NumericFeature(name="x", impute="mean", fill_value=0.0, scaler=Unscaled())

    assert feature.feature_names == ("x",)
    assert feature.width == 1


@pytest.mark.parametrize(
    "change", [{"fill_value": float("nan")}, {"fill_value": "1"}, {"scaler": {"type": "best"}}, {"rows": [1, 2]}]
)
def test_altered_state_is_refused(change: dict[str, Any]) -> None:
    state = NumericFeature(name="x", impute="mean", fill_value=0.0, scaler=Unscaled()).model_dump()

    with pytest.raises(ValidationError):
        NumericFeature.model_validate(state | change)
