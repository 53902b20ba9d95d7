"""Permutation importance."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.inspection import permutation_importance as reference

from dltrain.config.sections.preprocessing import CategoricalSection
from dltrain.features import EncodedFeatures, Preprocessing, RegressionTarget
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import Unscaled
from dltrain.scoring.importance import MAX_PRODUCTS, MAX_ROWS, N_REPEATS, permutation_importance

N_ROWS = 1_500


def numeric(name: str) -> NumericFeature:
    return NumericFeature(name=name, impute="mean", fill_value=0.0, scaler=Unscaled())


def category(name: str) -> CategoricalFeature:
    return CategoricalFeature(
        name=name,
        impute=CategoricalSection().impute,
        fill_value=None,
        encode_as="one_hot",
        categories=("a", "b", "c"),
        has_missing=False,
        has_other=False,
    )


# A category between two numbers: the compact form holds numbers first.
PREPROCESSING = Preprocessing(
    features=(numeric("x"), category("kind"), numeric("noise")),
    target=RegressionTarget(name="y", transform="none", scaler=Unscaled()),
)
COEFFICIENTS = np.array([2.0, 0.0, 0.0, 1.0, 4.0])


def predict(features: EncodedFeatures) -> np.ndarray:
    return np.asarray(features.dense() @ COEFFICIENTS)


@pytest.fixture
def features() -> EncodedFeatures:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(N_ROWS, 2)).astype(np.float32)
    return EncodedFeatures(numbers, rng.integers(0, 3, (N_ROWS, 1)).astype(np.int32), (3,))


@pytest.fixture
def truth(features: EncodedFeatures) -> np.ndarray:
    return predict(features) + np.random.default_rng(1).normal(0, 0.5, N_ROWS)


class _Columns(BaseEstimator):  # type: ignore[misc]
    """The compact columns as one matrix, so that scikit-learn can shuffle them."""

    def fit(self, *_: object) -> "_Columns":
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        codes = x[:, 1:2].astype(np.int32)
        return predict(EncodedFeatures(x[:, [0, 2]].astype(np.float32), codes, (3,)))


def test_it_equals_scikit_learn_within_chance(features: EncodedFeatures, truth: np.ndarray) -> None:
    found = permutation_importance(predict, PREPROCESSING, features, truth, n_parameters=10)
    x = np.column_stack([features.numbers[:, 0], features.codes[:, 0], features.numbers[:, 1]])
    expected = reference(_Columns(), x, truth, scoring="neg_mean_absolute_error", n_repeats=20, random_state=0)
    assert found is not None
    assert [importance.name for importance in found] == ["x", "kind", "noise"]
    np.testing.assert_allclose([one.increase for one in found], expected.importances_mean, rtol=0.05, atol=1e-9)


def test_a_column_that_is_not_used_has_no_importance(features: EncodedFeatures, truth: np.ndarray) -> None:
    found = permutation_importance(predict, PREPROCESSING, features, truth, n_parameters=10)
    assert found is not None
    assert found[-1] == ("noise", 0.0, 0.0, 0.0)
    assert all(one.low < one.increase < one.high for one in found[:-1])


def test_the_rows_are_left_as_they_were(features: EncodedFeatures, truth: np.ndarray) -> None:
    before = features.dense().copy()
    permutation_importance(predict, PREPROCESSING, features, truth, n_parameters=10)
    assert (features.dense() == before).all()


def test_rows_without_weight_do_not_count(features: EncodedFeatures, truth: np.ndarray) -> None:
    weight = (features.codes[:, 0] == 2).astype(np.float64)
    found = permutation_importance(
        predict, PREPROCESSING, features, np.where(weight > 0, truth, 1e9), sample_weight=weight, n_parameters=10
    )
    assert found is not None
    assert found[0].increase < 10


@pytest.mark.parametrize(("n_parameters", "n_predicted"), [(10, MAX_ROWS), (MAX_PRODUCTS // 3_000, 1_000)])
def test_a_large_network_is_asked_about_fewer_rows(n_parameters: int, n_predicted: int) -> None:
    sizes = []

    def counting(features: EncodedFeatures) -> np.ndarray:
        sizes.append(features.n_rows)
        return predict(features)

    rng = np.random.default_rng(0)
    features = EncodedFeatures(
        rng.normal(size=(5_000, 2)).astype(np.float32), rng.integers(0, 3, (5_000, 1)).astype(np.int32), (3,)
    )
    permutation_importance(counting, PREPROCESSING, features, predict(features), n_parameters=n_parameters)
    usual, *shuffled = sizes
    assert usual == pytest.approx(n_predicted, rel=0.01)
    assert len(set(shuffled)) == 1
    assert shuffled[0] in (n_repeats * usual for n_repeats in range(1, N_REPEATS + 1))


def test_a_network_that_is_too_large_is_not_asked(features: EncodedFeatures, truth: np.ndarray) -> None:
    assert permutation_importance(predict, PREPROCESSING, features, truth, n_parameters=MAX_PRODUCTS) is None


def _overflowing(features: EncodedFeatures) -> np.ndarray:
    return np.full(features.n_rows, np.inf)


def test_infinite_predictions_have_no_importance(features: EncodedFeatures, truth: np.ndarray) -> None:
    assert permutation_importance(_overflowing, PREPROCESSING, features, truth, n_parameters=10) is None


def test_few_rows_with_a_weight_among_many_tell_what_they_tell_alone() -> None:
    rng, n_rows = np.random.default_rng(0), 20 * MAX_ROWS
    numbers = rng.normal(size=(n_rows, 2)).astype(np.float32)
    features = EncodedFeatures(numbers, rng.integers(0, 3, (n_rows, 1)).astype(np.int32), (3,))
    truth, weight = predict(features), (np.arange(n_rows) % 1000 == 7).astype(np.float64)
    rows = np.flatnonzero(weight)
    among_all = permutation_importance(predict, PREPROCESSING, features, truth, sample_weight=weight, n_parameters=10)
    assert among_all == permutation_importance(
        predict, PREPROCESSING, features.take(rows), truth[rows], n_parameters=10
    )


def test_rows_that_belong_together_count_as_one(features: EncodedFeatures, truth: np.ndarray) -> None:
    alone = permutation_importance(predict, PREPROCESSING, features, truth, n_parameters=10)
    each = permutation_importance(predict, PREPROCESSING, features, truth, group=np.arange(len(truth)), n_parameters=10)
    pairs = permutation_importance(
        predict, PREPROCESSING, features, truth, group=np.arange(len(truth)) // 2, n_parameters=10
    )
    assert alone == each
    assert pairs is not None
    assert alone is not None
    assert [one.increase for one in pairs] == [one.increase for one in alone]
    assert [one.low for one in pairs] != [one.low for one in alone]


def test_increases_whose_squares_are_too_large_have_no_importance(features: EncodedFeatures) -> None:
    def huge(some: EncodedFeatures) -> np.ndarray:
        return predict(some) * 1e200

    assert permutation_importance(huge, PREPROCESSING, features, huge(features), n_parameters=10) is None
