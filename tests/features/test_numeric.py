from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dltrain.config.sections.preprocessing import NumericImpute, NumericSection, Scale
from dltrain.errors import DataError
from dltrain.features.encoded import ColumnCounts
from dltrain.features.numeric import NumericFeature, fit_numeric
from dltrain.features.scaling import Unscaled
from tests.features.tables import table_of

CELLS = st.lists(st.none() | st.integers(-20, 20).map(float), min_size=1, max_size=30)


@pytest.mark.parametrize("impute", ["median", "mean", "most_frequent", "constant"])
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

    feature, encoded, *_ = fit_numeric(table, "x", np.arange(len(train)), options)

    column = feature.encode(table)
    cells = np.array([*train, *new, 0.0], np.float64)
    assert column.values.dtype == np.float32
    np.testing.assert_allclose(column.values, pipeline.transform(cells[:, None])[:, 0], rtol=1e-6, atol=1e-6)
    known = [cell for cell in train if cell is not None]
    n_beyond = sum(cell < min(known) or cell > max(known) for cell in [*new, 0.0] if cell is not None)
    expected = ColumnCounts(missing=int(np.isnan(cells).sum()), out_of_range=n_beyond)
    assert column.remarks.counts == encoded.remarks.counts == expected
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


@pytest.mark.parametrize("impute", ["median", "mean"])
@pytest.mark.parametrize("scale", ["none", "min_max", "standard", "robust", "quantile_normal"])
def test_a_middle_that_is_infinite_is_refused(impute: NumericImpute, scale: Scale) -> None:
    with pytest.raises(DataError, match="the values are too large to compute with"):
        fit_numeric(table_of(x=[-1e308, -1e308]), "x", np.arange(2), NumericSection(impute=impute, scale=scale))


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


@settings(max_examples=50, deadline=None)
@given(train=CELLS.filter(any), new=CELLS, low=st.floats(0, 0.4), high=st.floats(0.6, 1))
def test_values_are_clipped_to_quantiles_of_the_known_training_values(
    train: list[float | None], new: list[float | None], low: float, high: float
) -> None:
    table = table_of(x=[*train, *new, 0.0])
    options = NumericSection(clip=(low, high), scale="none", impute="mean")

    fitted = fit_numeric(table, "x", np.arange(len(train)), options)

    bounds = np.nanquantile(np.array(train, np.float64), [low, high])
    clipped = np.clip(np.array([*train, *new, 0.0], np.float64), *bounds)
    mean = np.nanmean(clipped[: len(train)])
    np.testing.assert_allclose(fitted.encoded.values, np.where(np.isnan(clipped), mean, clipped), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(fitted.feature.encode(table).values, fitted.encoded.values)
    assert fitted.n_clipped == sum(cell != clip for cell, clip in zip(train, clipped, strict=False) if cell is not None)
    assert NumericFeature.model_validate_json(fitted.feature.model_dump_json()) == fitted.feature


def test_a_second_number_says_which_values_are_missing() -> None:
    feature, encoded, *_ = fit_numeric(
        table_of(x=[1.0, None, 3.0]), "x", np.arange(3), NumericSection(indicator=True, scale="none")
    )
    assert encoded.values.tolist() == [[1, 2, 3], [0, 1, 0]]
    assert feature.encode(table_of(x=[5.0])).values.tolist() == [[5], [0]]
    assert (feature.feature_names, feature.width) == (("x", "x=(missing)"), 2)


@pytest.mark.parametrize("impute", ["error", "drop"])
def test_a_missing_value_is_an_error_where_nothing_fills_it(impute: NumericImpute) -> None:
    options = NumericSection(impute=impute)
    with pytest.raises(DataError) as caught:
        fit_numeric(table_of(x=[1.0, *[None] * 7]), "x", np.arange(1), options)
    lines = caught.value.message.splitlines()
    assert lines[0].startswith(f"table: row 2: column 'x': expected a value (impute: {impute}), got an empty cell")
    assert (len(lines), lines[-1]) == (6, "and 2 more of 8 cells")
    feature = fit_numeric(table_of(x=[1.0, 2.0]), "x", np.arange(2), options).feature
    assert feature.fill_value is None
    with pytest.raises(DataError, match="row 2"):
        feature.encode(table_of(x=[1.0, None]))


def test_texts_are_read_as_the_numbers_they_mean() -> None:
    table = table_of(x=["January", " March ", "7", None])
    feature, encoded, *_ = fit_numeric(
        table, "x", np.arange(4), NumericSection(scale="none"), mapping={"January": 1.0, "March": 3.0}
    )
    assert encoded.values.tolist() == [1, 3, 7, 3]
    assert NumericFeature.model_validate_json(feature.model_dump_json()) == feature
    with pytest.raises(DataError) as caught:
        feature.encode(table_of(x=["January", "Januar"]))
    assert caught.value.message == (
        "table: row 2: column 'x': expected a number or one of 'January', 'March', got 'Januar'"
    )
    assert caught.value.hint == "did you mean 'January'?"


def test_another_number_is_no_slip_for_a_text_with_a_meaning() -> None:
    table = table_of(x=["<0.5", "7", "<0.2"])
    with pytest.raises(DataError, match=r"got '<0.2'\nhint: add it to preprocessing.columns.x.map"):
        fit_numeric(table, "x", np.arange(3), NumericSection(), mapping={"<0.5": 0.25})


@pytest.mark.parametrize("change", [{"fill_value": None}, {"impute": "error"}, {"bounds": (2.0, 1.0)}])
def test_contradictory_state_is_refused(change: dict[str, Any]) -> None:
    state = fit_numeric(table_of(x=[1.0]), "x", np.arange(1), NumericSection()).feature.model_dump()
    with pytest.raises(ValidationError):
        NumericFeature.model_validate(state | change)
