"""The linear model equals scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from dltrain.features import EncodedFeatures
from dltrain.scoring.linear import MAX_NUMBERS, fit_linear

WIDTHS = (4, 12)


def rows(n_rows: int, *, seed: int = 0) -> EncodedFeatures:
    """Five numbers of odd sizes and two one-hot blocks, some of whose rows are all zeros."""
    rng = np.random.default_rng(seed)
    numbers = (rng.normal(size=(n_rows, 5)) * [1, 100, 0.01, 1, 0] + [0, 5, 0, -3, 7]).astype(np.float32)
    codes = np.column_stack([rng.integers(-1, width, n_rows) for width in WIDTHS]).astype(np.int32)
    return EncodedFeatures(numbers, codes, WIDTHS)


def standardized(features: EncodedFeatures, weight: np.ndarray) -> np.ndarray:
    dense = features.dense().astype(np.float64)
    numbers = dense[:, : features.numbers.shape[1]]
    numbers[:] = StandardScaler().fit(numbers, sample_weight=weight).transform(numbers)
    return dense


def scores(features: EncodedFeatures, n_outputs: int) -> np.ndarray:
    dense = standardized(features, np.ones(features.n_rows))
    rng = np.random.default_rng(7)
    noise = rng.normal(size=(features.n_rows, n_outputs))
    return np.asarray(dense @ rng.normal(size=(dense.shape[1], n_outputs)) + noise)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_regression_equals_ridge(is_weighted: bool) -> None:
    features = rows(400)
    y = scores(features, 1)
    # Rows of a large number weigh much, so that its weighted deviation is another one.
    weight = np.exp(3 * features.numbers[:, 0]).astype(np.float64) if is_weighted else np.ones(400)
    model = fit_linear(features, y.astype(np.float32), weight, n_outputs=1, is_regression=True)
    x = standardized(features, weight)
    expected = Ridge().fit(x, y[:, 0], sample_weight=weight / weight.mean()).predict(x)
    assert model is not None
    np.testing.assert_allclose(model.outputs(features)[:, 0], expected, atol=2e-3)


@pytest.mark.parametrize("n_outputs", [1, 4])
def test_classification_equals_logistic_regression(n_outputs: int) -> None:
    features = rows(400)
    found = scores(features, n_outputs)
    codes = (found[:, 0] > 0).astype(np.int32) if n_outputs == 1 else np.argmax(found, axis=1).astype(np.int32)
    answers = codes[:, np.newaxis].astype(np.float32) if n_outputs == 1 else codes
    model = fit_linear(features, answers, None, n_outputs=n_outputs, is_regression=False)
    x = standardized(features, np.ones(400))
    expected = LogisticRegression(max_iter=1_000, tol=1e-8).fit(x, codes).predict_proba(x)
    assert model is not None
    np.testing.assert_allclose(model.outputs(features), expected[:, 1:] if n_outputs == 1 else expected, atol=2e-3)


def test_classes_that_can_be_told_apart_exactly_are_no_problem() -> None:
    features = rows(100)
    answers = (features.numbers[:, :1] > 0).astype(np.float32)
    model = fit_linear(features, answers, None, n_outputs=1, is_regression=False)
    assert model is not None
    assert np.mean((model.outputs(features) > 0.5) == (answers > 0.5)) == 1


def test_a_single_class_is_predicted() -> None:
    features = rows(50)
    model = fit_linear(features, np.zeros(50, np.int32), None, n_outputs=3, is_regression=False)
    assert model is not None
    assert model.outputs(features)[:, 0].min() > 0.95


def test_wide_inputs_take_fewer_rows_and_not_more_time() -> None:
    n_rows, n_numbers = 4_500, 2_000
    numbers = np.random.default_rng(0).normal(size=(n_rows, n_numbers)).astype(np.float32)
    features = EncodedFeatures(numbers, np.empty((n_rows, 0), np.int32), ())
    model = fit_linear(features, numbers[:, :1], None, n_outputs=1, is_regression=True)
    assert model is not None
    assert MAX_NUMBERS // n_numbers < n_rows
    assert np.corrcoef(model.outputs(features)[:, 0], numbers[:, 0])[0, 1] > 0.9


def test_rows_without_weight_have_no_linear_model() -> None:
    answers = np.ones((20, 1), np.float32)
    assert fit_linear(rows(20), answers, np.zeros(20), n_outputs=1, is_regression=True) is None


def test_so_many_outputs_that_too_few_rows_are_left_have_no_linear_model() -> None:
    n_outputs = 1_000
    features = rows(20_000)
    codes = np.arange(20_000, dtype=np.int32) % n_outputs
    assert fit_linear(features, codes, None, n_outputs=n_outputs, is_regression=False) is None
