import numpy as np
from scipy.special import ndtri

from dltrain.features.normal import normal_quantile


def test_quantiles_equal_scipys() -> None:
    probability = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 100_001), np.geomspace(2e-11, 0.1, 10_001)])

    quantile = normal_quantile(probability)

    np.testing.assert_allclose(quantile, ndtri(probability), rtol=1e-13, atol=1e-15)


def test_quantiles_are_symmetric_and_keep_the_shape() -> None:
    probability = np.array([[0.5, 0.925], [0.25, 0.03125]])

    np.testing.assert_allclose(normal_quantile(probability), -normal_quantile(1 - probability), rtol=1e-15)
    assert normal_quantile(probability)[0, 0] == 0


def test_no_probability_is_fine() -> None:
    assert normal_quantile(np.empty(0)).shape == (0,)
